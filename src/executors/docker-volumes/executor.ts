import { phrase } from '../../core/model/phrase.js';
import type { Json } from '../../core/model/plan.js';
import type { Executor } from '../../core/ports/executor.js';
import { NOT_HELD } from '../quiesce/data.js';
import { planHeld } from '../quiesce/held-plan.js';
import { runHeld } from '../quiesce/held-run.js';
import { withLeft } from '../quiesce/left.js';
import { putBackHeld } from '../quiesce/recover.js';
import { TIMES } from '../quiesce/times.js';
import type { MirrorData } from './data.js';
import { placeOf } from './place.js';

/** Data of before destinations were tried, and of before what rsync replaces was listed: enough to tidy up after a run. */
function fromEarlier(data: Json, version: number): Json {
  if (version === 2) return { ...(data as { readonly [key: string]: Json }), probe: null };
  const { passages: _passages, sourceMount: _mount, ...rest } = data as { readonly [key: string]: Json };
  const none = { replaced: [], look: [], folderTimes: [], removeByRules: [], created: 0, newer: 0 };
  return { ...rest, ...none, probe: null, mounts: null, ...NOT_HELD };
}

/** Copies a folder's contents to another place with rsync, in place; deletions exactly as shown. */
export const dockerVolumes: Executor<'docker_volumes', MirrorData> = {
  kind: 'docker_volumes',
  plansOnce: true,
  data: {
    version: 3,
    earlier: fromEarlier,
    schema: async () => (await import('./data.js')).MIRROR_SCHEMA,
  },
  places: ({ source, destination }) => [`path:${source}`, placeOf(destination)],
  plan: async (fields, ctx) => {
    const { planMirror } = await import('./plan.js');
    return planHeld(fields, TIMES, ctx, null, () => planMirror(fields, ctx));
  },
  run: async (part, ctx) => {
    const { runMirror } = await import('./run.js');
    const { stepNames } = await import('./steps.js');
    const count = stepNames(part.data).length;
    const result = await runHeld(part.data, count, TIMES, ctx, [NOT_GOOD], (inner) => runMirror(part, inner));
    return withLeft(result, part.data.quiesce, ctx);
  },
  recover: async (part, journal, ctx) => {
    const containers = await putBackHeld(journal, TIMES, ctx);
    const { recoverMirror } = await import('./recover.js');
    const report = await recoverMirror(part, journal, ctx);
    return withLeft({ ...report, summary: [...containers, ...report.summary] }, part.data.quiesce, ctx);
  },
};

const NOT_GOOD = phrase`The mirror has what was copied, and counts as not checked. The next run brings it up to date.`;
