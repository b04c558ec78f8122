import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { get, type PageStage, startPageStage, upgrade } from './stage.js';

const FILE = '/docs/discord.md';

let stage: PageStage;
let port: number;
let host: string;
let cookie: string;

beforeAll(async () => {
  stage = await startPageStage();
  port = stage.page.port;
  host = `127.0.0.1:${port}`;
  const { headers } = await get(port, `${FILE}?key=${stage.key}`);
  cookie = (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
});

afterAll(() => stage.end());

describe('who gets in by HTTP', () => {
  test('the printed address opens the page and is exchanged for a cookie that is not the key', async () => {
    const answer = await get(port, `${FILE}?key=${stage.key}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^playground_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    expect(answer.headers['set-cookie']?.[0]).not.toContain(stage.key);
  });

  test('the cookie opens the page’s files', async () => {
    expect((await get(port, FILE, { cookie })).status).toBe(200);
    expect((await get(port, FILE, { cookie: `other=1; ${cookie}` })).status).toBe(200);
  });

  test.each([
    ['no key', FILE, {}],
    ['a wrong key', `${FILE}?key=wrong`, {}],
    ['an empty key', `${FILE}?key=`, {}],
    ['a wrong cookie', FILE, { cookie: 'playground_1=wrong' }],
  ])('%s is refused in words, without a cookie', async (_name, path, headers) => {
    const answer = await get(port, path, headers);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Open the address') });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a wrong key is refused although the cookie is right', async () => {
    expect((await get(port, '/?key=wrong', { cookie })).status).toBe(403);
  });

  test.each([
    ['a rebound name', { host: 'evil.example' }],
    ['the right name with another port', { host: '127.0.0.1:1' }],
    ['a foreign page', { origin: 'http://evil.example' }],
    ['a page on another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['another site’s image or script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['another port’s image or script', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
    ['another site’s link without the key', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ])('%s is refused with the right cookie', async (_name, headers) => {
    expect((await get(port, FILE, { cookie, ...headers })).status).toBe(403);
  });

  test('a click on the printed address in another page gets in', async () => {
    const click = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await get(port, `/?key=${stage.key}`, click)).headers['set-cookie']).toHaveLength(1);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    expect((await get(port, FILE, { cookie }, method)).status).toBe(405);
  });

  test('localhost is the same machine', async () => {
    expect((await get(port, FILE, { cookie, host: `localhost:${port}` })).status).toBe(200);
  });

  test('nothing may come from outside, and nobody may frame it or keep it', async () => {
    const { headers } = await get(port, FILE, { cookie });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.replaceAll(`ws://${host}`, '')).not.toMatch(
      /https?:|ws:|\*|unsafe-eval|script-src[^;]*unsafe/,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  test.each(['/../package.json', '/..%2fpackage.json', '/main.js.map', '/%00'])(
    'there is no %s',
    async (path) => {
      expect((await get(port, path, { cookie })).status).toBe(404);
    },
  );
});

describe('files that the bot attached', () => {
  test('are saved, never shown, and need the key itself', async () => {
    const channel = await stage.bot.channels.fetch(stage.discord.channelId('ops'));
    if (!channel?.isSendable()) throw new Error('#ops takes no messages');
    const attachment = Buffer.from('<script>alert(1)</script>');
    const sent = await channel.send({ files: [{ attachment, name: 'a.html' }] });
    const path = `/files/${sent.attachments.first()?.id}`;

    expect((await get(port, path, { cookie })).status).toBe(403);
    expect((await get(port, path, { cookie, 'x-playground-key': 'wrong' })).status).toBe(403);
    const answer = await get(port, path, { 'x-playground-key': stage.key });
    expect(answer).toMatchObject({ status: 200, text: '<script>alert(1)</script>' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    expect((await get(port, '/files/1', { 'x-playground-key': stage.key })).status).toBe(404);
  });
});

describe('who gets in by WebSocket', () => {
  const protocol = (key: string) => ({ 'Sec-WebSocket-Protocol': `chatops-playground, key.${key}` });

  test('our own page with the key', async () => {
    expect(await upgrade(port, { Origin: `http://${host}`, ...protocol(stage.key) })).toBe(101);
  });

  test.each([
    ['a wrong key', () => ({ Origin: `http://${host}`, ...protocol('wrong') })],
    ['no key', () => ({ Origin: `http://${host}` })],
    ['the cookie instead of the key', () => ({ Origin: `http://${host}`, Cookie: cookie })],
    ['a foreign page', () => ({ Origin: 'http://evil.example', ...protocol(stage.key) })],
    ['a page on another port', () => ({ Origin: 'http://127.0.0.1:1', ...protocol(stage.key) })],
    ['no page at all', () => protocol(stage.key)],
    [
      'a rebound name',
      () => ({ Host: 'evil.example', Origin: 'http://evil.example', ...protocol(stage.key) }),
    ],
  ])('%s is refused', async (_name, headers) => {
    expect(await upgrade(port, headers())).toBe(403);
  });

  test('only one address has a socket', async () => {
    expect(await upgrade(port, { Origin: `http://${host}`, ...protocol(stage.key) }, '/other')).toBe(403);
  });
});

describe('the local Discord beside it', () => {
  test('answers no page in a browser: neither requests nor gateway connections', async () => {
    const api = Number(new URL(stage.discord.apiUrl).port);
    const authorization = `Bot ${stage.discord.token}`;
    expect((await get(api, '/api/v10/users/@me', { authorization })).status).toBe(200);
    const foreign = { authorization, origin: 'http://evil.example' };
    expect((await get(api, '/api/v10/users/@me', foreign)).status).toBe(403);
    expect((await get(api, '/api/v10/users/@me', { authorization, host: 'evil.example' })).status).toBe(403);
    const gateway = '/gateway?v=10&encoding=json';
    expect(await upgrade(api, {}, gateway)).toBe(101);
    await expect(upgrade(api, { Origin: 'http://evil.example' }, gateway)).rejects.toThrow(
      /hang up|ECONNRESET/,
    );
  });
});
