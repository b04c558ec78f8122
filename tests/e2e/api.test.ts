import { createHash, createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '../core/harness.js';
import { githubPush } from '../surfaces/http/webhooks/payloads.js';
import { call, KEY, mirrorIntent, openApi, typed } from './api-stage.js';

type Opened = Awaited<ReturnType<typeof openApi>>;

/** What these tests look at in answers. */
interface Answer {
  readonly ok: boolean;
  readonly id: string;
  readonly state: string;
  readonly code?: string;
  readonly stdout: string;
  readonly actor: { readonly name: string };
}

let opened: Opened | undefined;
afterEach(async () => {
  await opened?.stage.end();
  opened = undefined;
}, 60_000);

async function open(env: Record<string, string> = {}): Promise<Opened> {
  const now = await openApi({ CHATOPS_HTTP_RATE_LIMIT: '0', ...env });
  opened = now;
  return now;
}

async function answer(response: Promise<Response>): Promise<Answer & { status: number }> {
  const got = await response;
  return { ...((await got.json()) as Answer), status: got.status };
}

describe('runs over HTTP', () => {
  test('the curl line as typed copies the files; a dry run does not; a failing one says why', async () => {
    const { url, stage } = await open();
    const dry = await typed(
      `curl -sS -X POST ${url}/run -H "X-API-Key: $KEY" -d '{"name": "backup_docker_volumes", "dry_run": true}'`,
      {},
    );
    expect(JSON.parse(dry.stdout)).toMatchObject({ ok: true, dry_run: true, state: 'planned' });
    expect(existsSync(stage.path('dst', 'volumes'))).toBe(false);
    const { code, stdout } = await typed(
      `curl -sS -X POST ${url}/run -H "X-API-Key: $KEY" -d '{"name": "backup_docker_volumes"}'`,
      {},
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        ok: true,
        dry_run: false,
        intent: 'backup_docker_volumes',
        action: 'backup',
        state: 'succeeded',
        outcome: { reason: 'done' },
        plan: { parts: [{ kind: 'docker_volumes' }] },
      },
    ]);
    expect(readFileSync(stage.path('dst', 'volumes', 'a.txt'), 'utf8')).toBe('one');
    const audit = await stage.json<{ actor: { kind: string; name: string } }[]>(['audit']);
    expect(audit[0]?.actor).toMatchObject({ kind: 'api_key', name: 'CHATOPS_API_KEY' });

    await stage.intent(
      'nowhere',
      mirrorIntent(stage, 'volumes').replace(stage.path('src'), stage.path('gone')),
    );
    await until(
      async () => (await answer(call(url, 'POST', '/run', { name: 'nowhere' }))).code !== 'intent_unknown',
      'the intent is there',
    );
    expect(await answer(call(url, 'POST', '/run', { name: 'nowhere' }))).toMatchObject({
      status: 409,
      code: 'blocked',
      run: { plan: { blockers: [{ code: 'source_missing' }] } },
    });
  }, 60_000);

  test('a long run: 202, followed by events, stopped, and tidied up', async () => {
    const { url, stage } = await open();
    await stage.files('src', { 'big.bin': randomBytes(8 * 1024 * 1024) });
    await stage.intent('slow', mirrorIntent(stage, 'slow', '["--bwlimit=512"]'));
    await until(
      async () => (await answer(call(url, 'POST', '/run', { name: 'slow', dry_run: true }))).ok,
      'the intent is there',
    );
    const started = await call(url, 'POST', '/run', { name: 'slow' }, { prefer: 'respond-async' });
    const { id } = (await started.json()) as Answer;
    expect([started.status, started.headers.get('location')]).toEqual([202, `/runs/${id}`]);

    const events = await call(url, 'GET', `/runs/${id}/events`);
    if (!events.body) throw new Error('no stream');
    const seen: string[] = [];
    let stopped = false;
    for await (const chunk of events.body.pipeThrough(new TextDecoderStream())) {
      seen.push(...[...chunk.matchAll(/^event: (\w+)$/gm)].map((match) => match[1] ?? ''));
      if (seen.includes('progress') && !stopped) {
        stopped = true;
        expect((await call(url, 'DELETE', `/runs/${id}`)).status).toBe(202);
      }
    }
    expect([seen[0], seen.at(-1)]).toEqual(['snapshot', 'finished']);
    expect(await answer(call(url, 'GET', `/runs/${id}`))).toMatchObject({ state: 'cancelled' });
    expect(existsSync(stage.path('dst', 'slow', 'big.bin'))).toBe(false);
    expect((await call(url, 'GET', `/runs/${id}/log`)).status).toBe(200);
  }, 60_000);

  test('a client that waits while the bot stops is told how its run ended', async () => {
    const { url, stage, bot } = await open();
    await stage.files('src', { 'big.bin': randomBytes(8 * 1024 * 1024) });
    await stage.intent('slow', mirrorIntent(stage, 'slow', '["--bwlimit=512"]'));
    await until(
      async () => (await answer(call(url, 'POST', '/run', { name: 'slow', dry_run: true }))).ok,
      'the intent is there',
    );
    const waiting = answer(call(url, 'POST', '/run', { name: 'slow' }));
    await until(
      async () => ((await (await call(url, 'GET', '/runs?state=running')).json()) as object[]).length === 1,
      'it runs',
    );
    expect(await bot.end()).toBe(0);
    expect(await waiting).toMatchObject({ status: 200, ok: false, state: 'interrupted', reason: 'shutdown' });
  }, 60_000);

  test('several in order, and an intent’s text checked', async () => {
    const { url } = await open();
    const both = { intents: ['backup_docker_volumes', 'nowhere', 'photos'], stop_on_failure: false };
    expect(await answer(call(url, 'POST', '/orchestrate', both))).toMatchObject({
      status: 200,
      ok: false,
      summary: { total: 3, success: 2, failed: 1 },
    });
    expect(await answer(call(url, 'POST', '/validate', { yaml_content: 'action: dance\n' }))).toMatchObject({
      valid: false,
    });
    expect(await (await call(url, 'GET', '/intents')).json()).toMatchObject([
      { name: 'backup_docker_volumes' },
      { name: 'photos' },
    ]);
    expect(await (await call(url, 'GET', '/status')).json()).toMatchObject([
      { stack: 'media' },
      { stack: 'volumes' },
    ]);
  }, 60_000);
});

