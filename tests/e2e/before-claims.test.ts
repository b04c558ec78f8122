import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type App, openApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor } from '../../src/core/model/request.js';
import type { Run, RunSummary } from '../../src/core/model/run.js';
import { openDatabase } from '../../src/store/sqlite-database.js';
import { describeWithDocker, docker, testName } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { makeCertificates } from '../support/proxmox/certificate.js';
import { type ProxmoxDouble, startProxmox } from '../support/proxmox/double.js';
import { type Task, TOKEN, type Volume } from '../support/proxmox/world.js';
import { ROOT } from '../support/root.js';

const FIXTURE = join(ROOT, 'tests/fixtures/store/before-claims');
/** What the world was called in which the fixture was made. */
const MADE: {
  base: string;
  container: string;
  name: string;
  task: Omit<Task, 'type' | 'archive' | 'volid'>;
  volumes: Volume[];
} = JSON.parse(readFileSync(join(FIXTURE, 'world.json'), 'utf8'));
const root: Actor = { kind: 'operator', id: 'root', name: 'root' };
/** What lies at the destinations, in the middle of each run. */
const HALF = [
  'dst/photos/photos_20261130_133419.tar.gz',
  'dst/photos/photos_20261130_133521.tar.gz.partial',
  'dst/plex/plex_db_backup_20261130_133521.tar.gz.partial',
  'dst/volume/0.bin',
  'dst/volume/.rsync-partial/1.bin',
];

