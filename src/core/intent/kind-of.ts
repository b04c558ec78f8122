import * as z from 'zod';
import { described } from '../documents/forms.js';
import type { Kind } from './kinds/kind.js';
import { KINDS } from './kinds/kinds.js';
import { INTENT } from './kinds/shared.js';

/** The names that `backup_type` knows; `database` needs `database_type` too. */
export const BACKUP_TYPES = ['files', 'docker_volumes', 'vm_proxmox', 'plex', 'database'] as const;
export const ACTIONS = ['backup', 'scale', 'rollout', 'steps'] as const;

const action = described(z.enum(ACTIONS), 'What kind of thing this does.', 'backup');
const backupType = described(z.enum(BACKUP_TYPES), 'What is backed up, and how.', 'files');
const databaseType = described(z.enum(['plex']), 'Whose database this is.', 'plex');

/** What a document turned out to be: a kind, or the schema that says why it is none. */
export type KindFound =
  | { readonly kind: Kind; readonly schema: z.ZodObject }
  | { readonly kind: null; readonly schema: z.ZodObject };

/** Which kind of step the fields describe. `database_type: plex` means plex, whatever `backup_type` says. */
export function kindOf(values: ReadonlyMap<string, unknown>): KindFound {
  const kind = knownKind(values);
  if (kind) return { kind, schema: kind.schema };
  const isBackup = values.get('action') === 'backup';
  const isDatabase = values.has('database_type') || values.get('backup_type') === 'database';
  const schema = z.object({
    ...INTENT,
    action,
    ...(isBackup && isDatabase ? { database_type: databaseType } : {}),
    ...(isBackup && !isDatabase ? { backup_type: backupType } : {}),
  });
  return { kind: null, schema };
}

function knownKind(values: ReadonlyMap<string, unknown>): Kind | null {
  const action = values.get('action');
  if (action === 'scale' || action === 'rollout') return KINDS[action];
  if (action !== 'backup') return null;
  if (values.has('database_type')) return values.get('database_type') === 'plex' ? KINDS.plex : null;
  const type = values.get('backup_type');
  if (type === 'files' || type === 'docker_volumes' || type === 'vm_proxmox' || type === 'plex') {
    return KINDS[type];
  }
  return null;
}
