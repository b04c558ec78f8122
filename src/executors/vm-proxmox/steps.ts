import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Argv, Effect, PlanStep } from '../../core/model/plan.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { guestName, type VmData, vzdumpArgv } from './data.js';
import type { OldBackups } from './old-backups.js';

/** Indexes of the steps; the last one is there only when something is deleted. */
export const STEP = { backup: 0, check: 1, clean: 2 } as const;

/**
 * The plan as people read it.
 * @param size the end of a sentence about the new backup's size
 * @param meanwhile a sentence about the guest
 * @param ages by volume id, how old it is
 */
export function steps(
  data: VmData,
  size: string,
  meanwhile: string,
  ages: ReadonlyMap<string, string>,
): readonly PlanStep[] {
  const from = data.node === null ? phrase`` : phrase` on node ${code(data.node)}`;
  const title = phrase`Back up ${code(guestName(data))}${from} to the storage ${code(data.storage)}${size}.${meanwhile}`;
  return [
    { title, commands: [backupCommand(data)] },
    {
      title: phrase`Check that Proxmox finished it and that the new backup is in ${code(data.storage)}.`,
      commands: [],
    },
    ...(data.deletions.length === 0
      ? []
      : [
          {
            title: deletionTitle(data, ages),
            commands: data.deletions.map((volid) => deleteCommand(data, volid)),
          },
        ]),
  ];
}

/** Calls of the API are shown as method, path and parameters. */
function backupCommand({ way, node, params }: VmData): Argv {
  if (way === 'command') return vzdumpArgv(params);
  const shown = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return ['POST', `/nodes/${node}/vzdump`, ...shown];
}

function deleteCommand({ way, node, storage }: VmData, volid: string): Argv {
  const path = `/nodes/${node}/storage/${storage}/content/${volid}`;
  return way === 'api' ? ['DELETE', path] : ['pvesh', 'delete', path];
}

function deletionTitle({ deletions, kept }: VmData, ages: ReadonlyMap<string, string>): Phrase {
  const names = someOf(deletions, (volid) => `(${ages.get(volid) ?? 'old'})`);
  const stay = kept === 1 ? '1 stays' : `${kept} stay`;
  return phrase`Delete ${formatCount(deletions.length, 'old backup')}: ${names}. ${stay}.`;
}

export function effects(
  data: VmData,
  bytes: number,
  running: boolean | null,
  old: Pick<OldBackups, 'bytes' | 'kept'>,
): readonly Effect[] {
  const target = guestName(data);
  const down = running !== false && data.params.mode === 'stop';
  return [
    ...(down
      ? ([
          { kind: 'stop', target },
          { kind: 'start', target },
        ] as const)
      : []),
    { kind: 'write', target: data.storage, bytes, files: 1, estimate: true },
    ...(data.deletions.length === 0
      ? []
      : [
          {
            kind: 'delete',
            target: data.storage,
            paths: data.deletions,
            bytes: old.bytes,
            of: data.deletions.length + old.kept,
          } as const,
        ]),
  ];
}
