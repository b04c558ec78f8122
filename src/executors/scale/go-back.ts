import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { ReasonCode } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { bringUp } from '../compose/bring-up.js';
import { composeArgv } from '../compose/command.js';
import { type ServiceContainer, serviceContainers } from '../compose/containers.js';
import { waitUntilStable } from '../compose/stable.js';
import { isUp } from '../docker/condition.js';
import { READ } from '../docker/container.js';
import { runningBefore, type ScaleData } from './data.js';
import { replicasOf } from './wanted.js';
import { replicas } from './wording.js';

/** What a killed Compose had asked the engine for may still end a moment later: look again, and try again. */
const ATTEMPTS = 3;
const NO_ANSWER = phrase`Docker does not answer`;

const UNSEEN = phrase`How many replicas run now can’t be seen: Docker does not answer.`;

/** Goes back to the containers of before, and says truthfully whether that worked. */
export async function goBack(
  data: ScaleData,
  ctx: RunContext,
  cause: { readonly reason: ReasonCode; readonly summary: readonly Phrase[] },
): Promise<PartResult> {
  await ctx.note('rolling_back', null);
  let fault: Phrase | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    fault = await putBack(data, ctx);
    if (fault === null || fault === NO_ANSWER) break;
  }
  if (fault === null) {
    const back = phrase`${code(data.service)} runs ${replicas(runningBefore(data))} again, as before.`;
    const next = phrase`Look at the container’s last lines, put right what they name, and scale again.`;
    return {
      state: 'rolled_back',
      reason: cause.reason,
      summary: [...cause.summary, back],
      ...(cause.reason === 'not_healthy' ? { next } : {}),
      warnings: [],
    };
  }
  return {
    state: 'failed',
    reason: 'rollback_failed',
    summary: [
      ...cause.summary,
      phrase`Going back to ${replicas(runningBefore(data))} failed: ${fault}.`,
      fault === NO_ANSWER ? UNSEEN : await whatRuns(data, ctx),
    ],
    next: phrase`Put it right with ${code(composeArgv(data.inputs, 'up', '-d', '--no-recreate', '--scale', `${data.service}=${data.before.length}`, data.service).join(' '))}.`,
    warnings: [],
  };
}

/** How many replicas run now, and how many there were. */
export async function whatRuns(data: ScaleData, ctx: RunContext): Promise<Phrase> {
  const found = await serviceContainers(ctx.host, data.project, data.service);
  if (found.state !== 'found') return UNSEEN;
  const before = runningBefore(data);
  return phrase`${code(data.service)} has ${replicas(found.value.filter(isUp).length)} now; it had ${before}.`;
}

/** Null when everything is as it was. */
async function putBack(data: ScaleData, ctx: RunContext): Promise<Phrase | null> {
  const up = await bringUp(ctx, data, replicasOf(data, data.before.length), {
    log: 'none',
    afterStop: true,
  });
  const found = await serviceContainers(ctx.host, data.project, data.service);
  if (found.state !== 'found') return NO_ANSWER;
  const stopped = data.before.filter(({ running }) => !running).map(({ name }) => name);
  const toStop = found.value.filter(({ name, status }) => stopped.includes(name) && status === 'running');
  if (toStop.length > 0) {
    await ctx.host.exec(['docker', 'stop', '--', ...toStop.map(({ id }) => id)], {
      ...READ,
      timeoutMs: 120_000,
      afterStopMs: 120_000,
    });
  }
  const before = new Set(data.before.map(({ id }) => id));
  const made = found.value.filter(({ id, name }) => !before.has(id) && !stopped.includes(name));
  const { timeout } = data;
  const ends = data.isOneShot ? 'may' : 'never';
  const stable = await waitUntilStable(ctx.host, idsOf(made), { timeout, stableFor: 0, ends, now: ctx.now });
  if (stable.state === 'failed') return stable.why;
  const now = await serviceContainers(ctx.host, data.project, data.service);
  const isAsBefore =
    now.state === 'found' &&
    now.value.length === data.before.length &&
    now.value.filter(isUp).length === runningBefore(data);
  if (isAsBefore) return null;
  return up.ok ? phrase`the containers are not the ones of before` : phrase`Compose ended with an error`;
}

function idsOf(containers: readonly ServiceContainer[]): readonly string[] {
  return containers.map(({ id }) => id);
}
