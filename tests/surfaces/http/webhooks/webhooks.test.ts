import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { alice, intentNamed, until } from '../../../core/harness.js';
import { Port, SECRET } from '../port.js';
import { githubPull, githubPush, gitlabMerge, gitlabPush } from './payloads.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
});
afterAll(() => port.close());
afterEach(() => port.calm());

const PHOTOS = 'Move the library [chatops:intent=photos]';

interface Acknowledged {
  readonly status: string;
  readonly detail: string;
  readonly intents: readonly string[];
  readonly code?: string;
}

async function post(path: string, body: string, headers: Record<string, string>) {
  const response = await fetch(`${port.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Acknowledged };
}

function signed(body: string, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function github(event: string, payload: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify(payload);
  return post('/webhook/github', body, {
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': signed(body),
    ...headers,
  });
}

function gitlab(event: string, payload: object, headers: Record<string, string> = {}) {
  return post('/webhook/gitlab', JSON.stringify(payload), {
    'x-gitlab-event': event,
    'x-gitlab-token': SECRET,
    'x-gitlab-event-uuid': randomUUID(),
    ...headers,
  });
}

let commits = 0;
/** Another commit for each delivery: an intent runs once for one. */
function commit(): string {
  commits += 1;
  return commits.toString(16).padStart(40, 'c');
}

/** The intents that ran because of `work`, in their order, once the commits were told how all of them ended. */
async function ranBy(work: () => Promise<unknown>, count: number): Promise<readonly string[]> {
  const from = port.world.left.length;
  await told(work, count);
  return port.world.left.slice(from);
}

/** Waits until so many more intents have ended, and their commits were told. */
async function told(work: () => Promise<unknown>, count: number): Promise<void> {
  const ends = (): number => port.states.filter(({ state }) => state !== 'pending').length;
  const from = ends();
  await work();
  await until(() => ends() >= from + count, `${count} more are told`);
}

describe('GitHub', () => {
  test('a push to the default branch runs what its commits name, in order, each once', async () => {
    const messages = [PHOTOS, 'Nothing here', 'Two [chatops:intent=films] and [chatops:intent=photos]'];
    const ran = await ranBy(async () => {
      expect(await github('push', githubPush({ messages, commit: commit() }))).toEqual({
        status: 202,
        body: {
          status: 'accepted',
          detail: 'The intents run one after the other.',
          intents: ['photos', 'films'],
        },
      });
    }, 2);
    expect(ran).toEqual(['photos', 'films']);
    const [run] = await port.process.deps.store.runs.list({ limit: 1, intent: 'films' });
    expect(run).toMatchObject({
      source: 'webhook',
      actor: { kind: 'webhook', id: 'github:acme/infra', name: 'acme/infra' },
      shown: {
        surface: 'webhook',
        commit: {
          repository: 'acme/infra',
          branch: 'main',
          author: 'ada',
          link: 'https://github.com/acme/infra/commit/2',
        },
      },
    });
    expect(port.states.slice(-2)).toMatchObject([
      { intent: 'films', state: 'pending' },
      { intent: 'films', state: 'success', description: `${run?.id}: Copied.` },
    ]);
  });

  test('a merged pull request runs what its text names; the push of the same merge does not run it again', async () => {
    const sha = commit();
    const ran = await ranBy(async () => {
      const body = `Please.\r\n\r\n${PHOTOS}`;
      await told(() => github('pull_request', githubPull({ body, commit: sha })), 1);
      await github('push', githubPush({ messages: [`Merge #2\n\n${PHOTOS}`], commit: sha }));
      const later = githubPush({ messages: ['[chatops:intent=films]'], commit: commit() });
      await told(() => github('push', later), 1);
    }, 2);
    expect(ran).toEqual(['photos', 'films']);
  });

  test('one that waits for a person is told at its end, and the next one follows', async () => {
    const confirmRule = { confirm: 'person', approverRoles: [] } as const;
    port.installation.intents.push(intentNamed('careful', { confirmRule }));
    const messages = ['[chatops:intent=careful][chatops:intent=photos]'];
    const { pipeline, deps } = port.process;
    const ran = await ranBy(async () => {
      await github('push', githubPush({ messages, commit: commit() }));
      await until(() => /waits for a person/.test(port.states.at(-1)?.description ?? ''), 'it waits');
      const [waiting] = await deps.store.runs.list({ limit: 1, intent: 'careful' });
      expect(await pipeline.decide(waiting?.id ?? '', alice, 'confirm')).toMatchObject({ ok: true });
      await until(
        () => port.states.at(-1)?.intent === 'photos' && port.states.at(-1)?.state === 'success',
        'both',
      );
    }, 0);
    expect(ran).toEqual(['careful', 'photos']);
    expect(port.states.filter(({ intent }) => intent === 'careful').map(({ state }) => state)).toEqual([
      'pending',
      'pending',
      'success',
    ]);
  });

  test('one that fails ends it, and the commit is told', async () => {
    port.world.during = async () => ({ state: 'failed', reason: 'command_failed', summary: [] });
    const messages = ['[chatops:intent=films][chatops:intent=photos]'];
    const ran = await ranBy(() => github('push', githubPush({ messages, commit: commit() })), 1);
    expect(ran).toEqual(['films']);
    await until(() => port.states.at(-1)?.state === 'failure', 'it is told');
    expect(port.states.at(-1)).toMatchObject({ intent: 'films' });
  });

  test('an intent that is not there is told as a failure', async () => {
    await github('push', githubPush({ messages: ['[chatops:intent=../../x]'], commit: commit() }));
    await until(() => port.states.at(-1)?.description === 'There is no intent ../../x.', 'it is told');
  });

  test.each([
    ['a branch that is not the default one', 'push', githubPush({ branch: 'feature', messages: [PHOTOS] })],
    [
      'a branch with the default one’s name in it',
      'push',
      githubPush({ branch: 'x/main', messages: [PHOTOS] }),
    ],
    ['a fork', 'push', githubPush({ fork: true, messages: [PHOTOS] })],
    ['a deleted branch', 'push', githubPush({ deleted: true, messages: [PHOTOS] })],
    ['a tag', 'push', { ...githubPush({ messages: [PHOTOS] }), ref: 'refs/tags/main' }],
    ['no marker', 'push', githubPush({ messages: ['chatops:intent=photos', '[chatops:intent=]'] })],
    [
      'a pull request that is open',
      'pull_request',
      githubPull({ body: PHOTOS, action: 'opened', merged: false }),
    ],
    ['one that was closed unmerged', 'pull_request', githubPull({ body: PHOTOS, merged: false })],
    ['one merged into another branch', 'pull_request', githubPull({ body: PHOTOS, base: 'dev' })],
    ['one from a fork', 'pull_request', githubPull({ body: PHOTOS, head: 'mallory/infra' })],
    ['one from a fork that is gone', 'pull_request', githubPull({ body: PHOTOS, head: null })],
    ['a text that is null', 'pull_request', githubPull({ body: null })],
    ['an event that means nothing here', 'star', { action: 'created' }],
    ['a ping', 'ping', { zen: 'Keep it logically awesome.' }],
  ])('%s is acknowledged and starts nothing', async (_case, event, payload) => {
    const from = port.world.planned.length;
    const { status, body } = await github(event, payload);
    expect([status, body.status, body.intents]).toEqual([200, 'ignored', []]);
    expect(port.world.planned.length).toBe(from);
  });

  test.each([
    ['none', ''],
    ['another secret’s', signed('{}', 'wrong')],
    ['SHA-1', `sha1=${'0'.repeat(40)}`],
    ['too short', 'sha256=00'],
    ['no hex', `sha256=${'g'.repeat(64)}`],
    ['upper case', signed(JSON.stringify(githubPush({ messages: [PHOTOS] }))).toUpperCase()],
  ])('a signature that is %s is 401', async (_case, signature) => {
    const from = port.failures.length;
    const payload = githubPush({ messages: [PHOTOS] });
    const { status, body } = await github('push', payload, { 'x-hub-signature-256': signature });
    expect([status, body.code]).toEqual([401, 'invalid_signature']);
    expect(port.failures.slice(from)).toEqual([{ reason: 'invalid_signature', from: '127.0.0.1' }]);
  });

  test('a body changed by one byte is 401, wherever it is', async () => {
    const body = JSON.stringify(githubPush({ messages: [PHOTOS] }));
    for (const at of [0, 100, body.indexOf('photos'), body.length - 1]) {
      const changed = `${body.slice(0, at)}#${body.slice(at + 1)}`;
      const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signed(body) };
      expect((await post('/webhook/github', changed, headers)).status).toBe(401);
      expect((await post('/webhook/github', `${body} `, headers)).status).toBe(401);
    }
  });

  test('the same delivery again, also under another id, after a restart and at the same time: handled once', async () => {
    const payload = githubPush({ messages: [PHOTOS], commit: commit() });
    const id = randomUUID();
    const deliveries = [id, id, randomUUID()];
    await told(async () => {
      const answers = await Promise.all(
        deliveries.map((delivery) => github('push', payload, { 'x-github-delivery': delivery })),
      );
      expect(answers.map(({ body }) => body.status).sort()).toEqual(['accepted', 'duplicate', 'duplicate']);
    }, 1);
    const other = await port.installation.start();
    const key = `delivery:github:${id}`;
    expect(await other.deps.store.deliveries.claim([key], '2026-11-22T14:00:00.000Z')).toBe(false);
    const changed = githubPush({ messages: ['[chatops:intent=films]'], commit: commit() });
    expect((await github('push', changed, { 'x-github-delivery': id })).body.status).toBe('duplicate');
  });

  test.each([
    ['no JSON', 'payload=%7B%7D', 422],
    ['an empty list', '[]', 422],
    ['a branch that is a number', '{"ref": 7}', 422],
    ['nothing', '', 422],
  ])('signed, but %s', async (_case, body, status) => {
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signed(body) };
    expect(await post('/webhook/github', body, headers)).toMatchObject({
      status,
      body: { code: 'request_invalid' },
    });
  });

  test('a repository’s name can’t lead the commit’s status elsewhere', async () => {
    const payload = githubPush({ messages: [PHOTOS] });
    const repository = { ...payload.repository, full_name: 'acme/infra/../../../user' };
    expect((await github('push', { ...payload, repository })).status).toBe(422);
    expect((await github('push', { ...payload, after: '../../x' })).status).toBe(422);
  });

  test('a push of a megabyte is read; of more than two it is not', async () => {
    const messages = ['x'.repeat(1024 * 1024), PHOTOS];
    await told(async () => {
      expect((await github('push', githubPush({ messages, commit: commit() }))).status).toBe(202);
    }, 1);
    const more = githubPush({ messages: ['x'.repeat(3 * 1024 * 1024)] });
    expect((await github('push', more)).status).toBe(413);
  });
});

