import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { type HangingMount, hangingMount } from '../support/hanging-mount.js';
import { call, KEY, mirrorIntent } from './api-stage.js';
import { processesOf } from './processes.js';
import { type Bot, Stage } from './stage.js';

const withFuse = testWith('bindfs for root', isRoot && has('bindfs'));

let stage: Stage | null = null;
let mount: HangingMount | null = null;

afterEach(async () => {
  await mount?.end();
  mount = null;
  const left = stage ? processesOf(stage.dir) : [];
  await stage?.end();
  stage = null;
  for (const pid of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
});

/** What is asked of a run here. */
interface View {
  readonly id: string;
  readonly state: string;
  readonly ok: boolean;
  readonly reason: string | null;
  readonly summary: readonly string[];
  readonly durationMs: number | null;
}

/** The bot with its side port; programs of `bin` are found before all others. Its intents mirror, pack, and do neither. */
async function opened(programs: Readonly<Record<string, string>> = {}) {
  const made = await Stage.create({ env: { CHATOPS_API_KEY: KEY, CHATOPS_HTTP_RATE_LIMIT: '0' } });
  stage = made;
  // What hangs here is told in the log in many words.
  made.expectLog(/did not end in time/, /doesn’t answer/, /can’t be ended/);
  await made.files('src', { 'a.txt': 'one' });
  await made.files('small', { 'b.txt': 'two' });
  await made.files('bin', programs);
  for (const name of Object.keys(programs)) await chmod(made.path('bin', name), 0o755);
  await mkdir(made.path('nas'));
  await made.intent('mirror', mirrorIntent(made, 'mirror'));
  await made.intent(
    'slow',
    mirrorIntent(made, 'slow', '["--bwlimit=512"]').replace('stack: volumes', 'stack: slow'),
  );
  await made.intent('other', filesIntent(made.path('small'), made.path('dst'), 'other'));
  await made.intent('from_nas', filesIntent(made.path('nas'), made.path('dst'), 'nas'));
  await made.intent('to_nas', filesIntent(made.path('small'), made.path('nas', 'backups'), 'nas'));
  await made.intent('near_link', filesIntent(made.path('link', 'sub'), made.path('dst'), 'link'));
  const path = `${made.path('bin')}:${process.env.PATH}`;
  const bot = await made.start({ PATH: path, CHATOPS_PROBE_SECONDS: '2' });
  return { stage: made, bot, url: await bot.url() };
}

function filesIntent(source: string, destination: string, stack: string): string {
  const lines = ['action: backup', 'backup_type: files', `stack: ${stack}`];
  return [...lines, `source: ${source}`, `destination: ${destination}`, 'compress: none', ''].join('\n');
}

async function run(url: string, name: string, more: object = {}): Promise<View> {
  return (await (await call(url, 'POST', '/run', { name, ...more })).json()) as View;
}

async function begin(url: string, name: string): Promise<string> {
  const headers = { prefer: 'respond-async' };
  return ((await (await call(url, 'POST', '/run', { name }, headers)).json()) as View).id;
}

async function look(url: string, id: string): Promise<View> {
  return (await (await call(url, 'GET', `/runs/${id}`)).json()) as View;
}

/** Waits until the run is in one of the states; the test's own timeout ends it otherwise. */
async function becomes(url: string, id: string, ...states: readonly string[]): Promise<View> {
  for (;;) {
    const view = await look(url, id);
    if (states.includes(view.state)) return view;
    await sleep(100);
  }
}

const ENDED = ['succeeded', 'failed', 'cancelled', 'interrupted', 'refused'] as const;

async function timed<T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const began = performance.now();
  return { value: await work, ms: performance.now() - began };
}

/** The grace period of a stage is a second; five more are promised. */
async function endsInTime(bot: Bot): Promise<void> {
  const { ms } = await timed(bot.end());
  expect(ms).toBeLessThan(6500);
}

/** An rsync that hangs, except when it is asked for its version. */
const HANGING_RSYNC = `#!/bin/bash
[ "$1" = --version ] && exec /usr/bin/rsync "$@"
exec sleep 600
`;
/** An rsync whose copy leaves a process in a session of its own, which keeps its output open. */
const LEAVING_RSYNC = `#!/bin/bash
for a in "$@"; do [[ "$a" == --dry-run || "$a" == --version ]] && exec /usr/bin/rsync "$@"; done
setsid sleep 300 &
exec /usr/bin/rsync "$@"
`;

