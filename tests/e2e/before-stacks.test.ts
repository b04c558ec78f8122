import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type App, openApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor } from '../../src/core/model/request.js';
import type { Run, RunSummary } from '../../src/core/model/run.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker, testName } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { ROOT } from '../support/root.js';

const FIXTURE = join(ROOT, 'tests/fixtures/store/before-stacks');
/** What the world was called in which the fixture was made. */
const MADE: Readonly<
  Record<'base' | 'run' | 'oldImage' | 'newImage' | 'rolledBefore' | 'scaledBefore', string>
> = JSON.parse(readFileSync(join(FIXTURE, 'world.json'), 'utf8'));
const root: Actor = { kind: 'operator', id: 'root', name: 'root' };

describeWithDocker('a data directory of before a stack was told by all of its inputs', () => {
  const image = `${testName()}:1`;
  let dir: string;
  let rolled: ComposeStack;
  let scaled: ComposeStack;
  let ids: { readonly oldImage: string; readonly newImage: string };
  let app: App;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'chatops-earlier-'));
    for (const folder of ['intents', 'data']) mkdirSync(at(folder));
    rolled = new ComposeStack();
    scaled = new ComposeStack();
    for (const stack of [rolled, scaled])
      stack.write({ web: { image, pull_policy: 'never', network_mode: 'none' } });
    const oldImage = makeImage(image, { version: 'old' });
    scaled.up();
    ids = { oldImage, newImage: makeImage(image, { version: 'new' }) };
    makeInterruptedWorld();
    await moveHere();
    app = await start();
  }, 300_000);
  afterEach(async () => {
    await app.close();
    rolled.clean();
    scaled.clean();
    docker('rmi', '-f', ...new Set([image, ids.oldImage, ids.newImage]));
    rmSync(dir, { recursive: true });
  }, 300_000);

  const at = (...parts: string[]): string => join(dir, ...parts);

  /** As SIGKILL left it: the new container runs, the old image is held; two new replicas run beside the first. */
  function makeInterruptedWorld(): void {
    rolled.up();
    const holds = { '': MADE.run, '.project': rolled.name, '.services': 'web' };
    const labels = Object.entries(holds).flatMap(([name, value]) => [
      '--label',
      `chatops.hold${name}=${value}`,
    ]);
    const name = `chatops-hold-${rolled.name}-${MADE.run}-web-0`;
    docker('create', '--name', name, ...labels, '--network', 'none', ids.oldImage, 'true');
    scaled.up('--no-recreate', '--scale', 'web=3');
    const fields = 'stable_for: 1s\ntimeout: 30s\n';
    writeFileSync(
      at('intents/roll.yaml'),
      `action: rollout\nstack: rolled\ncompose: ${rolled.file}\n${fields}`,
    );
    const bounds = 'service: web\nreplicas: 3\nmin: 1\nmax: 5\n';
    writeFileSync(
      at('intents/more.yaml'),
      `action: scale\nstack: scaled\ncompose: ${scaled.file}\n${bounds}${fields}`,
    );
  }

  /** A copy of the fixture, about this test's world, whose previews are still open. */
  async function moveHere(): Promise<void> {
    for (const name of ['chatops.db', 'audit.head']) copyFileSync(join(FIXTURE, name), at('data', name));
    const database = await openDatabase(at('data/chatops.db'), 5000);
    const [first = ''] = scaled.ids('web').filter((id) => imageOf(id) === ids.oldImage);
    const moved = [
      [`${MADE.base}/rolled`, rolled.folder],
      [`${MADE.base}/scaled`, scaled.folder],
      ['chatops-before-rolled', rolled.name],
      ['chatops-before-scaled', scaled.name],
      ['chatops-before-compose:1', image],
      [MADE.oldImage, ids.oldImage],
      [MADE.newImage, ids.newImage],
      [MADE.scaledBefore, first],
    ] as const;
    await database.write((sql) => {
      for (const [then, now] of moved) {
        sql.run('UPDATE plans SET plan = replace(plan, ?, ?)', then, now);
        sql.run('UPDATE journal SET data = replace(data, ?, ?)', then, now);
        sql.run('UPDATE leases SET key = replace(key, ?, ?)', then, now);
        sql.run('UPDATE runs SET touches = replace(touches, ?, ?)', then, now);
      }
      const later = new Date(Date.now() + 3_600_000).toISOString();
      sql.run("UPDATE runs SET expires_at = ? WHERE state = 'awaiting'", later);
    });
    await database.close();
  }

  const imageOf = (id: string): string => docker('inspect', '--format', '{{.Image}}', id);

  async function start(): Promise<App> {
    const env = {
      ...{ PATH: process.env.PATH ?? '', HOME: dir, LOG_LEVEL: 'error' },
      ...{ CHATOPS_DATA_DIR: at('data'), CHATOPS_INTENTS_DIR: at('intents') },
    };
    const loaded = loadConfig(env, { cwd: dir, shippedIntents: at('intents'), needsDiscord: false });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return openApp(loaded.config, env, { watch: false });
  }

  async function runsIn(state: Run['state']): Promise<Record<string, RunSummary>> {
    const runs = await app.store.runs.list({ limit: 100, states: [state] });
    return Object.fromEntries(runs.map((run) => [run.intent, run]));
  }

  const said = (run: Pick<Run, 'outcome'> | undefined): string =>
    (run?.outcome?.summary ?? []).map(plain).join(' ');

  async function decide(id: string, press: 'confirm'): Promise<Run> {
    const decision = await app.pipeline.decide(id, root, press);
    if (!decision.ok) throw new Error(plain(decision.notice.message));
    return decision.done;
  }

  test('its interrupted runs are recovered, and say what runs', async () => {
    expect(Object.keys(await runsIn('running')).sort()).toEqual(['more', 'roll']);
    await app.ownership.recoverDead();
    const { roll, more } = await runsIn('interrupted');
    expect(said(roll)).not.toMatch(/another version|by hand|not known/);
    expect(said(more)).toContain('web has 3 replicas now; it had 1.');
    expect(rolled.running()).toEqual(['web-1']);
    expect(scaled.running()).toEqual(['web-1', 'web-2', 'web-3']);
    expect(await app.store.leases.list()).toEqual([]);
    expect(await app.store.audit.verify()).toMatchObject({ problems: [] });
  }, 300_000);

  test('its previews are asked again', async () => {
    await app.ownership.recoverDead();
    const shown = await runsIn('awaiting');
    expect(Object.keys(shown).sort()).toEqual(['more', 'roll']);
    for (const [intent, { id }] of Object.entries(shown)) {
      expect(await decide(id, 'confirm')).toMatchObject({ intent, state: 'plan_changed' });
    }
  }, 300_000);
});
