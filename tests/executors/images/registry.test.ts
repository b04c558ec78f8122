import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { byDigest } from '../../../src/executors/images/name.js';
import { registryDigest } from '../../../src/executors/images/registry.js';
import { describeWithDocker, docker, dockerOn, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { TestRegistry } from '../../support/docker-registry.js';
import { Lab } from '../support/lab.js';

jest.setTimeout(90_000);

describeWithDocker(
  'what a registry has',
  () => {
    let lab: Lab;
    const made: string[] = [];

    beforeEach(() => {
      lab = new Lab();
    });
    afterEach(() => {
      docker('rmi', '-f', ...made.splice(0));
      lab.clean();
    });

    /** The digests that Docker notes for an image, as it does after a pull. */
    const noted = (name: string): string =>
      docker('image', 'inspect', '--format', '{{join .RepoDigests " "}}', name);

    test('the digest is the one that a pull gives; without a tag it is latest; a pinned one is itself', async () => {
      const registry = await TestRegistry.start();
      try {
        const name = `${registry.address}/${testName()}/web`;
        made.push(name);
        makeImage(name, { version: '1' });
        docker('push', '-q', name);
        const found = await registryDigest(lab.host(), name);
        if (!found.ok) throw new Error(plain(found.notice.message));
        expect(noted(name)).toBe(`${name}@${found.digest}`);
        expect(byDigest(`${name}:latest`, found.digest)).toBe(`${name}@${found.digest}`);
        const pinned = `${name}@sha256:${'0'.repeat(64)}`;
        expect(await registryDigest(lab.host(), pinned)).toEqual({
          ok: true,
          digest: `sha256:${'0'.repeat(64)}`,
        });
      } finally {
        await registry.stop();
      }
    });

    test('of an image for several platforms it is the index, which a pull notes too', async () => {
      const registry = await TestRegistry.start();
      try {
        const name = `${registry.address}/${testName()}/web`;
        made.push(`${name}:one`, `${name}:all`);
        makeImage(`${name}:one`, { version: '1' });
        docker('push', '-q', `${name}:one`);
        const env = { DOCKER_CONFIG: lab.path('config') };
        dockerOn(env, 'manifest', 'create', '--insecure', `${name}:all`, `${name}:one`);
        dockerOn(env, 'manifest', 'push', '--insecure', `${name}:all`);
        const [one, all] = [
          await registryDigest(lab.host(), `${name}:one`),
          await registryDigest(lab.host(), `${name}:all`),
        ];
        if (!one.ok || !all.ok) throw new Error('not resolved');
        expect(all.digest).not.toBe(one.digest);
        docker('pull', '-q', `${name}:all`);
        expect(noted(`${name}:all`)).toContain(`@${all.digest}`);
      } finally {
        await registry.stop();
      }
    });

    test('a private registry: with the login that Docker has, and not without', async () => {
      const registry = await TestRegistry.start({ isPrivate: true });
      try {
        const name = `${registry.address}/${testName()}/web:1`;
        made.push(name);
        makeImage(name, { version: '1' });
        const env = { DOCKER_CONFIG: lab.path('config') };
        dockerOn(env, 'login', '-u', 'u', '-p', 'pw-secret', registry.address);
        dockerOn(env, 'push', '-q', name);
        lab.environment = { ...process.env, ...env };
        expect(await registryDigest(lab.host(), name)).toMatchObject({ ok: true });
        lab.environment = { ...process.env, DOCKER_CONFIG: lab.path('none') };
        const denied = await registryDigest(lab.host(), name);
        expect(denied).toMatchObject({ ok: false, cause: 'login', notice: { code: 'registry_login' } });
      } finally {
        await registry.stop();
      }
    });
  },
  'docker-registry',
);
