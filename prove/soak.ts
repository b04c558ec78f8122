import { setTimeout as sleep } from 'node:timers/promises';
import type { Proof, ProofOptions, ProofResult } from './support/proof.js';
import { readLog } from './support/soak/log-lines.js';
import { type Sample, sampleOf, thirds } from './support/soak/samples.js';
import { openScene, type Scene } from './support/soak/scene.js';
import { makeTrouble, type Trouble } from './support/soak/troubles.js';
import { idleStretches, runsOf, type StoredRun, wrongAtTheEnd } from './support/soak/verdict.js';

const SAMPLE_EVERY_MS = 2000;
/** What is under way may take so long once nothing new begins, in ms. */
const REST_MS = 90_000;
/** So long nothing may be new until everything counts as done, in ms. */
const QUIET_MS = 6000;
/** Memory may grow by so much, and handles by so many, from the first third to the last one. */
const MORE_MEMORY = { factor: 1.2, mib: 24 };
const MORE_HANDLES = 8;

export const proof: Proof = {
  description: 'a schedule every second goes on while disk, NAS, Docker, registry and gateway fail in turn',
  run: (options) => soak(options),
};

/** @param seconds of trouble; the whole time that is given, less what the end may take, unless said */
export async function soak(options: ProofOptions, seconds?: number): Promise<ProofResult> {
  const {
    seeds: [seed = 1],
    minutes,
    log,
    signal,
  } = options;
  const lasts = seconds ?? Math.max(60, minutes * 60 - 120);
  const scene = await openScene();
  const troubles: Trouble[] = [];
  const samples: Sample[] = [];
  const sampler = setInterval(() => {
    const sample = sampleOf(scene.bot.pid);
    if (sample) samples.push(sample);
  }, SAMPLE_EVERY_MS);
  try {
    const from = Date.now();
    await makeTrouble(scene, { seed, until: from + lasts * 1000, signal }, troubles);
    const to = Date.now();
    const { runs, left } = await atRest(scene);
    clearInterval(sampler);
    const audit = await scene.stage.cli(['audit', 'verify']);
    const { counts, unexpected } = readLog(scene.bot.log());
    for (const [message, count] of counts) log(`log: ${count} × ${message}`);
    const violations = [
      ...left,
      ...wrongAtTheEnd(scene, runs),
      ...idleStretches(runs, troubles, from, to),
      ...unexpected.map((line) => `unexpected in the log: ${line}`),
      ...grown(samples),
      ...(audit.code === 0 ? [] : [`audit verify: ${audit.stdout}${audit.stderr}`]),
      ...scene.stage.discord.violations.map((violation) => `not Discord’s API: ${JSON.stringify(violation)}`),
    ];
    for (const violation of violations) log(`seed ${seed}: ${violation}`);
    return { ok: violations.length === 0, figures: figuresOf(runs, troubles, samples, violations) };
  } finally {
    clearInterval(sampler);
    await scene.end();
  }
}

/** Takes the schedules away and waits until nothing is under way. */
async function atRest(scene: Scene): Promise<{ runs: readonly StoredRun[]; left: readonly string[] }> {
  const { stage } = scene;
  const names = (await stage.json<{ name: string }[]>(['schedules'])).map(({ name }) => name);
  if (names.length === 0) throw new Error('there are no schedules to pause');
  await Promise.all(names.map((name) => stage.cli(['schedules', 'pause', name])));
  let last = Date.now();
  let count = 0;
  for (const until = Date.now() + REST_MS; ; await sleep(500)) {
    const runs = runsOf(scene);
    const busy = runs.filter(({ state }) => ['planned', 'awaiting', 'queued', 'running'].includes(state));
    if (busy.length > 0 || runs.length > count) last = Date.now();
    count = runs.length;
    // A plan that is being made isn't recorded yet.
    if (Date.now() - last > QUIET_MS) return { runs, left: [] };
    if (Date.now() > until) return { runs, left: busy.map(({ id, state }) => `${id} never ended: ${state}`) };
  }
}

function grown(samples: readonly Sample[]): readonly string[] {
  if (samples.length < 30) return [];
  const memory = thirds(samples.map(({ rssMiB }) => rssMiB));
  const handles = thirds(samples.map(({ handles }) => handles));
  return [
    ...(memory.last > memory.first * MORE_MEMORY.factor + MORE_MEMORY.mib
      ? [`memory grew from ${Math.round(memory.first)} to ${Math.round(memory.last)} MiB`]
      : []),
    ...(handles.last > handles.first + MORE_HANDLES
      ? [`handles grew from ${handles.first} to ${handles.last}`]
      : []),
  ];
}

function figuresOf(
  runs: readonly StoredRun[],
  troubles: readonly Trouble[],
  samples: readonly Sample[],
  violations: readonly string[],
): ProofResult['figures'] {
  const memory = thirds(samples.map(({ rssMiB }) => rssMiB));
  const handles = thirds(samples.map(({ handles }) => handles));
  return {
    runs: runs.length,
    'runs by end': tally(
      runs.map(({ state, reason }) => (state === 'succeeded' ? state : `${state}/${reason}`)),
    ),
    'succeeded by intent': tally(
      runs.filter(({ state }) => state === 'succeeded').map(({ intent }) => intent),
    ),
    troubles: tally(troubles.map(({ name }) => name)),
    'memory, first and last third': `${Math.round(memory.first)} and ${Math.round(memory.last)} MiB`,
    'handles, first and last third': `${handles.first} and ${handles.last}`,
    violations: violations.length,
  };
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}