describe('webhooks', () => {
  test('a marker in a pushed commit runs its intent and tells #alerts; sent again after kill -9, it is known', async () => {
    const secret = 'a-webhook-secret';
    const { url, stage, bot } = await open({ GITHUB_WEBHOOK_SECRET: secret });
    const body = JSON.stringify(githubPush({ messages: ['New disk [chatops:intent=photos]'] }));
    const send = (to: string) =>
      call(to, 'POST', '/webhook/github', body, {
        'x-github-event': 'push',
        'x-github-delivery': 'd-1',
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      });
    expect((await send(url)).status).toBe(202);
    await until(
      async () => ((await (await call(url, 'GET', '/runs?state=succeeded')).json()) as object[]).length === 1,
      'it succeeded',
    );
    const told = () => stage.discord.messages('alerts').map((message) => JSON.stringify(message));
    await until(() => told().length === 1, 'its outcome is told');
    expect(told()[0]).toMatch(/Backup succeeded.*photos.*commit .*acme\/infra/);
    await bot.kill9();
    const again = await (await stage.start()).url();
    expect(await (await send(again)).json()).toMatchObject({ status: 'duplicate' });
    expect(await (await call(again, 'GET', '/runs')).json()).toHaveLength(1);
    expect(told()).toHaveLength(1);
  }, 60_000);
});

describe('who may call', () => {
  test('keys from a file change without a restart; the audit names them', async () => {
    const { url, stage } = await open({ CHATOPS_API_KEY: '', CHATOPS_API_KEY_FILE: 'keys' });
    const as = (key: string) =>
      answer(call(url, 'POST', '/run', { name: 'photos', dry_run: true }, { 'x-api-key': key }));
    expect(await as(KEY)).toMatchObject({ status: 200, actor: { name: 'ops' } });
    const hash = createHash('sha256').update('another').digest('hex');
    await writeFile(stage.path('keys'), `ci sha256:${hash}\n`);
    expect((await as(KEY)).status).toBe(401);
    expect(await as('another')).toMatchObject({ status: 200, actor: { name: 'ci' } });
    stage.expectLog(/CHATOPS_API_KEY_FILE names .*, which is empty/);
    await writeFile(stage.path('keys'), '');
    expect((await as('another')).status).toBe(401);
  }, 60_000);

  test('ten calls a minute by default, then 429; health goes on', async () => {
    const { url } = await open({ CHATOPS_HTTP_RATE_LIMIT: '' });
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await call(url, 'POST', '/run', {}, { 'x-api-key': 'wrong' })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    const refused = await call(url, 'POST', '/run', { name: 'photos' });
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'chatops_auth_failures_total{reason="invalid_key"} 10',
    );
  }, 60_000);

  test('an address that is not on the list; behind a trusted proxy the one that it notes', async () => {
    const { url } = await open({
      CHATOPS_IP_ALLOWLIST: '192.0.2.0/24',
      CHATOPS_TRUSTED_PROXIES: '127.0.0.0/8',
    });
    expect((await call(url, 'GET', '/runs')).status).toBe(403);
    const from = (address: string) => call(url, 'GET', '/runs', undefined, { 'x-forwarded-for': address });
    expect((await from('192.0.2.9')).status).toBe(200);
    expect((await from('192.0.2.9, 198.51.100.1')).status).toBe(403);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }, 60_000);

  test('without a key nothing but the probes answers', async () => {
    const { url, bot } = await open({ CHATOPS_API_KEY: '' });
    expect(await answer(call(url, 'POST', '/run', { name: 'photos' }))).toMatchObject({ status: 401 });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(bot.log()).not.toContain(KEY);
  }, 60_000);
});
