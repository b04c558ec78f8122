import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { codes, Lab, said, told } from '../support/lab.js';
import { isRoot, mountTmpfs, testWith, unmount } from '../support/needs.js';
import { tool } from '../support/trees.js';
import {
  FOLDER,
  fieldsFor,
  IDLE,
  makeBoxImage,
  QUICK,
  removeAll,
  removeContainers,
  SharedBox,
  startBox,
  statusOf,
  until,
} from './box.js';

// Real containers start and stop.
jest.setTimeout(300_000);

const executor = createPlex(QUICK);
const FILL = `echo one > ${FOLDER}/one.txt; echo two > ${FOLDER}/two.txt; ${IDLE}`;

describeWithDocker('plex on a real engine', () => {
  let image = '';
  let lab: Lab;
  let containers: string[] = [];
  let destination = '';

  beforeAll(() => {
    image = makeBoxImage();
  });
  const shared = new SharedBox(() => startBox(image, [], FILL));
  afterAll(() => removeAll(shared.names(), image));
  beforeEach(() => {
    lab = new Lab();
    destination = lab.path('backups');
    mkdirSync(destination);
  });
  afterEach(() => {
    removeContainers(containers);
    containers = [];
    lab.clean();
  });

  /** The one that tests share, unless it has to be another one. */
  function box(options?: string[], script: string = FILL): string {
    if (options === undefined) return shared.running();
    const name = startBox(image, options, script);
    containers.push(name);
    return name;
  }
  const files = (): string[] => readdirSync(destination).sort();
  const members = (archive: string): string[] => tool('tar', '-tf', archive).split('\n').filter(Boolean);

  test('stops, copies, starts, checks and records; every number is said', async () => {
    const name = box();
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    expect(codes(plan.blockers)).toEqual([]);
    expect(codes(plan.warnings)).toEqual([]);
    const titles = plan.steps.map(({ title }) => plain(title));
    expect(titles[0]).toMatch(
      new RegExp(
        `^Stop ${name} \\(running for .*\\)\\. Down while it is copied; for how long is not known before the first run\\.$`,
      ),
    );
    expect(titles[1]).toBe(
      `Copy 8 B (2 files) from ${name}:${FOLDER} to ${destination}/plex_db_backup_20261122_141700.tar.gz. How small it packs is not known before the first run.`,
    );
    expect(titles[2]).toBe(`Start ${name} and wait until it is up.`);
    expect(plan.steps.map(({ commands }) => commands[0]?.slice(0, 2))).toEqual([
      ['docker', 'stop'],
      ['docker', 'cp'],
      ['docker', 'start'],
      ['cat', '--'],
    ]);
    expect(files()).toEqual([]);
    expect(statusOf(name)).toBe('running');

    const result = await executor.run(plan, lab.runContext());
    expect(result).toMatchObject({ state: 'succeeded', reason: 'done' });
    expect(told(result)).toEqual([]);
    expect(said(result)).toMatch(
      new RegExp(
        `→ .* \\(2 files\\) in .*; ${name} was down for .* s\\. ${destination}/.*, checked, sha256 `,
      ),
    );
    expect(files()).toEqual([
      'plex_db_backup_20261122_141700.tar.gz',
      'plex_db_backup_20261122_141700.tar.gz.manifest.json',
    ]);
    expect(members(plan.data.archive).sort()).toEqual([
      'Databases/',
      'Databases/one.txt',
      'Databases/two.txt',
    ]);
    expect(statusOf(name)).toBe('running');
    const manifest = JSON.parse(readFileSync(`${plan.data.archive}.manifest.json`, 'utf8'));
    expect(manifest).toMatchObject({ source: `${name}:${FOLDER}`, files: 2 });
    const sha256 = tool('sha256sum', plan.data.archive).split(' ')[0];
    expect(lab.artifacts).toMatchObject([{ path: plan.data.archive, sha256, files: 2, verified: 'read' }]);
    expect(lab.steps).toEqual([
      '0 running',
      '0 done',
      '1 running',
      '1 done',
      '2 running',
      '2 done',
      '3 running',
      '3 done',
    ]);

    lab.plannedAt = new Date('2026-11-23T14:17:00Z');
    const next = await lab.plan(executor, fieldsFor(name, destination));
    expect(plain(next.steps[0]?.title ?? [])).toMatch(/Down for about .* s, as last time\.$/);
    expect(plain(next.steps[1]?.title ?? [])).toMatch(/, about .* B, as the last one was packed\.$/);
  });

  test('pause holds it without stopping it; the archive is named and packed as compress says', async () => {
    const name = box();
    const started = docker('inspect', '--format', '{{.State.StartedAt}}', name);
    for (const [day, compress, ending] of [
      ['22', 'zstd', '.zst'],
      ['23', 'none', ''],
    ] as const) {
      lab.plannedAt = new Date(`2026-11-${day}T14:17:00Z`);
      const plan = await lab.plan(executor, fieldsFor(name, destination, { compress, consistency: 'pause' }));
      const result = await executor.run(plan, lab.runContext());
      expect(result.state).toBe('succeeded');
      expect(said(result)).toContain(`${name} was paused for`);
      expect(basename(plan.data.archive)).toBe(`plex_db_backup_202611${day}_141700.tar${ending}`);
      expect(members(plan.data.archive)).toHaveLength(3);
    }
    expect(statusOf(name)).toBe('running');
    expect(docker('inspect', '--format', '{{.State.StartedAt}}', name)).toBe(started);
  });

  test('none warns of live data and touches nothing', async () => {
    const name = box();
    const plan = await lab.plan(executor, fieldsFor(name, destination, { consistency: 'none' }));
    expect(codes(plan.warnings)).toEqual(['live_data']);
    expect(plan.steps).toHaveLength(2);
    expect((await executor.run(plan, lab.runContext())).state).toBe('succeeded');
    expect(statusOf(name)).toBe('running');
  });

  test.each([
    ['exited', 'stop', 'is not running and has to stay so'],
    ['paused', 'pause', 'is paused and has to stay so'],
  ])('a container that is %s stays so', async (status, command, words) => {
    const name = box();
    docker(command, name);
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    expect(plan.steps).toHaveLength(2);
    expect(plain(plan.steps[0]?.title ?? [])).toContain(words);
    expect((await executor.run(plan, lab.runContext())).state).toBe('succeeded');
    expect(statusOf(name)).toBe(status);
  });

  test('a volume is measured on the host, and archives never go into it', async () => {
    const name = box(
      ['--volume', `${lab.path('config')}:/config`],
      `mkdir -p ${FOLDER}; ${FILL}`.replace('mkdir -p', '/bin/busybox mkdir -p'),
    );
    docker('stop', '-t', '1', name);
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    expect(plan.data).toMatchObject({ files: 2, bytes: 8, measured: true });
    const inside = await lab.plan(executor, fieldsFor(name, lab.path('config', 'Databases', 'backups')));
    expect(codes(inside.blockers)).toEqual(['destination_in_source']);
  });

  test('a stopped container’s own files can’t be counted without reading them: as last time, or not known', async () => {
    const name = box();
    docker('stop', '-t', '1', name);
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    expect(codes(plan.blockers)).toEqual([]);
    expect(plain(plan.steps[0]?.title ?? [])).toContain('(its size is not known before the first run)');
    lab.remembered = { files: 2, bytes: 3_000_000, size: 1_000_000, downMs: 38_000 };
    const later = await lab.plan(executor, fieldsFor(name, destination));
    expect(plain(later.steps[0]?.title ?? [])).toContain('Copy about 2.9 MiB (2 files, as last time)');
    expect(later.effects).toContainEqual(expect.objectContaining({ kind: 'write', estimate: true }));
  });

  test('a folder of this host can be the source', async () => {
    const name = box();
    mkdirSync(lab.path('plex'));
    writeFileSync(lab.path('plex', 'library.txt'), 'data');
    const plan = await lab.plan(
      executor,
      fieldsFor(name, destination, { source: lab.path('plex'), source_path: null }),
    );
    expect((await executor.run(plan, lab.runContext())).state).toBe('succeeded');
    expect(members(plan.data.archive)).toEqual(['./', './library.txt']);
    expect(statusOf(name)).toBe('running');
  });

  test('a destination container means the folder that is mounted there, and nothing else', async () => {
    const name = box();
    const keeper = box(['--volume', `${destination}:/backups`]);
    const plan = await lab.plan(executor, fieldsFor(name, '/backups', { destination_container: keeper }));
    expect(codes(plan.blockers)).toEqual([]);
    expect((await executor.run(plan, lab.runContext())).state).toBe('succeeded');
    expect(files()).toHaveLength(2);
    const layer = await lab.plan(executor, fieldsFor(name, '/elsewhere', { destination_container: keeper }));
    expect(codes(layer.blockers)).toEqual(['destination_not_mounted']);
  });

  test('retention deletes exactly what was shown; archives that nobody knows are listed and stay', async () => {
    const name = box();
    const old = ['20260901', '20261001', '20261110', '20261115', '20261121'].map((day) => {
      const path = join(destination, `plex_db_backup_${day}_030000.tar.gz`);
      writeFileSync(path, 'old');
      const createdAt = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T03:00:00.000Z`;
      lab.artifacts.push({
        ...{ runId: 'r-old', intent: lab.intent, path, kind: 'archive', size: 3, sha256: null, files: 1 },
        ...{ createdAt, verified: 'read', deletedAt: null, origin: null },
      });
      return path;
    });
    writeFileSync(join(destination, 'plex_db_backup_20250101_000000.tar.gz'), 'unknown');
    const plan = await lab.plan(executor, fieldsFor(name, destination, { retention_days: 30 }));
    expect(codes(plan.warnings)).toEqual(['archives_unknown']);
    expect(plan.effects.at(-1)).toMatchObject({
      kind: 'delete',
      target: destination,
      paths: old.slice(0, 2),
      bytes: 6,
      of: 5,
    });
    const result = await executor.run(plan, lab.runContext());
    expect(said(result)).toMatch(/2 old archives deleted, 4 kept\.$/);
    expect(old.map((path) => existsSync(path))).toEqual([false, false, true, true, true]);
    expect(files()).toContain('plex_db_backup_20250101_000000.tar.gz');
  });

  test.each<[string, () => Parameters<typeof fieldsFor>, string[]]>([
    ['a container that does not exist', () => ['chatops-test-nobody', destination], ['container_unknown']],
    [
      'a path that is not in it',
      () => [box(), destination, { source_path: '/config/nowhere' }],
      ['source_missing'],
    ],
    [
      'a path that is not in a stopped one',
      () => [stopped(), destination, { source_path: '/config/nowhere' }],
      ['source_missing'],
    ],
    ['an empty folder', () => [box([], IDLE), destination], ['source_empty']],
    ['a container that would vanish', () => [box(['--rm']), destination], ['container_autoremove']],
    [
      'a destination container that does not exist',
      () => [box(), '/backups', { destination_container: 'chatops-test-nobody' }],
      ['container_unknown'],
    ],
    ['a destination that is not there', () => [box(), lab.path('no', 'where')], ['destination_missing']],
  ])('%s blocks', async (_name, fields, expected) => {
    const plan = await lab.plan(executor, fieldsFor(...fields()));
    expect(codes(plan.blockers)).toEqual(expected);
  });

  function stopped(): string {
    const name = box();
    docker('stop', '-t', '1', name);
    return name;
  }

  test('an engine that does not answer blocks', async () => {
    lab.environment = { ...process.env, DOCKER_HOST: `unix://${lab.path('nobody.sock')}` };
    const plan = await lab.plan(executor, fieldsFor('plex', destination));
    expect(codes(plan.blockers)).toEqual(['docker_unreachable']);
  });

  test('another container of the same name is another plan', async () => {
    const name = box();
    const before = await lab.plan(executor, fieldsFor(name, destination));
    docker('rm', '--force', name);
    docker('run', '--detach', '--network', 'none', '--name', name, image, 'sh', '-c', FILL);
    expect((await lab.plan(executor, fieldsFor(name, destination))).targets).not.toEqual(before.targets);
    expect(await executor.run(before, lab.runContext())).toMatchObject({
      state: 'failed',
      reason: 'container_unsettled',
    });
    expect(statusOf(name)).toBe('running');
    expect(files()).toEqual([]);
  });

  test('stopping the run in the middle leaves the container running and nothing behind', async () => {
    const name = box(
      [],
      `/bin/busybox dd if=/dev/urandom of=${FOLDER}/big bs=1M count=60 2>/dev/null; echo ready; ${IDLE}`,
    );
    await until(() => docker('logs', name).includes('ready'));
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    const ctx = lab.runContext();
    const journal = async (kind: string, data: Parameters<typeof ctx.journal>[1]) => {
      await ctx.journal(kind, data);
      if (kind === 'partial') setTimeout(() => lab.stop.abort(), 100);
    };
    const result = await executor.run(plan, { ...ctx, journal });
    expect(result).toMatchObject({ state: 'cancelled', reason: 'stopped' });
    expect(said(result)).toMatch(
      new RegExp(`${name} runs again \\(down for .*\\)\\. Nothing half-done is left`),
    );
    expect(statusOf(name)).toBe('running');
    expect(files()).toEqual([]);
  });

  testWith('root', isRoot)(
    'a full disk: nothing is left, the container runs, the numbers are said',
    async () => {
      const name = box(
        [],
        `/bin/busybox dd if=/dev/urandom of=${FOLDER}/big bs=1M count=20 2>/dev/null; echo ready; ${IDLE}`,
      );
      await until(() => docker('logs', name).includes('ready'));
      expect(mountTmpfs(lab.path('small'), '2m')).toBe(true);
      try {
        const plan = await lab.plan(executor, fieldsFor(name, lab.path('small')));
        const result = await executor.run(plan, lab.runContext());
        expect(result).toMatchObject({ state: 'failed', reason: 'destination_full' });
        expect(said(result)).toMatch(
          /^The destination is full: .* needed, .* free on .*runs again \(down for .*\)\. Nothing half-done is left/,
        );
        expect(readdirSync(lab.path('small'))).toEqual([]);
        expect(statusOf(name)).toBe('running');
        lab.remembered = { files: 1, bytes: 20 * 1024 ** 2, size: 20 * 1024 ** 2 };
        const informed = await lab.plan(executor, fieldsFor(name, lab.path('small')));
        expect(codes(informed.blockers)).toEqual(['destination_full']);
      } finally {
        unmount(lab.path('small'));
      }
    },
  );

  /** A `docker` that behaves like the real one until the file `sick` says which of its commands fail. */
  function sickDocker(): void {
    mkdirSync(lab.path('bin'));
    const real = tool('which', 'docker').trim();
    const script = `#!/bin/sh
for bad in $(cat ${lab.path('sick')} 2>/dev/null); do
  if [ "$1" = "$bad" ]; then echo "Cannot connect to the Docker daemon" >&2; exit 1; fi
done
exec ${real} "$@"
`;
    writeFileSync(lab.path('bin', 'docker'), script);
    chmodSync(lab.path('bin', 'docker'), 0o755);
    lab.environment = { ...process.env, PATH: `${lab.path('bin')}:${process.env.PATH}` };
  }

  test('a container that can’t be started again is the first thing that is said', async () => {
    const name = box();
    sickDocker();
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    writeFileSync(lab.path('sick'), 'start');
    const result = await executor.run(plan, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'container_not_back' });
    expect(said(result)).toMatch(
      new RegExp(
        `^${name} is down and could not be put back: Cannot connect to the Docker daemon\\. .*checked, sha256`,
      ),
    );
    expect(plain(result.next ?? [])).toBe(`Put it back by hand: docker start ${name}.`);
    expect(statusOf(name)).toBe('exited');
    expect(lab.artifacts).toHaveLength(1);
  });

  test('an engine that dies in the middle: nobody knows, and that is said first', async () => {
    const name = box();
    sickDocker();
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    const ctx = lab.runContext();
    const journal = async (kind: string, data: Parameters<typeof ctx.journal>[1]) => {
      await ctx.journal(kind, data);
      if (kind === 'partial') writeFileSync(lab.path('sick'), 'cp start container');
    };
    const result = await executor.run(plan, { ...ctx, journal });
    expect(result).toMatchObject({ state: 'failed', reason: 'container_not_back' });
    expect(said(result)).toMatch(
      new RegExp(
        `^${name} may be down: Docker does not answer .* The databases could not be read: .* Nothing half-done is left`,
      ),
    );
    expect(files()).toEqual([]);
    writeFileSync(lab.path('sick'), '');
    const { summary } = await executor.recover(plan, lab.journal, lab.runContext());
    expect(plain(summary[0] ?? [])).toBe(`${name} was found stopped and has been started.`);
  });

  test('an engine that fails for a moment is asked again', async () => {
    const name = box();
    sickDocker();
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    writeFileSync(lab.path('sick'), 'start');
    setTimeout(() => writeFileSync(lab.path('sick'), ''), 1500);
    expect((await executor.run(plan, lab.runContext())).state).toBe('succeeded');
    expect(statusOf(name)).toBe('running');
  });

  test('a copy that fails leaves the container running and nothing behind', async () => {
    const name = box();
    sickDocker();
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    writeFileSync(lab.path('sick'), 'cp');
    const result = await executor.run(plan, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'command_failed' });
    expect(said(result)).toMatch(
      new RegExp(
        `^The databases could not be read: Cannot connect to the Docker daemon\\. ${name} runs again`,
      ),
    );
    expect(files()).toEqual([]);
    expect(statusOf(name)).toBe('running');
  });

  test('a container that ends again at once is not called running', async () => {
    const once = `if [ -e /tmp/started ]; then exit 7; fi; touch /tmp/started; ${FILL}`;
    const name = box([], once);
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    const result = await executor.run(plan, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'container_not_back' });
    expect(said(result)).toContain('it ended again at once, with exit code 7');
  });

  test('with a health check it is waited until it is healthy; one that stays ill is a warning', async () => {
    const health = ['--health-interval', '1s', '--health-cmd', 'test -e /tmp/well'];
    const name = box(health, `touch /tmp/well; ${FILL}`);
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    expect(plain(plan.steps[2]?.title ?? [])).toBe(`Start ${name} and wait until it is healthy.`);
    const well = await executor.run(plan, lab.runContext());
    expect({ state: well.state, warnings: told(well) }).toEqual({ state: 'succeeded', warnings: [] });
    expect(docker('inspect', '--format', '{{.State.Health.Status}}', name)).toBe('healthy');

    const ill = box(health, FILL);
    const impatient = createPlex({ ...QUICK, healthMs: 300 });
    lab.plannedAt = new Date('2026-11-23T14:17:00Z');
    const result = await impatient.run(
      await lab.plan(impatient, fieldsFor(ill, destination)),
      lab.runContext(),
    );
    expect(result.state).toBe('succeeded');
    expect(told(result)).toEqual(['container_unhealthy']);
  });

  test('a file of that name is never overwritten: the next name is taken', async () => {
    const name = box();
    const plan = await lab.plan(executor, fieldsFor(name, destination));
    writeFileSync(plan.data.archive, 'somebody’s');
    expect((await executor.run(plan, lab.runContext())).state).toBe('succeeded');
    expect(readFileSync(plan.data.archive, 'utf8')).toBe('somebody’s');
    const next = plan.data.archive.replace('.tar.gz', '-2.tar.gz');
    expect(lab.artifacts.at(-1)).toMatchObject({ path: next });
    tool('tar', '-tzf', next);
    expect(readdirSync(destination).filter((entry) => entry.includes('partial'))).toEqual([]);
  });
});