describeWithDocker('a data directory of before claims had levels', () => {
  const box = testName();
  let dir: string;
  let double: ProxmoxDouble;
  let app: App;

  // Several runs are tidied up at once, and jest links a module that two ask for at once badly.
  beforeAll(async () => {
    for (const kind of ['shared', 'quiesce', 'files', 'plex', 'docker-volumes', 'vm-proxmox']) {
      for (const name of readdirSync(join(ROOT, 'src/executors', kind)))
        await import(`../../src/executors/${kind}/${name.replace(/\.ts$/, '.js')}`);
    }
  }, 60_000);
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'chatops-earlier-'));
    for (const path of ['src/photos/a.txt', ...['0', '1', '2'].map((n) => `src/volume/${n}.bin`), ...HALF])
      write(path, 'half');
    for (const folder of ['intents', 'data']) mkdirSync(at(folder));
    double = await startProxmox(makeCertificates());
    // With what the double has learnt since.
    const behaviour = { ...double.world.behaviour, ...MADE.task.behaviour };
    const task: Task = { type: 'qemu', archive: 'none', volid: 'none', ...MADE.task, behaviour };
    Object.assign(double.world, { now: task.starttime + 1, tasks: [task], volumes: MADE.volumes });
    write('ca.pem', double.certificates.ca);
    makeImage(`${box}:box`, { version: 'before' });
    // As the run left it, which stopped it to copy its files.
    docker('run', '--detach', '--network', 'none', '--name', box, `${box}:box`);
    docker('stop', box);
    writeIntents();
    await moveHere();
    app = await start();
  }, 60_000);
  afterEach(async () => {
    await app.close();
    await double.close();
    docker('rm', '-f', '-v', box);
    docker('rmi', '-f', `${box}:box`);
    rmSync(dir, { recursive: true });
  }, 60_000);

  const at = (...parts: string[]): string => join(dir, ...parts);

  function write(path: string, text: string): void {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }

  function writeIntents(): void {
    const backup = (name: string, fields: string): void =>
      write(`intents/${name}.yaml`, `action: backup\nstack: ${name}\n${fields}`);
    const place = (name: string) => `source: ${at('src', name)}\ndestination: ${at('dst', name)}\n`;
    backup('photos', `backup_type: files\n${place('photos')}retention_days: 30\n`);
    backup('volume', `backup_type: docker_volumes\n${place('volume')}options: ["--delete"]\n`);
    backup(
      'plexdb',
      `database_type: plex\nsource_container: ${box}\nsource_path: /bin\ndestination: ${at('dst/plex')}\n`,
    );
    backup('web', 'backup_type: vm_proxmox\nvm_id: 101\nstorage: nas\n');
  }

  /** A copy of the fixture, about this test's world, whose previews are still open. */
  async function moveHere(): Promise<void> {
    for (const name of ['chatops.db', 'audit.head']) copyFileSync(join(FIXTURE, name), at('data', name));
    const database = await openDatabase(at('data/chatops.db'), 5000);
    const id = docker('container', 'inspect', '--format', '{{.Id}}', box);
    const moved = [
      [MADE.base, dir],
      [MADE.container, id],
      [MADE.name, box],
    ] as const;
    await database.write((sql) => {
      for (const [then, now] of moved) {
        sql.run('UPDATE plans SET plan = replace(plan, ?, ?)', then, now);
        sql.run('UPDATE journal SET data = replace(data, ?, ?)', then, now);
        sql.run('UPDATE artifacts SET path = replace(path, ?, ?)', then, now);
      }
      const later = new Date(Date.now() + 3_600_000).toISOString();
      sql.run("UPDATE runs SET expires_at = ? WHERE state = 'awaiting'", later);
    });
    await database.close();
  }

  async function start(): Promise<App> {
    const env = {
      ...{ PATH: process.env.PATH ?? '', HOME: dir, LOG_LEVEL: 'error' },
      ...{ CHATOPS_DATA_DIR: at('data'), CHATOPS_INTENTS_DIR: at('intents') },
      ...{ PVE_API_URL: double.url, PVE_API_TOKEN: TOKEN, PVE_CA_FILE: at('ca.pem') },
    };
    const loaded = loadConfig(env, { cwd: dir, shippedIntents: at('intents'), needsDiscord: false });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return openApp(loaded.config, env, { watch: false });
  }

  async function runsIn(state: Run['state']): Promise<Record<string, RunSummary>> {
    const runs = await app.store.runs.list({ limit: 100, states: [state] });
    return Object.fromEntries(runs.map((run) => [run.intent, run]));
  }

  const said = (run: RunSummary | undefined): string => (run?.outcome?.summary ?? []).map(plain).join(' ');

  test('its interrupted runs are tidied up as the build that began them would have done', async () => {
    const half = Object.keys(await runsIn('running')).sort();
    expect(half).toEqual(['photos', 'plexdb', 'volume', 'web']);
    await app.ownership.recoverDead();
    const ended = await runsIn('interrupted');
    expect(Object.keys(ended).sort()).toEqual(half);
    for (const run of Object.values(ended)) expect(said(run)).not.toMatch(/version|by hand|not known/);
    expect(docker('container', 'inspect', '--format', '{{.State.Running}}', box)).toBe('true');
    expect(double.world.tasks).toMatchObject([{ stopRequested: true, done: true }]);
    expect(double.violations).toEqual([]);
    expect(readdirSync(at('dst/photos'))).toEqual(['photos_20261130_133419.tar.gz']);
    expect(readdirSync(at('dst/plex'))).toEqual([]);
    expect(existsSync(at('dst/volume/0.bin'))).toBe(true);
    expect(said(ended.photos)).toContain('No new backup was made; the old archives are untouched.');
    expect(said(ended.plexdb)).toContain(`${box} was found stopped and has been started`);
    expect(said(ended.web)).toContain('its task has been ended');
    expect(await app.store.leases.list()).toEqual([]);
    expect(await app.store.audit.verify()).toMatchObject({ problems: [] });
  }, 120_000);

  test('its previews are asked again, and what is shown then is run', async () => {
    await app.ownership.recoverDead();
    const shown = await runsIn('awaiting');
    expect(Object.keys(shown).sort()).toEqual(['photos', 'plexdb', 'volume', 'web']);
    for (const [intent, { id }] of Object.entries(shown)) {
      const decision = await app.pipeline.decide(id, root, 'confirm');
      if (!decision.ok) throw new Error(`${intent}: ${plain(decision.notice.message)}`);
      const asked = await decision.done;
      expect(asked).toMatchObject({ intent, state: 'plan_changed' });
      const next = await app.pipeline.decide(asked.outcome?.successor ?? '', root, 'confirm');
      if (!next.ok) throw new Error(`${intent}: ${plain(next.notice.message)}`);
      const { state, outcome } = await next.done;
      expect({ intent, state, summary: (outcome?.summary ?? []).map(plain) }).toMatchObject({
        state: 'succeeded',
      });
    }
    expect(double.violations).toEqual([]);
  }, 240_000);
});
