import { code, type Phrase, phrase } from '../model/phrase.js';
import { type Limits, NO_LIMITS } from '../model/policy.js';
import { type Notice, notice } from '../model/reasons.js';
import { type ActorRef, type RunRequest, sameActor } from '../model/request.js';
import type { Rate } from '../ports/budgets.js';
import type { CoreDeps } from '../ports/deps.js';
import { formatDuration } from '../text/format.js';

/** What holds when nobody has set a limit: enough for every person, too little for a script that went wild. */
const DEFAULT_RATE: Rate = { runs: 240, perSeconds: 60 };
/** Ten a second, a minute long: nobody types like that. */
const CALLS_PER_MINUTE = 600;
const ACTIVE = ['queued', 'running'] as const;
const MOST_ACTIVE = 1000;

type LimitDeps = Pick<CoreDeps, 'policy' | 'requests'> & { readonly store: Pick<CoreDeps['store'], 'runs'> };

/**
 * Has this person asked too often? Null means no. Looked at before their rights are: who has none is bound too. Only
 * Discord is counted here: the HTTP API counts addresses, and schedules keep their own time.
 */
export async function tooManyByPerson(
  { policy, requests }: Omit<LimitDeps, 'store'>,
  { source, actor: { kind, id } }: RunRequest,
): Promise<Notice | null> {
  if (source !== 'discord') return null;
  const mine = rateOf(limitsOf(policy.rules()).perPerson);
  if (await requests.take(`person:${kind}:${id}`, mine)) return null;
  return tooOften(phrase`You have asked ${mine.runs}`, mine);
}

/**
 * Have all together asked for this intent too often? Null means no. Looked at when the request is allowed: nobody
 * without the right can use up what others may ask for.
 */
export async function tooManyForIntent(
  { policy, requests }: Omit<LimitDeps, 'store'>,
  request: RunRequest,
): Promise<Notice | null> {
  if (request.source !== 'discord') return null;
  const { perIntent } = limitsOf(policy.rules());
  const everybodys = rateOf(perIntent);
  if (await requests.take(`intent:${request.intent}`, everybodys)) return null;
  return tooOften(phrase`${code(request.intent)} was asked for ${everybodys.runs}`, everybodys);
}

/**
 * Would the run that this request begins be one too many at once for its person or its intent? Null means no.
 * @param reader who is told; the second of two people is told about the first
 */
export async function tooManyAtOnce(
  { policy, store }: LimitDeps,
  { actor, intent, source }: RunRequest,
  reader: ActorRef = actor,
): Promise<Notice | null> {
  if (source !== 'discord') return null;
  const { perPerson, perIntent } = limitsOf(policy.rules());
  if (perPerson.atOnce === null && perIntent.atOnce === null) return null;
  const active = await store.runs.list({ states: ACTIVE, limit: MOST_ACTIVE });
  const mine = active.filter((run) => sameActor(run.actor, actor));
  if (perPerson.atOnce !== null && mine.length >= perPerson.atOnce) {
    const who = sameActor(reader, actor) ? 'You have' : `${actor.name} has`;
    return busy(phrase`${who}`, mine[0]?.id, perPerson.atOnce);
  }
  const same = active.filter((run) => run.intent === intent);
  if (perIntent.atOnce === null || same.length < perIntent.atOnce) return null;
  return busy(phrase`${code(intent)} has`, same[0]?.id, perIntent.atOnce);
}

/** How much one person may send in a minute, looking and typing included: well above what they may ask for. */
export function callsPerMinute(rules: ReturnType<CoreDeps['policy']['rules']>): number {
  const { runs, perSeconds } = rateOf(limitsOf(rules).perPerson);
  return Math.max(CALLS_PER_MINUTE, Math.ceil((2 * runs * 60) / perSeconds));
}

function limitsOf(rules: ReturnType<CoreDeps['policy']['rules']>): Limits {
  return rules.kind === 'policy' ? rules.policy.limits : NO_LIMITS;
}

function rateOf({ runs, perSeconds }: Limits['perPerson']): Rate {
  return runs === null || perSeconds === null ? DEFAULT_RATE : { runs, perSeconds };
}

function tooOften(who: Phrase, { perSeconds }: Rate): Notice {
  return notice(
    'too_many_requests',
    phrase`${who} times in ${formatDuration(perSeconds * 1000)}, which is the limit. Nothing was planned.`,
    phrase`Wait a moment, then ask again.`,
  );
}

function busy(who: Phrase, run: string | undefined, limit: number): Notice {
  const count = limit === 1 ? 'one run' : `${limit} runs`;
  const example = run === undefined ? '' : phrase` (${code(run)})`;
  return notice(
    'too_many_requests',
    phrase`${who} ${count} under way${example}, which is the limit. Nothing was started.`,
    phrase`Wait until one has ended, then confirm.`,
  );
}
