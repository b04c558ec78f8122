import { randomBytes } from 'node:crypto';
import { type CommandName, commands } from '../../../commands/index.js';
import { REASONS } from '../../core/model/reasons.js';
import { StoreError } from '../../core/ports/store.js';
import { failureOf } from './api-error.js';
import type { Conversation } from './conversation.js';
import type { DiscordDeps } from './deps.js';
import { lockStack, unlockStack } from './locking.js';
import { showHelp, showIntents, showRun, showRuns, showStatus, showWhy } from './lookups.js';
import { requestRun } from './params/request-run.js';
import { type PressDeps, press, submit } from './press.js';
import { defect, note } from './render/notices.js';
import { showSchedules } from './scheduling.js';

type Answer = (talk: Conversation, deps: PressDeps, options: unknown) => Promise<void>;

/** What each slash command does with its options. */
const ON_COMMAND: Readonly<Record<CommandName, Answer>> = {
  backup: (talk, deps, options) => requestRun(talk, deps, commands.backup.options.parse(options)),
  scale: (talk, deps, options) => requestRun(talk, deps, commands.scale.options.parse(options)),
  rollout: (talk, deps, options) => requestRun(talk, deps, commands.rollout.options.parse(options)),
  steps: (talk, deps, options) => requestRun(talk, deps, commands.steps.options.parse(options)),
  status: (talk, deps) => showStatus(talk, deps),
  runs: (talk, deps) => showRuns(talk, deps),
  run: (talk, deps, options) => showRun(talk, deps, commands.run.options.parse(options).id),
  intents: (talk, deps) => showIntents(talk, deps),
  schedules: (talk, deps, options) =>
    showSchedules(talk, deps, commands.schedules.options.parse(options).name),
  why: (talk, deps, options) => showWhy(talk, deps, commands.why.options.parse(options).intent),
  lock: (talk, deps, options) => lockStack(talk, deps, commands.lock.options.parse(options)),
  unlock: (talk, deps, options) => unlockStack(talk, deps, commands.unlock.options.parse(options).stack),
  help: (talk, deps) => showHelp(talk, deps),
};

/** A slash command was sent. Never rejects. */
export function onCommand(
  talk: Conversation,
  deps: PressDeps,
  name: string,
  options: unknown,
): Promise<void> {
  return guarded(talk, deps.log, { command: name }, async () => {
    if (!isCommand(name)) return talk.tell(note('This command belongs to another version of the bot.'));
    await ON_COMMAND[name](talk, deps, options);
  });
}

/** A button was pressed. Never rejects. */
export function onPress(talk: Conversation, deps: PressDeps, customId: string): Promise<void> {
  return guarded(talk, deps.log, { button: customId, runId: customId.split(':')[1] }, () =>
    press(talk, deps, customId),
  );
}

/** A form was sent. Never rejects. */
export function onForm(
  talk: Conversation,
  deps: PressDeps,
  customId: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  return guarded(talk, deps.log, { form: customId, runId: customId.split(':')[1] }, () =>
    submit(talk, deps, customId, typed),
  );
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** Answers also when something breaks: a plain sentence and a reference, under which the log has the rest. */
async function guarded(
  talk: Conversation,
  log: DiscordDeps['log'],
  about: object,
  handle: () => Promise<void>,
): Promise<void> {
  const who = { ...about, userId: talk.actor.id };
  try {
    await handle();
  } catch (error) {
    if (failureOf(error) === 'token_dead') {
      log.warn({ ...who, err: error }, 'Discord no longer accepts an answer to this interaction');
      return;
    }
    const reference = `e-${randomBytes(4).toString('hex')}`;
    log.error({ ...who, err: error, reference }, 'an interaction failed');
    const { summary, remedy } = REASONS.store_unavailable;
    const message = error instanceof StoreError ? note(summary, remedy, reference) : defect(reference);
    await talk.tell(message).catch((failure: unknown) => {
      log.warn({ ...who, err: failure, reference }, 'the person could not be told');
    });
  }
}
