import type { Arg } from '../core/model/plan.js';

/** Marks every process of a run, so that none can be lost between its start and its journal entry. */
export const RUN_VARIABLE = 'CHATOPS_RUN';

const PASSED_ON = /^(PATH|HOME|SSH_AUTH_SOCK|DOCKER_.+)$/;

/**
 * The environment of a command: only what tools need, so that the bot's own secrets never reach a child,
 * and messages in English, because they are read by program too.
 */
export function commandEnvironment(
  base: NodeJS.ProcessEnv,
  runId: string,
  extra: Readonly<Record<string, Arg>>,
  reveal: (arg: Arg) => string,
): Record<string, string> {
  const passedOn = Object.entries(base).flatMap(([name, value]) =>
    value !== undefined && PASSED_ON.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(passedOn),
    LC_ALL: 'C.UTF-8',
    ...Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, reveal(value)])),
    [RUN_VARIABLE]: runId,
  };
}
