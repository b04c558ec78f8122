import * as z from 'zod';
import { choiceOrSwitch, described, storageId, wholeNumber } from '../../documents/forms.js';
import { defineKind } from './kind.js';
import { BACKUP, RETENTION } from './shared.js';

/** A virtual machine or container of Proxmox VE. */
export const vmProxmox = defineKind({
  kind: 'vm_proxmox',
  action: 'backup',
  schema: z.strictObject({
    ...BACKUP,
    backup_type: described(z.literal('vm_proxmox'), 'What is backed up, and how.', 'vm_proxmox'),
    vm_id: described(wholeNumber(100, 999_999_999), 'The VM’s or container’s number in Proxmox.', 101),
    storage: described(
      storageId.default('local'),
      'The Proxmox storage that takes the backup.',
      'nas-backups',
    ),
    mode: described(
      z.enum(['snapshot', 'suspend', 'stop']).default('snapshot'),
      'What happens to the VM meanwhile, as in vzdump.',
      'snapshot',
    ),
    compress: described(
      choiceOrSwitch(['zstd', 'gzip', 'lzo', 'none'], 'zstd', 'none').default('zstd'),
      'How the backup is compressed.',
      'zstd',
    ),
    ...RETENTION,
  }),
  fields: (document, place) => {
    const { notes } = document;
    if (notes !== undefined && escapedLength(notes) > LONGEST_NOTES) {
      place.fault(['notes'], {
        why: 'Proxmox takes 1,024 characters, and line breaks and backslashes count twice',
        hint: 'Write less, or on one line.',
      });
    }
    return {
      vm_id: document.vm_id,
      storage: document.storage,
      mode: document.mode,
      compress: document.compress,
      notes: notes ?? null,
      retention_days: document.retention_days ?? null,
      min_keep: document.min_keep,
    };
  },
});

/** The longest value of vzdump's notes-template. */
const LONGEST_NOTES = 1024;

/** vzdump wants its notes on one line, with line breaks and backslashes escaped. */
function escapedLength(notes: string): number {
  return notes.replaceAll('\r', '').replace(/[\\\n]/g, '..').length;
}
