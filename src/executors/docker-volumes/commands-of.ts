import type { DockerVolumesFields } from '../../core/model/fields.js';
import {
  checkCommand,
  copyCommand,
  deleteByRulesCommand,
  deleteCommand,
  folderTimesCommand,
  lookCommand,
  syncCommand,
  type Usable,
} from './commands.js';
import type { MirrorData } from './data.js';
import type { DeletionParts } from './parts.js';

type Commands = Pick<
  MirrorData,
  'copy' | 'sync' | 'remove' | 'look' | 'folderTimes' | 'removeByRules' | 'check'
>;

/** Every command that a run may need. */
export function commandsOf(
  fields: DockerVolumesFields,
  { inTheWay, deletions }: DeletionParts,
  usable: Usable,
): Commands {
  return {
    // By a list only since the version that knows --info.
    copy: copyCommand(fields, usable.info ? 0 : inTheWay.length, usable),
    sync: syncCommand(fields.destination),
    remove: usable.info ? deleteCommand(fields) : [],
    look: lookCommand(fields, usable),
    folderTimes: fields.options.includes('--omit-dir-times') ? [] : folderTimesCommand(fields),
    removeByRules: deleteByRulesCommand(fields, deletions.length),
    check: checkCommand(fields),
  };
}
