import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createCircuits } from '../../../../src/limits/circuits.js';
import type { Change } from '../../../../src/surfaces/http/webhooks/change.js';
import { createStatusReporter } from '../../../../src/surfaces/http/webhooks/commit-status.js';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly token: unknown;
  readonly body: unknown;
}

let server: Server;
let url: string;
let answer = 201;
const received: Received[] = [];
const logged: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const { authorization, 'private-token': token } = request.headers;
      received.push({
        method: request.method,
        url: request.url,
        token: authorization ?? token,
        body: JSON.parse(text || 'null'),
      });
      response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(() => {
  received.length = 0;
  logged.length = 0;
  answer = 201;
});

const change: Change = {
  provider: 'github',
  repository: 'acme/infra',
  branch: 'main',
  defaultBranch: 'main',
  fork: false,
  texts: [],
  commit: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
  author: 'ada',
  link: '',
};

function reporter(token: string | null) {
  const log = (_fields: object, message: string): void => void logged.push(message);
  return createStatusReporter({
    githubApiUrl: url,
    gitlabApiUrl: `${url}/api/v4`,
    githubToken: token,
    gitlabToken: token,
    circuits: createCircuits({ redact: (text) => text }),
    log: { info: log, warn: log, error: log },
  });
}

test('GitHub and GitLab are told in their own ways', async () => {
  const report = reporter('the-token');
  await report(change, { intent: 'photos', state: 'success', description: `r-7k2m: ${'x'.repeat(300)}` });
  const project = { ...change, provider: 'gitlab', repository: 'acme/ops/infra' } as const;
  await report(project, { intent: 'photos', state: 'failure', description: 'r-7k2m: It broke.' });
  expect(received).toEqual([
    {
      method: 'POST',
      url: `/repos/acme/infra/statuses/${change.commit}`,
      token: 'Bearer the-token',
      body: {
        state: 'success',
        context: 'chatops/photos',
        description: `r-7k2m: ${'x'.repeat(131)}…`,
      },
    },
    {
      method: 'POST',
      url: `/api/v4/projects/acme%2Fops%2Finfra/statuses/${change.commit}`,
      token: 'the-token',
      body: { state: 'failed', name: 'chatops/photos', ref: 'main', description: 'r-7k2m: It broke.' },
    },
  ]);
  expect(logged).toEqual([]);
});

test('without a token nothing is sent', async () => {
  await reporter(null)(change, { intent: 'photos', state: 'pending', description: '' });
  expect(received).toEqual([]);
});

test.each([403, 404, 500, 302])(
  'an answer %i is logged and harms nothing; no token follows a redirect',
  async (status) => {
    answer = status;
    await reporter('the-token')(change, { intent: 'photos', state: 'pending', description: '' });
    expect(received).toHaveLength(1);
    expect(logged).toEqual(['the commit’s status could not be set']);
  },
);

test('a host that is broken is not told any more for a while; one that refuses is', async () => {
  const state = { intent: 'photos', state: 'success', description: 'r-7k2m' } as const;
  answer = 401;
  const refused = reporter('the-token');
  for (let time = 0; time < 5; time += 1) await refused(change, state);
  expect(received).toHaveLength(5);
  answer = 502;
  const broken = reporter('the-token');
  for (let time = 0; time < 5; time += 1) await broken(change, state);
  expect(received).toHaveLength(5 + 3);
  await broken({ ...change, provider: 'gitlab' }, state);
  expect(received).toHaveLength(5 + 3 + 1);
});
