import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { PlexFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { codes, Lab, said, told } from '../support/lab.js';
import { put } from '../support/trees.js';
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
} from './box.js';

// Real containers start and stop.
jest.setTimeout(300_000);

const executor = createPlex(QUICK);

describeWithDocker('a container that should be down or paused over the whole copy', () => {
  let image = '';
  let lab: Lab;
  let containers: string[] = [];
  let volume = '';
  let name = '';

  const shared = new SharedBox(() =>
    startBox(image, ['--volume', `${volume}:/config`], `echo one > /config/one.txt; ${IDLE}`),
  );
  beforeAll(() => {
    image = makeBoxImage();
    volume = testName();
    docker('volume', 'create', volume);
  });
  afterAll(() => {
    removeAll(shared.names(), image);
    docker('volume', 'rm', '--force', volume);
  });
  beforeEach(() => {
    lab = new Lab();
    for (const folder of ['backups', 'config']) mkdirSync(lab.path(folder));
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

  /** A backup with something that happens in the middle of it, when everything is held. */
  async function backUp(during: () => unknown, more: Partial<PlexFields> = {}) {
    const fields = fieldsFor(name, lab.path('backups'), { source_path: '/config', ...more });
    const plan = await lab.plan(executor, fields);
    expect(codes(plan.blockers)).toEqual([]);
    const ctx = lab.runContext();
    const journal = async (kind: string, data: Parameters<typeof ctx.journal>[1]) => {
      await ctx.journal(kind, data);
      if (kind === 'partial') await during();
    };
    return executor.run(plan, { ...ctx, journal });
  }

  async function refused(
    words: string,
    during: () => unknown,
    more: Partial<PlexFields> = {},
  ): Promise<void> {
    const result = await backUp(during, more);
    expect({ reason: result.reason, said: said(result) }).toEqual({
      reason: 'hold_broken',
      said: expect.stringContaining(words),
    });
    expect(lab.artifacts).toEqual([]);
    expect(readdirSync(lab.path('backups'))).toEqual([]);
  }

  test('nothing happens to it: the copy is good', async () => {
    const result = await backUp(() => {});
    expect({ state: result.state, warnings: told(result) }).toEqual({ state: 'succeeded', warnings: [] });
  });

  test.each<[string, string, (name: string) => void]>([
    ['started', 'was started while it was copied.', (box) => docker('start', box)],
    [
      'started and stopped at once',
      'was started while it was copied.',
      (box) => {
        docker('start', box);
        docker('stop', '-t', '1', box);
      },
    ],
    ['restarted', 'was started while it was copied.', (box) => docker('restart', '-t', '1', box)],
    [
      'given files',
      'was given files while it was copied.',
      (box) => docker('cp', '/etc/hostname', `${box}:/config/new`),
    ],
  ])('stopped, and %s', async (_what, words, during) => {
    await refused(`${name} ${words} The copy may be damaged.`, () => during(name));
    docker('start', name);
    expect(statusOf(name)).toBe('running');
    docker('exec', name, 'rm', '-f', '/config/new');
  });

  test.each<[string, string, (name: string) => void]>([
    ['let go on', 'was running', (box) => docker('unpause', box)],
    [
      'let go on and paused again',
      'was let go on while it was copied.',
      (box) => {
        docker('unpause', box);
        docker('pause', box);
      },
    ],
  ])('paused, and %s', async (_what, words, during) => {
    const during1 = (): void => during(name);
    await refused(words === 'was running' ? `${name} went on` : `${name} ${words}`, during1, {
      consistency: 'pause',
    });
  });

  test('one that was stopped before and is started meanwhile', async () => {
    docker('stop', '-t', '1', name);
    await refused(`${name} was started while it was copied.`, () => docker('start', name));
    expect(statusOf(name)).toBe('running');
  });

  test('another one of its name in its place: the copy is refused, and nothing is said to be down', async () => {
    await refused(`${name} was removed while it was copied.`, () => {
      docker('rm', '--force', name);
      docker(
        'run',
        '--detach',
        '--network',
        'none',
        '--name',
        name,
        '-v',
        `${volume}:/config`,
        image,
        'sh',
        '-c',
        IDLE,
      );
    });
    expect(statusOf(name)).toBe('running');
  });

  const words = 'can write to the same files and ran while they were copied. The copy may be damaged.';

  test.each<[string, readonly string[]]>([
    ['that goes on', ['sh', '-c', IDLE]],
    ['that has ended', ['sh', '-c', 'exit 0']],
  ])('a new container on the same volume %s', async (_what, command) => {
    const other = testName();
    containers.push(other);
    await refused(`${other} ${words}`, () => {
      docker(
        'run',
        '--detach',
        '--network',
        'none',
        '--name',
        other,
        '-v',
        `${volume}:/data`,
        image,
        ...command,
      );
    });
  });

  test('a new container on the same volume that has ended and is gone', async () => {
    const other = testName();
    await refused(`${other} ${words}`, () => {
      docker(
        'run',
        '--rm',
        '--network',
        'none',
        '--name',
        other,
        '-v',
        `${volume}:/data`,
        image,
        'sh',
        '-c',
        'exit 0',
      );
    });
  });

  test('a new container on a folder inside the one that is copied', async () => {
    put(lab.path('config', 'Databases', 'one.txt'), 'one');
    name = box(['--volume', `${lab.path('config')}:/config`]);
    const other = testName();
    containers.push(other);
    await refused(`${other} ${words}`, () => {
      const mount = `${lab.path('config', 'Databases')}:/data`;
      docker('run', '--detach', '--network', 'none', '--name', other, '-v', mount, image, 'sh', '-c', IDLE);
    });
  });

  test('new containers that have nothing to do with it, or may only read, are no matter', async () => {
    const result = await backUp(() => {
      box([]);
      box(['--volume', `${volume}:/data:ro`]);
      box(['--volume', `${lab.path('config')}:/data`]);
      const made = testName();
      containers.push(made);
      docker('create', '--name', made, '--volume', `${volume}:/data`, image, 'sh');
    });
    expect({ state: result.state, warnings: told(result) }).toEqual({ state: 'succeeded', warnings: [] });
  });

  test('a new container on the same folder that has ended and is gone', async () => {
    name = box(['--volume', `${lab.path('config')}:/config`], `echo one > /config/one.txt; ${IDLE}`);
    const other = testName();
    await refused(`${other} ${words}`, () => {
      const mount = `${lab.path('config')}:/data`;
      const argv = ['run', '--rm', '--network', 'none', '--name', other, '-v', mount, image, 'sleep', '1'];
      // Not in one go: who watches is this very process.
      return promisify(execFile)('docker', argv);
    });
  });

  test('another container on the volume is held too, the last one first, and put back in reverse', async () => {
    const other = box(['--volume', `${volume}:/data`]);
    box(['--volume', `${volume}:/data:ro`]);
    const plan = await lab.plan(executor, fieldsFor(name, lab.path('backups'), { source_path: '/config' }));
    expect(
      plan.steps
        .slice(0, 5)
        .map(({ commands }) =>
          [...(commands[0] ?? [])].filter((arg) => !String(arg).startsWith('-')).join(' '),
        ),
    ).toEqual([
      `docker stop 10 ${other}`,
      `docker stop 10 ${name}`,
      expect.stringMatching(/^tar|^docker cp/),
      `docker start ${name}`,
      `docker start ${other}`,
    ]);
    const states: string[] = [];
    const result = await backUp(() => void states.push(statusOf(name), statusOf(other)));
    expect(states).toEqual(['exited', 'exited']);
    expect(said(result)).toMatch(
      new RegExp(`; ${other}, ${name} were down for|; ${name}, ${other} were down for`),
    );
    expect([statusOf(name), statusOf(other)]).toEqual(['running', 'running']);
    expect(lab.steps.filter((step) => step.endsWith('done'))).toEqual(
      ['0', '1', '2', '3', '4', '5'].map((n) => `${n} done`),
    );
  });

  test('a Swarm service’s container is not stopped: another one would take its place', async () => {
    name = box(['--volume', `${volume}:/config`, '--label', 'com.docker.swarm.service.name=media_plex']);
    const plan = await lab.plan(executor, fieldsFor(name, lab.path('backups'), { source_path: '/config' }));
    expect(codes(plan.blockers)).toEqual(['container_unsettled']);
  });

  test('with consistency none a container that runs is told, in the preview and in the end', async () => {
    const fields = fieldsFor(name, lab.path('backups'), { source_path: '/config', consistency: 'none' });
    const plan = await lab.plan(executor, fields);
    expect(codes(plan.warnings)).toEqual(['live_data']);
    const result = await executor.run(plan, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(result.warnings.map(({ message }) => plain(message)).join()).toContain(
      'may be damaged, not just older',
    );
  });

  test('a tmpfs is not copied by stopping it: blocked, whatever the consistency and however it is named', async () => {
    const fill = `/bin/busybox mkdir -p ${FOLDER}; echo one > ${FOLDER}/one.txt; ${IDLE}`;
    const blocked = async (path: string, more: Partial<PlexFields> = {}): Promise<void> => {
      const fields = fieldsFor(name, lab.path('backups'), { source_path: path, ...more });
      const { blockers } = await lab.plan(executor, fields);
      expect({ path, ...more, blockers: codes(blockers) }).toEqual({
        path,
        ...more,
        blockers: expect.arrayContaining(['stop_destroys']),
      });
    };
    // It can't be written to but there.
    name = box(['--read-only', '--tmpfs', '/config:size=1m'], fill);
    for (const consistency of ['stop', 'pause', 'none'] as const) await blocked('/config', { consistency });
    await blocked('/alias');
    name = box(['--tmpfs', '/config/'], fill);
    await blocked(FOLDER);
    expect(docker('exec', name, 'cat', `${FOLDER}/one.txt`)).toBe('one');
    name = box(['--mount', 'type=tmpfs,destination=/config'], fill);
    await blocked('/config');
  });

  test('a tmpfs below the source blocks a stop; a pause leaves it out, and says so', async () => {
    name = box(
      ['--volume', `${volume}:/config`, '--tmpfs', '/config/cache'],
      `echo a > /config/one.txt; echo b > /config/cache/two.txt; ${IDLE}`,
    );
    const fields = (consistency: 'stop' | 'pause') =>
      fieldsFor(name, lab.path('backups'), { source_path: '/config', consistency });
    const stop = await lab.plan(executor, fields('stop'));
    expect(codes(stop.blockers)).toEqual(['stop_destroys']);
    expect(plain(stop.blockers[0]?.remedy ?? [])).toContain('consistency: pause');
    const pause = await lab.plan(executor, fields('pause'));
    expect(codes(pause.blockers)).toEqual([]);
    expect(plain(pause.warnings[0]?.message ?? [])).toBe(
      `/config/cache in ${name} is in memory (tmpfs) and is not copied.`,
    );
    expect(pause.data.files).toBe(1);
    expect((await executor.run(pause, lab.runContext())).state).toBe('succeeded');
  });

  test('a volume in memory is empty once its containers stop: blocked', async () => {
    const memory = testName();
    docker('volume', 'create', '--opt', 'type=tmpfs', '--opt', 'device=tmpfs', memory);
    try {
      name = box(['--volume', `${memory}:/config`], `echo one > /config/one.txt; ${IDLE}`);
      const plan = await lab.plan(executor, fieldsFor(name, lab.path('backups'), { source_path: '/config' }));
      expect(codes(plan.blockers)).toContain('stop_destroys');
    } finally {
      removeContainers([name]);
      docker('volume', 'rm', '--force', memory);
    }
  });
});