describe('a tool that hangs', () => {
  test('at previews: each ends with the reason, and nothing else waits', async () => {
    const { bot, url } = await opened({ rsync: HANGING_RSYNC });
    const hanging = [1, 2, 3, 4, 5].map(() => run(url, 'mirror', { dry_run: true }));
    await sleep(500);
    const other = await timed(run(url, 'other'));
    expect(other.value).toMatchObject({ ok: true, state: 'succeeded' });
    expect(other.ms).toBeLessThan(9000);
    for (const view of await Promise.all(hanging)) {
      expect(view).toMatchObject({ state: 'refused', reason: 'blocked' });
      expect(view.summary.join(' ')).toMatch(/^rsync .*gave no sign of life for 2(\.\d)? s\./);
    }
    await endsInTime(bot);
  }, 60_000);

  test('in the middle of a run that is stopped, and its own leftovers with it', async () => {
    const { stage, bot, url } = await opened({ rsync: LEAVING_RSYNC });
    await writeFile(stage.path('src', 'big'), randomBytes(4 * 1024 * 1024));
    const id = await begin(url, 'slow');
    await becomes(url, id, 'running');
    await sleep(500);
    await call(url, 'DELETE', `/runs/${id}`);
    const stopped = await timed(becomes(url, id, ...ENDED));
    expect(stopped.value.state).toBe('cancelled');
    expect(stopped.ms).toBeLessThan(8000);
    expect(processesOf(`CHATOPS_RUN=${id}`)).toEqual([]);
    const log = await (await call(url, 'GET', `/runs/${id}/log`)).text();
    expect(log).toMatch(/^sleep \(process \d+\) was left running and was ended\.$/m);

    // What ran before holds nothing: the same once more, to its end.
    await writeFile(stage.path('src', 'big'), 'small');
    const whole = await run(url, 'mirror');
    expect(whole).toMatchObject({ state: 'succeeded' });
    expect(processesOf(`CHATOPS_RUN=${whole.id}`)).toEqual([]);
    await endsInTime(bot);
  }, 60_000);
});

describe('a share whose server is away', () => {
  withFuse(
    'blocks what needs it, as a source, a destination and behind a symlink, and nothing else',
    async () => {
      const { stage, bot, url } = await opened();
      await stage.files('disk', { 'sub/file': 'there' });
      mount = await hangingMount(stage.path('disk'), stage.path('nas'));
      await symlink(stage.path('nas'), stage.path('link'));
      expect(await run(url, 'from_nas', { dry_run: true })).toMatchObject({ ok: true });
      mount.hang();
      const names = ['from_nas', 'to_nas', 'near_link', 'from_nas', 'to_nas', 'near_link'];
      const hanging = names.map((name) => run(url, name, { dry_run: true }));
      await sleep(500);
      const other = await timed(run(url, 'other'));
      expect(other.value).toMatchObject({ state: 'succeeded' });
      expect(other.ms).toBeLessThan(9000);
      expect((await call(url, 'GET', '/healthz')).status).toBe(200);
      for (const view of await Promise.all(hanging)) {
        expect(view).toMatchObject({ state: 'refused', reason: 'blocked' });
        expect(view.summary[0]).toContain(`${stage.path('nas')} doesn’t answer`);
      }
      // It is known by now.
      const again = await timed(run(url, 'to_nas', { dry_run: true }));
      expect(again.ms).toBeLessThan(5000);
      mount.answer();
      const back = await until(async () => (await run(url, 'to_nas')).state === 'succeeded');
      expect(back).toBe(true);
      mount.hang();
      void run(url, 'from_nas', { dry_run: true }).catch(() => {});
      await sleep(300);
      await endsInTime(bot);
    },
    90_000,
  );

  withFuse(
    'in the middle of a run: it can be stopped, and what was written is removed',
    async () => {
      const { stage, bot, url } = await opened();
      await mkdir(stage.path('disk'));
      await writeFile(stage.path('disk', 'big'), randomBytes(64 * 1024 * 1024));
      mount = await hangingMount(stage.path('disk'), stage.path('nas'));
      const id = await hangsWhileRunning(url, 'from_nas', mount);
      await call(url, 'DELETE', `/runs/${id}`);
      const stopped = await timed(becomes(url, id, ...ENDED));
      expect(stopped.value).toMatchObject({ state: 'cancelled' });
      expect(stopped.ms).toBeLessThan(9000);
      expect(await readdir(stage.path('dst'))).toEqual([]);
      mount.answer();
      await hangsWhileRunning(url, 'from_nas', mount);
      await endsInTime(bot);
    },
    90_000,
  );
});

/** Begins a run of which tar stands still while it reads. */
async function hangsWhileRunning(url: string, name: string, share: HangingMount): Promise<string> {
  for (;;) {
    const id = await begin(url, name);
    await becomes(url, id, 'running', ...ENDED);
    share.hang();
    await sleep(700);
    if ((await look(url, id)).state === 'running') return id;
    share.answer();
  }
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  while (!(await holds())) await sleep(300);
  return true;
}
