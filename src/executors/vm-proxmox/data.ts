import * as z from 'zod';
import type { VmProxmoxFields } from '../../core/model/fields.js';

/** What plan() hands to run() and recover(). Sizes are bytes. */
export type VmData = {
  /** Through the HTTPS API, or with `vzdump` on this host. */
  readonly way: 'api' | 'command';
  readonly vm_id: number;
  /** Empty when it is not known. */
  readonly name: string;
  /** Null when it could not be asked: `vzdump` without `pvesh`. */
  readonly node: string | null;
  readonly type: 'qemu' | 'lxc' | null;
  readonly storage: string;
  /** Parameters of vzdump, as the API and the command call them. */
  readonly params: { readonly [name: string]: string | number };
  /** Old backups that are deleted: volume ids. */
  readonly deletions: readonly string[];
  /** This many of the newest backups must stay, for asking Proxmox's own opinion about the deletions. */
  readonly keepLast: number;
  /** Backups of the catalogue that stay, the new one included. */
  readonly kept: number;
};

export const VM_SCHEMA: z.ZodType<VmData> = z.strictObject({
  way: z.enum(['api', 'command']),
  vm_id: z.number(),
  name: z.string(),
  node: z.string().nullable(),
  type: z.enum(['qemu', 'lxc']).nullable(),
  storage: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  deletions: z.array(z.string()),
  keepLast: z.number(),
  kept: z.number(),
});

/** vzdump's parameters. `remove` is 1 by default, and would prune by the storage's own rules. */
export function vzdumpParams(fields: VmProxmoxFields): VmData['params'] {
  return {
    vmid: fields.vm_id,
    storage: fields.storage,
    mode: fields.mode,
    compress: fields.compress === 'none' ? '0' : fields.compress,
    remove: 0,
    ...(fields.notes === null ? {} : { 'notes-template': notesTemplate(fields.notes) }),
  };
}

/** On one line, as vzdump wants it: line breaks and backslashes escaped. */
export function notesTemplate(notes: string): string {
  return notes.replaceAll('\\', '\\\\').replace(/\r?\n/g, '\\n');
}

/** The same parameters as a command. */
export function vzdumpArgv(params: VmData['params']): string[] {
  const { vmid, ...options } = params;
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['vzdump', String(vmid), ...flags];
}

/** `VM 101 (web)`, `container 200`. */
export function guestName({ vm_id, name, type }: Pick<VmData, 'vm_id' | 'name' | 'type'>): string {
  const kind = type === 'lxc' ? 'container' : 'VM';
  return name === '' ? `${kind} ${vm_id}` : `${kind} ${vm_id} (${name})`;
}
