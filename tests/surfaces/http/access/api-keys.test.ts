import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createApiKeys } from '../../../../src/surfaces/http/access/api-keys.js';

const hashed = `sha256:${createHash('sha256').update('hashed-key').digest('hex')}`;

test('plain keys, hashes and names; only what is presented to the letter is found', async () => {
  const keys = createApiKeys(() => `# comment\nplain-key\n\nci ${hashed}\nops other-key\n`);
  expect(await Promise.all(['plain-key', 'hashed-key', 'other-key'].map(keys.find))).toEqual([
    { name: 'CHATOPS_API_KEY' },
    { name: 'ci' },
    { name: 'ops' },
  ]);
  for (const wrong of ['', 'plain-ke', 'plain-key ', 'PLAIN-KEY', hashed, 'ci', '# comment', 'comment']) {
    expect(await keys.find(wrong)).toBeNull();
  }
});

test('the text is asked for each time: what changed counts at once, what is gone is gone', async () => {
  let text: string | null = 'first';
  const keys = createApiKeys(() => text);
  expect(await keys.find('first')).toEqual({ name: 'CHATOPS_API_KEY' });
  text = 'new second\nfirst';
  expect(await Promise.all(['first', 'second'].map(keys.find))).toEqual([
    { name: 'CHATOPS_API_KEY' },
    { name: 'new' },
  ]);
  for (const nothing of [null, '', 'sha256:zz', 'three words here']) {
    text = nothing;
    expect(await Promise.all(['first', '', 'sha256:zz', 'words'].map(keys.find))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  }
});
