import { code, phrase } from '../../core/model/phrase.js';
import { INSTANCES, type Json, type PlanDraft } from '../../core/model/plan.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { rememberedNumber } from '../shared/memory.js';
import { openLogsNotice } from '../shared/open-logs.js';
import type { Quiesce } from './data.js';
import { usersOfSource } from './source-users.js';
import { holdEffects, holdSteps, releaseSteps } from './steps.js';
import type { QuiesceTimes } from './times.js';

type HeldData = { readonly quiesce: Quiesce | null; readonly live: readonly string[] };

interface Source {
  readonly source: string;
  readonly consistency?: Quiesce['hold'];
  readonly exclude: readonly string[];
}

async function openLogs(
  source: string,
  exclude: readonly string[],
  { host }: PlanContext,
): Promise<Notice | null> {
  const real = await host.realpath(source).catch(() => null);
  return real === null ? null : openLogsNotice(host, source, real, exclude, STOP_IT);
}

const STOP_IT = phrase`Stop that program meanwhile; where it is a container, ${code('consistency: stop')} in the intent does.`;

/** The plan of a backup of a folder, with the containers that can write there: held, or named in a warning. */
export async function planHeld<Data extends HeldData & Json>(
  { source, consistency, exclude }: Source,
  times: QuiesceTimes,
  ctx: PlanContext,
  /** How many steps from the first are within the hold; all when left out. */
  within: number | null,
  plan: () => Promise<PlanDraft<Data>>,
): Promise<PlanDraft<Data>> {
  const [draft, logs, users] = await Promise.all([
    plan(),
    consistency === undefined ? openLogs(source, exclude, ctx) : null,
    usersOfSource(source, consistency, times.stopSeconds, ctx),
  ]);
  const { quiesce, containers, live } = users;
  const lastDownMs = rememberedNumber(await ctx.remembered(), 'downMs');
  const told = { containers, at: ctx.plannedAt, lastDownMs };
  const count = within ?? draft.steps.length;
  const names = quiesce?.containers ?? [];
  return {
    ...draft,
    steps: [
      ...holdSteps(quiesce, told),
      ...draft.steps.slice(0, count),
      ...releaseSteps(quiesce, told),
      ...draft.steps.slice(count),
    ],
    effects: [...holdEffects(quiesce), ...draft.effects],
    touches: [...draft.touches, ...names.map(({ name }) => `container:${name}`)],
    warnings: [...users.warnings, ...(logs ? [logs] : []), ...draft.warnings],
    blockers: [...draft.blockers, ...users.blockers],
    targets:
      quiesce === null
        ? draft.targets
        : { plan: draft.targets, [INSTANCES]: { held: names.map(({ id }) => id), still: quiesce.still } },
    data: { ...(draft.data as object), quiesce, live } as unknown as Data,
  };
}
