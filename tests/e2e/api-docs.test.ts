import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { call, openApi, typed } from './api-stage.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const page = readFileSync(join(ROOT, 'docs/http-api.md'), 'utf8');
const lines = [...page.matchAll(/^```sh\n([^`]*)```$/gm)]
  .flatMap((match) => (match[1] ?? '').trim().split('\n'))
  .filter((line) => line.startsWith('curl'));

let opened: Awaited<ReturnType<typeof openApi>> | undefined;
let run: string;
beforeAll(async () => {
  opened = await openApi({ CHATOPS_HTTP_RATE_LIMIT: '0' });
  const { url } = opened;
  run = ((await (await call(url, 'POST', '/run', { name: 'photos' })).json()) as { id: string }).id;
}, 60_000);
afterAll(() => opened?.stage.end());

describe('every line of docs/http-api.md works as it stands there', () => {
  test('there are lines', () => {
    expect(lines.length).toBeGreaterThan(10);
  });

  test.each(lines)('%s', async (line) => {
    const here = line.replaceAll('http://127.0.0.1:8000', opened?.url ?? '');
    const { code, stdout, stderr } = await typed(here, { RUN: run });
    expect([code, stderr.includes('curl: (')]).toEqual([0, false]);
    if (line.includes('DELETE')) expect(JSON.parse(stdout)).toMatchObject({ code: 'not_active' });
    else expect(stdout).not.toContain('"type":"about:blank"');
  });
});
