import * as z from 'zod';
import {
  checked,
  described,
  excludePattern,
  label,
  name,
  oneOrMore,
  remark,
  roleName,
  wholeNumber,
} from '../../documents/forms.js';
import { CONFIRMS } from '../../model/confirm-rule.js';
import { localDestinationFault, localFault } from '../paths.js';

const stack = name('media');

/** Fields of the intent as a whole; every document may have them. */
export const INTENT = {
  description: described(
    remark.optional(),
    'What this is for; people see it in lists.',
    'Back up the photos.',
  ),
  label_required: described(label.optional(), 'Runs only where APPROVED_LABEL has this value.', 'approved'),
  // Judged by read-params.ts, which knows where in the group a problem is; json-schema.ts has the definition.
  params: described(
    z.unknown().meta({ $ref: '#/definitions/params' }).optional(),
    'What a request may give; fields take it in as {{ name }}.',
  ),
  // Judged by schedule/read-own.ts, for the same reason.
  schedule: described(
    z.unknown().meta({ $ref: '#/definitions/schedule' }).optional(),
    'When it runs by itself: a cron expression, or a group of fields.',
    '0 3 * * *',
  ),
  confirm: described(
    z.enum(CONFIRMS).optional(),
    'Who has to agree: never (nobody), person, or two_people (somebody else has to approve it too).',
    'two_people',
  ),
  approver_role: described(
    roleName.optional(),
    'The Discord role that the second person must have: its name or its id, in quotes.',
    'Operator',
  ),
  depends_on: described(
    oneOrMore(name('backup_media'), 50).default([]),
    'Intents that run before this one.',
    ['backup_media'],
  ),
};

/** Fields that every backup may have. */
export const BACKUP = {
  ...INTENT,
  action: described(z.literal('backup'), 'What kind of thing this does.', 'backup'),
  stack: described(
    stack.optional(),
    'The stack that this belongs to; the intent’s name when left out.',
    'media',
  ),
  notes: described(
    remark.optional(),
    'Remarks for people; a VM’s backup carries them in Proxmox.',
    'Before 9.0',
  ),
};

export const RETENTION = {
  retention_days: described(
    wholeNumber(1, 3650).optional(),
    'Delete archives that are more than this many days older than the newest good one; all stay when left out.',
    30,
  ),
  min_keep: described(wholeNumber(1, 1000).default(3), 'This many of the newest archives always stay.', 3),
};

/** Optional, so it becomes a field only where somebody wrote it. */
export const minFiles = described(
  wholeNumber(1, 1_000_000_000).optional(),
  'The source must hold at least this many files; takes the place of the comparison with the last run.',
  100,
);

export const sourceMounts = described(
  z.array(checked(localFault)).max(200).optional(),
  'The mounts at or below the source that must be there; takes the place of those of the last run.',
  ['/srv/photos/2026'],
);

/** Optional, so it becomes a field only where containers are held: others stay as they were planned. */
export const consistency = described(
  z.enum(['stop', 'pause', 'none']).optional(),
  'What happens to the containers that can write to the source while it is copied; none when left out.',
  'stop',
);

export function consistencyField(value: 'stop' | 'pause' | 'none' | undefined) {
  return value === undefined || value === 'none' ? {} : { consistency: value };
}

export const verify = described(
  z.enum(['size_and_time', 'checksum']).default('size_and_time'),
  'How source and destination are compared after the copy; checksum reads every byte of both.',
  'checksum',
);

export function verifyField(value: 'size_and_time' | 'checksum') {
  return value === 'checksum' ? { verify: value } : {};
}

export const requireMount = described(
  z.boolean().default(false),
  'Refuse to run unless the destination is on a mounted disk or share.',
  true,
);

export const exclude = described(
  oneOrMore(excludePattern, 200).default([]),
  'Patterns of what to leave out.',
  ['*.log', 'cache/'],
);

/** A folder of this host. */
export const folder = (description: string, example: string) =>
  described(checked(localFault), description, example);

/** A folder of this host that is written to. */
export const targetFolder = (description: string, example: string) =>
  described(checked(localDestinationFault), description, example);