describe('GitLab', () => {
  test('a push and a merged request run what they name', async () => {
    const ran = await ranBy(async () => {
      await told(async () => {
        const pushed = await gitlab('Push Hook', gitlabPush({ messages: [PHOTOS], commit: commit() }));
        expect([pushed.status, pushed.body.intents]).toEqual([202, ['photos']]);
      }, 1);
      const merged = gitlabMerge({ description: '[chatops:intent=films]', commit: commit() });
      expect((await gitlab('Merge Request Hook', merged)).status).toBe(202);
    }, 2);
    expect(ran).toEqual(['photos', 'films']);
    const [run] = await port.process.deps.store.runs.list({ limit: 1, intent: 'films' });
    expect(run).toMatchObject({
      actor: { id: 'gitlab:acme/ops/infra' },
      shown: { commit: { author: 'Grace Hopper', provider: 'gitlab' } },
    });
  });

  test.each([
    ['another branch', 'Push Hook', gitlabPush({ branch: 'feature', messages: [PHOTOS] })],
    ['a deleted branch', 'Push Hook', gitlabPush({ deleted: true, messages: [PHOTOS] })],
    ['an open request', 'Merge Request Hook', gitlabMerge({ description: PHOTOS, action: 'open' })],
    ['a request from a fork', 'Merge Request Hook', gitlabMerge({ description: PHOTOS, source: 99 })],
    ['another event', 'Pipeline Hook', { object_kind: 'pipeline' }],
  ])('%s starts nothing', async (_case, event, payload) => {
    expect(await gitlab(event, payload)).toMatchObject({ status: 200, body: { status: 'ignored' } });
  });

  test.each(['', 'wrong', `${SECRET}x`, SECRET.slice(1)])('the token “%s” is 401', async (token) => {
    const answer = await gitlab('Push Hook', gitlabPush({ messages: [PHOTOS] }), { 'x-gitlab-token': token });
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_signature' } });
  });

  test('a delivery that is sent again is handled once', async () => {
    const payload = gitlabPush({ messages: [PHOTOS], commit: commit() });
    const again = { 'idempotency-key': randomUUID() };
    await told(async () => {
      expect((await gitlab('Push Hook', payload, again)).body.status).toBe('accepted');
      expect((await gitlab('Push Hook', payload, again)).body.status).toBe('duplicate');
    }, 1);
  });
});

test('a webhook that is not set up is 401 and says what to set', async () => {
  const other = await Port.open({ webhooks: { githubSecret: null, gitlabToken: null } });
  try {
    for (const [path, name] of [
      ['/webhook/github', 'GITHUB_WEBHOOK_SECRET'],
      ['/webhook/gitlab', 'GITLAB_WEBHOOK_TOKEN'],
    ] as const) {
      const { status, body } = await other.json('POST', path, {}, { 'x-gitlab-token': 'null' });
      expect([status, body.detail]).toEqual([401, `${name} is not set.`]);
    }
  } finally {
    await other.close();
  }
});
