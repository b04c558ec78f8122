import * as z from 'zod';
import { type Access, ProxmoxError } from './access.js';

/** Perl gives numbers as text now and then, and booleans as 0 and 1. */
const whole = z.coerce.number().int();
const flag = z.union([z.boolean(), z.coerce.number().transform((value) => value !== 0)]);

const Guest = z.object({
  vmid: whole,
  type: z.enum(['qemu', 'lxc']),
  node: z.string(),
  name: z.string().optional(),
  status: z.string().optional(),
  /** What works on the guest now, such as `backup` or `migrate`. */
  lock: z.string().optional(),
  /** Bytes of its first disk. */
  maxdisk: whole.optional(),
  /** How HA keeps it, such as `started`; missing where HA doesn't. */
  hastate: z.string().optional(),
});
export type Guest = z.output<typeof Guest>;

const Storage = z.object({
  storage: z.string(),
  type: z.string().default(''),
  /** Comma-separated, such as `backup,iso`. */
  content: z.string().default(''),
  active: flag.default(false),
  enabled: flag.default(true),
  avail: whole.optional(),
  total: whole.optional(),
});
export type Storage = z.output<typeof Storage>;

const Backup = z.object({
  volid: z.string(),
  vmid: whole.optional(),
  size: whole.default(0),
  /** Seconds since 1970. Proxmox takes it from the file's name, which is in local time: an hour off when clocks change. */
  ctime: whole.default(0),
  protected: flag.default(false),
});
export type Backup = z.output<typeof Backup>;

const Mark = z.object({ volid: z.string(), mark: z.enum(['keep', 'remove', 'protected', 'renamed']) });

const TaskStatus = z.object({
  status: z.enum(['running', 'stopped']),
  exitstatus: z.string().optional(),
});
export type TaskStatus = z.output<typeof TaskStatus>;

const LogLine = z.object({ n: whole, t: z.string().default('') });
export type LogLine = z.output<typeof LogLine>;

const Config = z.record(z.string(), z.unknown());
const Feature = z.object({ hasFeature: flag.default(false) });

const VzdumpDefaults = z.object({
  /** Shell globs that are left out of every container: comma-separated, or a list in newer versions. */
  'exclude-path': z.union([z.string(), z.array(z.string())]).optional(),
  /** The storage's own retention, such as `keep-last=3,keep-weekly=2`. */
  'prune-backups': z.string().optional(),
});

const GuestStatus = z.object({
  /** `running` or `stopped`. */
  status: z.string(),
  /** What QEMU says of a VM that runs, such as `running` or `paused`. */
  qmpstatus: z.string().optional(),
});
type GuestStatus = z.output<typeof GuestStatus>;

const Listed = z.array(z.object({ vmid: whole.optional() }).loose());
const Storages = z.array(Storage);
const Backups = z.array(Backup);
const Marks = z.array(Mark);
const LogLines = z.array(LogLine);
const Upid = z.string();

async function ask<Schema extends z.ZodType>(
  schema: Schema,
  answer: Promise<unknown>,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new ProxmoxError(
    'refused',
    `Proxmox answered something unexpected: ${where} ${issue?.message}`,
    true,
  );
}

/** The guest with this number on whichever node it is; null when there is none that may be seen. */
export async function findGuest(access: Access, vmId: number): Promise<Guest | null> {
  const all = await ask(Listed, access.call('GET', ['cluster', 'resources'], { type: 'vm' }));
  const found = all.find(({ vmid }) => vmid === vmId);
  return found ? ask(Guest, Promise.resolve(found)) : null;
}

/** A guest, as far as its calls need it. */
export type GuestRef = Pick<Guest, 'node' | 'type' | 'vmid'>;

function pathOf({ node, type, vmid }: GuestRef, ...more: string[]): string[] {
  return ['nodes', node, type, String(vmid), ...more];
}

