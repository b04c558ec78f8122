import { backup } from './backup.js';
import { help } from './help.js';
import { intents } from './intents.js';
import { run } from './run.js';
import { runs } from './runs.js';

/** Every slash command, by its name. */
export const commands = { backup, runs, run, intents, help } as const;

export type CommandName = keyof typeof commands;
