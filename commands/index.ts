import { backup } from './backup.js';
import { help } from './help.js';
import { intents } from './intents.js';
import { lock } from './lock.js';
import { rollout } from './rollout.js';
import { run } from './run.js';
import { runs } from './runs.js';
import { scale } from './scale.js';
import { schedules } from './schedules.js';
import { status } from './status.js';
import { steps } from './steps.js';
import { unlock } from './unlock.js';
import { why } from './why.js';

/** Every slash command, by its name. */
export const commands = {
  backup,
  scale,
  rollout,
  steps,
  status,
  runs,
  run,
  intents,
  schedules,
  why,
  lock,
  unlock,
  help,
} as const;

export type CommandName = keyof typeof commands;