/** The guest's configuration as it is now, and as it is backed up; without changes that wait for its next start. */
export function guestConfig(access: Access, guest: GuestRef): Promise<z.output<typeof Config>> {
  return ask(Config, access.call('GET', pathOf(guest, 'config'), { current: 1 }));
}

/** Could a snapshot of all its volumes be made? */
export async function hasSnapshots(access: Access, guest: GuestRef): Promise<boolean> {
  const answer = access.call('GET', pathOf(guest, 'feature'), { feature: 'snapshot' });
  return (await ask(Feature, answer)).hasFeature;
}

/** What vzdump does on a node unless it is told otherwise. */
export function vzdumpDefaults(
  access: Access,
  { node, storage }: Pick<Place, 'node' | 'storage'>,
): Promise<z.output<typeof VzdumpDefaults>> {
  return ask(VzdumpDefaults, access.call('GET', ['nodes', node, 'vzdump', 'defaults'], { storage }));
}

/** Whether the guest runs, asked of its node. */
export function guestStatus(access: Access, guest: GuestRef): Promise<GuestStatus> {
  return ask(GuestStatus, access.call('GET', pathOf(guest, 'status', 'current')));
}

/** The node's storages that may be seen. */
export function storages(access: Access, node: string): Promise<Storage[]> {
  return ask(Storages, access.call('GET', ['nodes', node, 'storage']));
}

/** The guest's backups in a storage. */
export function backups(access: Access, at: Place): Promise<Backup[]> {
  const params = { content: 'backup', vmid: at.vm_id };
  return ask(Backups, access.call('GET', ['nodes', at.node, 'storage', at.storage, 'content'], params));
}

/** Where a guest's backups lie. */
export interface Place {
  readonly node: string;
  readonly storage: string;
  readonly vm_id: number;
}

/** What Proxmox itself would do with each backup if only the newest `keepLast` were kept. Deletes nothing. */
export function pruneMarks(access: Access, at: Place, keepLast: number): Promise<z.output<typeof Mark>[]> {
  const params = { vmid: at.vm_id, 'prune-backups': `keep-last=${keepLast}` };
  return ask(Marks, access.call('GET', ['nodes', at.node, 'storage', at.storage, 'prunebackups'], params));
}

/** Seconds that Proxmox waits for a deletion before it goes on in the background (at most 30). */
const DELETE_WAIT = 30;

/** Deletes one volume, and answers before it is gone when that takes longer than half a minute. */
export async function deleteVolume(access: Access, at: Place, volid: string): Promise<void> {
  const path = ['nodes', at.node, 'storage', at.storage, 'content', volid];
  await access.call('DELETE', path, { delay: DELETE_WAIT });
}

/** Starts a task and answers its UPID, or whatever else Proxmox said: `OK` means that nothing was started. */
export function startBackup(
  access: Access,
  node: string,
  params: Readonly<Record<string, string | number>>,
): Promise<string> {
  return ask(Upid, access.call('POST', ['nodes', node, 'vzdump'], params));
}

export function taskStatus(access: Access, task: TaskRef): Promise<TaskStatus> {
  return ask(TaskStatus, access.call('GET', ['nodes', task.node, 'tasks', task.upid, 'status']));
}

/** A task of Proxmox. */
export interface TaskRef {
  readonly node: string;
  readonly upid: string;
}

/** Lines from `start` on (counted from 0), at most `limit`. */
export async function taskLog(
  access: Access,
  task: TaskRef,
  start: number,
  limit: number,
): Promise<LogLine[]> {
  const path = ['nodes', task.node, 'tasks', task.upid, 'log'];
  const lines = await ask(LogLines, access.call('GET', path, { start, limit }));
  // Proxmox's stand-in for an empty log.
  return lines.length === 1 && lines[0]?.n === 1 && lines[0].t === 'no content' ? [] : lines;
}

/** Asks Proxmox to end a task; it goes on for a moment. */
export async function stopTask(access: Access, task: TaskRef): Promise<void> {
  await access.call('DELETE', ['nodes', task.node, 'tasks', task.upid]);
}
