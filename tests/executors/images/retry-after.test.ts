import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { retryAfter } from '../../../src/executors/images/retry-after.js';
import { describeWithDocker } from '../../support/docker.js';
import { Lab } from '../support/lab.js';

const NOW = new Date('2026-11-30T12:00:00Z');

describeWithDocker(
  'how long a registry wants to be left alone',
  () => {
    let lab: Lab;
    beforeEach(() => {
      lab = new Lab();
    });
    afterEach(() => lab.clean());

    async function asked(status: number, header: string | null, image = 'team/app:1') {
      const paths: string[] = [];
      const server = createServer((request, response) => {
        paths.push(`${request.method} ${request.url}`);
        response.writeHead(status, header === null ? {} : { 'Retry-After': header }).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const ms = await retryAfter(lab.host(), `127.0.0.1:${port}/${image}`, NOW);
        return { ms, paths };
      } finally {
        server.close();
      }
    }

    test('in seconds or as a date, from the header that Docker drops', async () => {
      const paths = ['HEAD /v2/team/app/manifests/1'];
      expect(await asked(429, '60')).toEqual({ ms: 60_000, paths });
      expect(await asked(429, 'Mon, 30 Nov 2026 12:10:00 GMT')).toEqual({ ms: 600_000, paths });
    });

    test('nothing where it doesn’t say, says nonsense, or answers again', async () => {
      const answers = [await asked(429, null), await asked(429, 'soon'), await asked(200, '60')];
      expect(answers.map(({ ms }) => ms)).toEqual([null, null, null]);
    });

    test('for a name that is none, without a registry, or without curl nobody is asked', async () => {
      expect(await asked(429, '1', 'a/../b')).toEqual({ ms: null, paths: [] });
      expect(await asked(429, '1', 'a?b=c')).toEqual({ ms: null, paths: [] });
      const { paths } = await asked(429, '1', 'team/my-app_x/b.c');
      expect(paths).toEqual(['HEAD /v2/team/my-app_x/b.c/manifests/latest']);
      expect(await retryAfter(lab.host(), 'nginx:1', NOW)).toBeNull();
      lab.environment = { ...process.env, PATH: lab.root };
      expect((await asked(429, '60')).ms).toBeNull();
    });
  },
  'curl',
);
