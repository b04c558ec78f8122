import { setMaxListeners } from 'node:events';
import type { Intent, IntentStep } from '../model/intent.js';
import type { Observed } from '../model/observation.js';
import { code, phrase } from '../model/phrase.js';
import { notice } from '../model/reasons.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Executor } from '../ports/executor.js';
import { type Host, HostError } from '../ports/host.js';
import { canonicalJson } from '../text/canonical.js';
import { placesOf } from './plan-part.js';
import { unanswered } from './unanswered.js';

type LookDeps = Pick<CoreDeps, 'executors' | 'hosts' | 'secrets' | 'planningSlot' | 'log'>;

/** Sees what a step of an intent is about. Never rejects. */
export type Look = (intent: Intent, step: IntentStep) => Promise<Observed>;

const NOTHING: Observed = { things: [], notices: [] };

/**
 * Looks through the executors, at each thing once however many intents are about it. What has not answered when
 * the signal aborts is given up, and said to be so.
 */
export function lookout(deps: LookDeps, signal: AbortSignal): Look {
  // Every look and every command of it listens, and there may be many stacks.
  setMaxListeners(0, signal);
  const host = lookingHost(deps, signal);
  const looks = new Map<string, Promise<Observed>>();
  const inPlace = async (executor: Executor, step: IntentStep, work: () => Promise<Observed>) =>
    deps.planningSlot(await placesOf(deps, executor, step), work, signal);
  return (intent, step) => {
    const { kind, fields, stack } = step;
    const executor = deps.executors.get(kind);
    const observe = executor?.observe?.bind(executor);
    if (!executor || !observe) return Promise.resolve(NOTHING);
    const key = canonicalJson({ kind, fields });
    const known = looks.get(key);
    if (known) return known;
    const context = { intent: intent.name, stack, host, signal, hasSecret: deps.secrets.has };
    const work = async (): Promise<Observed> => (signal.aborted ? NOTHING : observe(fields, context));
    const look = inTime(signal, intent, inPlace(executor, step, work)).catch((error: unknown) => {
      if (error instanceof HostError) return { things: [], notices: [unanswered(error)] };
      if (signal.aborted) return tooLate(intent);
      deps.log.error({ err: error, intent: intent.name }, 'looking at what runs failed through a defect');
      return failed(intent);
    });
    looks.set(key, look);
    return look;
  };
}

/** A host on which everything ends with the signal: a look changes nothing, so nothing needs its end. */
function lookingHost({ hosts, secrets }: LookDeps, signal: AbortSignal): Host {
  const host = hosts.open({
    runId: 'status',
    signal,
    onlyLooks: true,
    resolveSecret: secrets.resolve,
    onChild: async () => {},
    onOutput: () => {},
  });
  return { ...host, exec: (argv, options) => host.exec(argv, { ...options, uninterruptible: false }) };
}

function inTime(signal: AbortSignal, intent: Intent, look: Promise<Observed>): Promise<Observed> {
  return new Promise((resolve, reject) => {
    const give = (): void => resolve(tooLate(intent));
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    look.then(resolve, reject);
  });
}

function tooLate({ name }: Intent): Observed {
  return {
    things: [],
    notices: [notice('look_timed_out', phrase`What ${code(name)} is about did not answer in time.`)],
  };
}

function failed({ name }: Intent): Observed {
  return {
    things: [],
    notices: [
      notice(
        'internal_error',
        phrase`What ${code(name)} is about can’t be seen: this is a defect in ChatOps.`,
        phrase`Report it with the bot’s log.`,
      ),
    ],
  };
}
