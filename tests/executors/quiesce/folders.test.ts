import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { DockerVolumesFields, FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import type { Executor, RunContext } from '../../../src/core/ports/executor.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { files } from '../../../src/executors/files/executor.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import {
  IDLE,
  makeBoxImage,
  removeAll,
  removeContainers,
  SharedBox,
  startBox,
  statusOf,
} from '../plex/box.js';
import { codes, Lab, said } from '../support/lab.js';
import { put } from '../support/trees.js';

// Real containers start and stop.
jest.setTimeout(300_000);

const KINDS = ['files', 'docker_volumes'] as const;
type Kind = (typeof KINDS)[number];

describeWithDocker('containers that can write to a folder that is backed up', () => {
  let image = '';
  let lab: Lab;
  let containers: string[] = [];
  let source = '';
  let name = '';

  /** Holds the folder that all tests back up. */
  let ground: Lab;
  const shared = new SharedBox(() => startBox(image, ['--volume', `${source}:/data`], IDLE));
  beforeAll(() => {
    image = makeBoxImage();
    ground = new Lab();
    source = ground.path('src');
    put(ground.path('src', 'deep', 'one.txt'), 'one');
  });
  afterAll(() => {
    removeAll(shared.names(), image);
    ground.clean();
  });
  beforeEach(() => {
    lab = new Lab();
    mkdirSync(lab.path('backups'));
    name = shared.running();
  });
  afterEach(() => {
    removeContainers(containers);
    containers = [];
    lab.clean();
  });

  function box(options: readonly string[], script = IDLE): string {
    const made = startBox(image, options, script);
    containers.push(made);
    return made;
  }

  async function plan(kind: Kind, consistency?: 'stop' | 'pause', from = source) {
    const shared = {
      ...{ source: from, destination: lab.path('backups', 'to'), exclude: [], require_mount: false },
      ...(consistency === undefined ? {} : { consistency }),
    };
    if (kind === 'files') {
      const fields: FilesFields = { ...shared, compress: 'gzip', retention_days: null, min_keep: 3 };
      return { executor: files as Executor, part: (await lab.plan(files, fields)) as PlanPart };
    }
    const fields: DockerVolumesFields = {
      ...shared,
      ...{ options: [], mirror: false, max_delete: 1000, password_secret: null },
    };
    return { executor: dockerVolumes as Executor, part: (await lab.plan(dockerVolumes, fields)) as PlanPart };
  }

  /** A run, with something that happens once its copy is about to begin. */
  async function run({ executor, part }: Awaited<ReturnType<typeof plan>>, during: () => void = () => {}) {
    const ctx = lab.runContext();
    const journal: RunContext['journal'] = async (kind, data) => {
      await ctx.journal(kind, data);
      if (kind === 'copy') during();
    };
    let begun = false;
    const pipe: RunContext['host']['pipe'] = (...args) => {
      if (!begun) during();
      begun = true;
      return ctx.host.pipe(...args);
    };
    return executor.run(part, { ...ctx, host: { ...ctx.host, pipe }, journal });
  }

  test.each(KINDS)('%s: named in the preview and in the result, and left alone', async (kind) => {
    const below = box(['--volume', `${ground.path('src', 'deep')}:/data`]);
    const above = box(['--volume', `${ground.root}:/data`]);
    box(['--volume', `${source}:/data:ro`]);
    const made = await plan(kind);
    expect(codes(made.part.warnings)).toContain('live_data');
    const warning = plain(made.part.warnings.find(({ code }) => code === 'live_data')?.message ?? []);
    for (const each of [name, below, above]) expect(warning).toContain(each);
    expect(warning).toContain('may be damaged, not just older');
    const states: string[] = [];
    const result = await run(made, () => void states.push(statusOf(name)));
    expect(states).toEqual(['running']);
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toContain('live_data');
  });

  test.each(KINDS)('%s of a volume: named by the volume’s folder', async (kind) => {
    const volume = testName();
    docker('volume', 'create', volume);
    try {
      const user = box(['--volume', `${volume}:/data`], `echo one > /data/one.txt; ${IDLE}`);
      const { part } = await plan(
        kind,
        undefined,
        docker('volume', 'inspect', '--format', '{{.Mountpoint}}', volume),
      );
      expect(part.warnings.map(({ message }) => plain(message)).join()).toContain(user);
    } finally {
      removeContainers(containers);
      docker('volume', 'rm', '--force', volume);
    }
  });

  test.each(KINDS)('%s: a folder that no container uses is not said to be live', async (kind) => {
    put(lab.path('alone', 'one.txt'), 'one');
    const { part } = await plan(kind, undefined, lab.path('alone'));
    expect(codes(part.warnings)).not.toContain('live_data');
  });

  test.each([
    ['files', 'stop'],
    ['docker_volumes', 'pause'],
  ] as const)(
    '%s with consistency %s: all of them are held, and run again',
    async (kind, consistency) => {
      const other = box(['--volume', `${ground.path('src', 'deep')}:/data`]);
      docker('stop', '-t', '1', box(['--volume', `${source}:/data`]));
      const made = await plan(kind, consistency);
      expect(codes(made.part.blockers)).toEqual([]);
      expect(codes(made.part.warnings)).not.toContain('live_data');
      const states: string[] = [];
      const result = await run(made, () => void states.push(statusOf(name), statusOf(other)));
      const away = consistency === 'stop' ? 'exited' : 'paused';
      expect({ states, said: said(result), state: result.state }).toMatchObject({
        states: [away, away],
        state: 'succeeded',
      });
      expect(said(result)).toContain(consistency === 'stop' ? 'were down for' : 'were paused for');
      expect([statusOf(name), statusOf(other)]).toEqual(['running', 'running']);
      const copied = kind === 'docker_volumes' ? lab.path('backups', 'to', 'deep', 'one.txt') : null;
      if (copied !== null) expect(readFileSync(copied, 'utf8')).toBe('one');
      const indexes = made.part.steps.map((_step, index) => `${index} done`);
      expect(lab.steps.filter((step) => step.endsWith('done'))).toEqual(indexes);
    },
    60_000,
  );

  test.each(KINDS)(
    '%s: one that is started meanwhile fails the run, and nothing counts as good',
    async (kind) => {
      const result = await run(await plan(kind, 'stop'), () => docker('start', name));
      expect({ state: result.state, reason: result.reason, said: said(result) }).toMatchObject({
        state: 'failed',
        reason: 'hold_broken',
      });
      expect(said(result)).toContain(`${name} was started while it was copied. The copy may be damaged.`);
      expect(lab.artifacts.filter(({ verified }) => verified !== 'none')).toEqual([]);
      if (kind === 'files')
        expect(existsSync(lab.path('backups', 'to')) ? readdirSync(lab.path('backups', 'to')) : []).toEqual(
          [],
        );
      expect(lab.remembered).toBeNull();
      expect(statusOf(name)).toBe('running');
    },
  );

  test.each(KINDS)('%s: what a dead process had stopped is started again', async (kind) => {
    const { executor, part } = await plan(kind, 'stop');
    const { containers: held } = (
      part.data as unknown as { quiesce: { containers: { id: string; name: string }[] } }
    ).quiesce;
    for (const one of held) {
      docker('stop', '-t', '1', one.name);
      lab.journal.push({
        kind: 'container_held',
        data: { ...one, hold: 'stop', at: Date.now(), stopSeconds: 1 },
      });
      lab.journal.push({ kind: 'container_settled', data: { id: one.id } });
    }
    const { summary } = await executor.recover(part, lab.journal, lab.runContext());
    expect(plain(summary[0] ?? [])).toBe(`${name} was found stopped and has been started.`);
    expect(statusOf(name)).toBe('running');
  });

  test.each(KINDS)(
    '%s: an engine that can’t be asked is a note, and blocks where containers are to be held',
    async (kind) => {
      lab.environment = { ...process.env, DOCKER_HOST: `unix://${lab.path('nobody.sock')}` };
      const none = await plan(kind);
      expect(codes(none.part.blockers)).toEqual([]);
      expect(codes(none.part.warnings)).toContain('users_unknown');
      expect(codes((await plan(kind, 'stop')).part.blockers)).toEqual(['docker_unreachable']);
    },
  );

  test('a volume that is mounted only while a container uses it is not read while they are stopped', async () => {
    const volume = testName();
    docker('volume', 'create', '--opt', 'type=none', '--opt', 'o=bind', '--opt', `device=${source}`, volume);
    try {
      const user = box(['--volume', `${volume}:/data`]);
      const folder = docker('volume', 'inspect', '--format', '{{.Mountpoint}}', volume);
      expect(codes((await plan('docker_volumes', 'stop', folder)).part.blockers)).toContain('stop_destroys');
      // Its device is a folder like any other.
      const { part } = await plan('docker_volumes');
      expect(part.warnings.map(({ message }) => plain(message)).join()).toContain(user);
    } finally {
      removeContainers(containers);
      docker('volume', 'rm', '--force', volume);
    }
  });
});
