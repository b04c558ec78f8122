import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { phrase } from '../../../../src/core/model/phrase.js';
import { backupText, intentOf } from '../../../core/graph/media.js';
import { Port } from '../port.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
  port.installation.intents.push(
    intentOf('disk', backupText('disk')),
    intentOf(
      'update',
      `action: steps
steps:
  first:
    intent: photos
  second:
    intent: disk
    needs: first
`,
    ),
  );
});
afterAll(() => port.close());

test('the steps are in the plan and in the progress; what failed is resumed, and what is done is left alone', async () => {
  port.world.during = async (intent) =>
    intent === 'disk'
      ? { state: 'failed', reason: 'command_failed', summary: [phrase`It broke.`] }
      : undefined;
  const failed = await port.json('POST', '/run', { name: 'update' });
  expect([failed.status, failed.body]).toMatchObject([
    200,
    {
      ok: false,
      state: 'failed',
      plan: {
        resumes: null,
        graph: {
          maxParallel: 4,
          nodes: [
            { name: 'first', parts: [0], needs: [], when: null, onFailure: 'stop' },
            { name: 'second', parts: [1], needs: ['first'] },
          ],
        },
      },
      progress: { steps: { first: 'succeeded', second: 'failed' } },
    },
  ]);

  port.world.during = async () => undefined;
  port.world.entered.length = 0;
  const { id } = failed.body;
  const resumed = await port.json('POST', '/run', { name: 'update', resumes: id });
  expect([resumed.status, resumed.body]).toMatchObject([
    200,
    {
      ok: true,
      previous: id,
      plan: { resumes: id, graph: { nodes: [{ name: 'first', doneIn: id, parts: [] }, {}] } },
      progress: { steps: { first: 'succeeded', second: 'succeeded' } },
    },
  ]);
  expect(port.world.entered).toEqual(['disk']);

  const again = await port.json('POST', '/run', { name: 'update', resumes: id });
  expect([again.status, again.body.code]).toEqual([409, 'resumed_already']);
});

test('changed in the middle: an answer and no conflict, since something was run; what is left is resumed', async () => {
  port.world.during = async (intent) => {
    if (intent === 'photos') port.world.bytes *= 100;
    return undefined;
  };
  const { status, body } = await port.json('POST', '/run', { name: 'update' });
  expect([status, body]).toMatchObject([
    200,
    { ok: false, state: 'plan_changed', progress: { steps: { first: 'succeeded', second: 'waiting' } } },
  ]);
  port.world.during = async () => undefined;
  const resumed = await port.json('POST', '/run', { name: 'update', resumes: body.id });
  expect([resumed.status, resumed.body.ok]).toEqual([200, true]);
});

test('a resumed run keeps its parameters; one that is not there can’t be resumed', async () => {
  const body = { name: 'update', resumes: 'r-2222', params: { full: true } };
  const both = await port.json('POST', '/run', body);
  expect([both.status, both.body.errors]).toMatchObject([422, [{ field: 'body.params' }]]);
  const gone = await port.json('POST', '/run', { name: 'update', resumes: 'r-2222' });
  expect([gone.status, gone.body.code]).toEqual([409, 'not_resumable']);
});
