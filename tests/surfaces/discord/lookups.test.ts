import { expect, test } from '@jest/globals';
import type { Actor } from '../../../src/core/model/request.js';
import type { Conversation } from '../../../src/surfaces/discord/conversation.js';
import { showStatus } from '../../../src/surfaces/discord/lookups.js';
import type { Message } from '../../../src/surfaces/discord/render/fit.js';
import { fakePipeline, intentNamed } from './fake-pipeline.js';

/** What somebody is told, first answer included. */
function talkWith(actor: Actor) {
  const told: string[] = [];
  const note = (how: string) => async (message?: Message) =>
    void told.push([how, ...(message?.embeds ?? []).map(({ description }) => description)].join(': '));
  const talk: Conversation = {
    actor,
    channelId: '20',
    missing: [],
    think: async () => {
      told.push('think');
      return '30';
    },
    thinkPrivately: note('think privately'),
    accept: note('accept'),
    answer: note('answer'),
    tell: note('tell'),
    ask: async () => {},
    find: async () => null,
  };
  return { told, talk };
}

const thing = { key: 'container:1', state: 'running', healthy: null, detail: [] } as const;

function deps() {
  const fake = fakePipeline([intentNamed('plex-database')], () => new Date());
  fake.setStatus([{ stack: 'media', things: [{ ...thing, name: 'plex-hunter2' }], notices: [], runs: [] }]);
  const redact = <T>(data: T): T => JSON.parse(JSON.stringify(data).replaceAll('hunter2', '••••'));
  return { ...fake, redact };
}

test('/status is for those who may see something, and masks secrets', async () => {
  const { talk, told } = talkWith({ kind: 'user', id: '1', name: 'alice', administrator: true });
  await showStatus(talk, deps());
  expect(told).toEqual([
    'think privately',
    'answer: ✅ **media** · 1 of 1 running\n✅ `plex-••••` running\nNo runs yet.',
  ]);
});

test('/status tells the others nothing of what runs', async () => {
  const { talk, told } = talkWith({ kind: 'user', id: '2', name: 'eve', administrator: false });
  const leaky = deps();
  const status = leaky.pipeline.status;
  const everything = { ...leaky.pipeline, status: () => status({ kind: 'operator', id: '', name: '' }) };
  await showStatus(talk, { ...leaky, pipeline: everything });
  expect(told).toHaveLength(2);
  expect(told[1]).toMatch(/^answer: 🔒 Refused/);
});
