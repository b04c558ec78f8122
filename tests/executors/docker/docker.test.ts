import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { phrase, plain } from '../../../src/core/model/phrase.js';
import type { Argv } from '../../../src/core/model/plan.js';
import { notice } from '../../../src/core/model/reasons.js';
import { inspectContainer, listContainers } from '../../../src/executors/docker/container.js';
import { inspectImage } from '../../../src/executors/docker/image.js';
import { dockerFirst, dockerMissing, lookFaults } from '../../../src/executors/docker/missing.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { Lab } from '../support/lab.js';
import { isRoot, testWith } from '../support/needs.js';

jest.setTimeout(90_000);

describeWithDocker('docker', () => {
  let lab: Lab;

  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.clean());

  const missing = async () => {
    const notices = await dockerMissing(lab.host());
    return notices.map(({ code, message, remedy }) => [code, plain(message), plain(remedy)]);
  };

  test('an engine that answers is no blocker', async () => {
    expect(await missing()).toEqual([]);
  });

  test('not installed: what to install', async () => {
    lab.environment = { PATH: lab.path('nothing') };
    expect(await missing()).toEqual([
      [
        'tool_missing',
        'docker is not installed on this host.',
        'Install it (apt install docker.io), then try again.',
      ],
    ]);
  });

  test('not reachable: in Docker’s own words', async () => {
    lab.environment = { ...process.env, DOCKER_HOST: `unix://${lab.path('no.sock')}` };
    const [[code, message] = []] = await missing();
    expect(code).toBe('docker_unreachable');
    expect(message).toMatch(/^Docker does not answer: .*(Cannot connect|failed to connect).*[^.?!]\.$/);
  });

  const asRoot = testWith('root', isRoot);
  asRoot('no right to use it: which group is missing', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    lab.adapt = (host) => ({
      ...host,
      exec: (argv: Argv, options) => host.exec([...nobody, ...argv], options),
    });
    expect((await missing()).map(([code]) => code)).toEqual(['docker_denied']);
  });

  test.each([
    ['not installed', () => ({ PATH: lab.path('nothing') })],
    ['not reachable', () => ({ ...process.env, DOCKER_HOST: `unix://${lab.path('no.sock')}` })],
  ])(
    'a look that failed tells the same as the question for Docker itself: %s',
    async (_what, environment) => {
      lab.environment = environment();
      const host = lab.host();
      const found = await listContainers(host, []);
      if (found.state === 'found') throw new Error('it was found');
      expect(await lookFaults(host, found)).toEqual(await dockerMissing(host));
      const other = [notice('service_unknown', phrase`There is no such service.`)];
      expect(await dockerFirst(host, other)).toEqual(await dockerMissing(host));
    },
  );

  test('a look that failed while Docker answers says what Docker said of it', async () => {
    const faults = await lookFaults(lab.host(), { state: 'failed', why: 'no such filter' });
    expect(faults.map(({ code, message }) => [code, plain(message)])).toEqual([
      ['docker_unreachable', 'Docker could not list the containers: no such filter.'],
    ]);
    const other = [notice('service_unknown', phrase`There is no such service.`)];
    expect(await dockerFirst(lab.host(), other)).toEqual(other);
  });

  test('an engine that was silent isn’t waited for again', async () => {
    lab.adapt = (host) => ({ ...host, exec: () => Promise.reject(new Error('asked again')) });
    const found = { state: 'failed', why: 'docker did not answer in time', isSilent: true } as const;
    const faults = await lookFaults(lab.host(), found);
    expect(faults.map(({ code, message }) => [code, plain(message)])).toEqual([
      ['docker_unreachable', 'Docker does not answer: docker did not answer in time.'],
    ]);
    expect(await dockerFirst(lab.host(), faults)).toEqual(faults);
  });

  test('inspects a container and its image, and says when one is not there', async () => {
    const name = testName();
    const imageId = makeImage(`${name}:1`, { version: '1', health: 'echo fine' });
    try {
      docker('run', '-d', '--name', name, '--label', 'a=b', '-v', `${lab.root}:/data`, `${name}:1`);
      const found = await inspectContainer(lab.host(), name);
      expect(found).toMatchObject({
        state: 'found',
        value: {
          name,
          imageId,
          imageRef: `${name}:1`,
          labels: { a: 'b' },
          status: 'running',
          running: true,
          restarts: 0,
          exitCode: 0,
          mounts: [{ type: 'bind', source: lab.root, destination: '/data' }],
        },
      });
      docker('stop', '-t', '0', name);
      expect(await inspectContainer(lab.host(), name)).toMatchObject({
        value: { status: 'exited', running: false },
      });
      expect(await inspectImage(lab.host(), `${name}:1`)).toMatchObject({
        state: 'found',
        value: { id: imageId, digests: [], version: null },
      });
    } finally {
      docker('rm', '-f', name);
      docker('rmi', '-f', `${name}:1`);
    }
    expect(await inspectContainer(lab.host(), name)).toEqual({ state: 'missing' });
    expect(await inspectImage(lab.host(), `${name}:1`)).toEqual({ state: 'missing' });
  });

  test.each(['--help', '-a', '--format={{.Id}}'])(
    '%s is a name that is not there, never an option',
    async (name) => {
      expect(await inspectContainer(lab.host(), name)).toEqual({ state: 'missing' });
      expect((await inspectImage(lab.host(), name)).state).not.toBe('found');
    },
  );
});
