import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/phrase.js';
import type { Argv } from '../../../src/core/plan.js';
import { inspectContainer } from '../../../src/executors/docker/container.js';
import { inspectImage } from '../../../src/executors/docker/image.js';
import { dockerMissing } from '../../../src/executors/docker/missing.js';
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
