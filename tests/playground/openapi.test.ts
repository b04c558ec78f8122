import { afterEach, expect, test } from '@jest/globals';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import { createOpenapiValidator, openapiFile } from './openapi-validator.js';
import { call } from './raw.js';

const file = openapiFile();
// The description does not ship with the project: CI gives it wherever it is there.
const withDescription = file ? test : test.skip;

let discord: LocalDiscord;
afterEach(() => discord?.close());

withDescription('what the official description forbids is refused and kept as a violation', async () => {
  discord = await startLocalDiscord({ validateRequest: createOpenapiValidator(file ?? '') });
  const channel = `/channels/${discord.channelId('ops')}`;
  const wrong: [string, string, unknown, string][] = [
    ['POST', `${channel}/messages`, { content: 7 }, 'body/content must be string,null'],
    ['POST', `${channel}/messages`, { content: 'x', embed: {} }, '"unevaluatedProperty":"embed"'],
    ['POST', `${channel}/messages?wait=true`, { content: 'x' }, 'wait: not a parameter'],
    ['POST', `${channel}/messages`, undefined, 'no body'],
    ['GET', `${channel}/messages?limit=101`, undefined, 'limit: data must be <= 100'],
    ['GET', '/channels/ops', undefined, 'channel_id: data must match pattern'],
    [
      'PUT',
      `/applications/${discord.applicationId}/commands`,
      [{ name: 'x', type: 'y' }],
      'body/0/type must be',
    ],
  ];
  for (const [method, path, body, problem] of wrong) {
    const answer = await call(discord, method, path, body);
    expect([answer.status, answer.code]).toEqual([400, 50035]);
    expect(discord.violations.at(-1)?.problems.join('\n')).toContain(problem);
  }
  expect(discord.violations).toHaveLength(wrong.length);
  expect((await call(discord, 'POST', `${channel}/messages`, { content: 'x' })).status).toBe(200);
  expect((await call(discord, 'GET', `${channel}/messages?limit=100`)).status).toBe(200);
  expect(discord.violations).toHaveLength(wrong.length);
});
