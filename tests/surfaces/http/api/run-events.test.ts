import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { gate, previewed, until } from '../../../core/harness.js';
import { Port } from '../port.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open();
});
afterAll(() => port.close());
afterEach(() => port.calm());

interface Told {
  readonly event: string;
  readonly id?: string;
  readonly data: { state?: string; id?: string; step?: number; part?: number };
}

/** Reads a stream of events until it ends. */
async function follow(id: string, headers: Record<string, string> = {}) {
  const response = await port.call('GET', `/runs/${id}/events`, undefined, headers);
  const told = response.text().then((text) =>
    text
      .split('\n\n')
      .filter((block) => block !== '' && !block.startsWith(':'))
      .map((block) => {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
        return { ...fields, data: JSON.parse(fields.data) } as Told;
      }),
  );
  return { response, told };
}

/** A run that goes on until the gate is opened. */
async function running() {
  const holder = gate();
  let begun = false;
  port.world.during = async () => {
    begun = true;
    await holder.opened;
    return undefined;
  };
  const { body } = await port.json('POST', '/run', { name: 'photos' }, { prefer: 'respond-async' });
  // Not only entered: the executor has told its step before it waits.
  await until(() => begun, 'it runs');
  return { id: body.id as string, open: holder.open };
}

describe('GET /runs/{id}/events', () => {
  test('a snapshot, then what happens, then the end', async () => {
    const { id, open } = await running();
    const { response, told } = await follow(id);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    const { events } = port.process.pipeline;
    events.emit({ type: 'step', runId: id, part: 0, step: 0, state: 'done' });
    events.emit({ type: 'step', runId: 'r-other', part: 0, step: 7, state: 'done' });
    events.emit({
      type: 'progress',
      runId: id,
      progress: { part: 0, step: 0, done: 1, total: 2, unit: 'files' },
    });
    open();
    const all = await told;
    expect(all.map(({ event }) => event)).toEqual(['snapshot', 'step', 'progress', 'finished']);
    expect(all[0]?.data).toMatchObject({ id, state: 'running' });
    expect(all[1]?.data).toEqual({ part: 0, step: 0, state: 'done' });
    expect(all[3]).toMatchObject({ id: 'end', data: { id, state: 'succeeded' } });
  });

  test('a run that has ended: its snapshot and its end; whoever has seen the end is told so', async () => {
    const { body } = await port.json('POST', '/run', { name: 'photos' });
    const { told } = await follow(body.id);
    expect((await told).map(({ event }) => event)).toEqual(['snapshot', 'finished']);
    const again = await port.call('GET', `/runs/${body.id}/events`, undefined, { 'last-event-id': 'end' });
    expect([again.status, await again.text()]).toEqual([204, '']);
  });

  test('a dry run has ended with its plan', async () => {
    const { body } = await port.json('POST', '/run', { name: 'photos', dry_run: true });
    const { told } = await follow(body.id);
    expect((await told).map(({ event }) => event)).toEqual(['snapshot', 'finished']);
  });

  test('a run of another process, whose events never come here, is seen in the store', async () => {
    const other = await port.installation.start();
    const run = await previewed(other, 'films');
    const { told } = await follow(run.id);
    const decision = await other.pipeline.decide(
      run.id,
      { kind: 'user', id: '1', name: 'alice', administrator: true },
      'confirm',
    );
    expect(decision.ok).toBe(true);
    const all = await told;
    expect(all[0]).toMatchObject({ event: 'snapshot', data: { state: 'awaiting' } });
    expect(all.at(-1)).toMatchObject({ event: 'finished', data: { state: 'succeeded' } });
  });

  test('a reader that leaves costs nothing any more; closing the port ends every stream', async () => {
    const { id, open } = await running();
    const leaving = new AbortController();
    const left = await fetch(`${port.url}/runs/${id}/events`, {
      headers: { 'x-api-key': 'the-key' },
      signal: leaving.signal,
    });
    expect(left.status).toBe(200);
    leaving.abort();
    const other = await Port.open({ runs: port.process.deps.store.runs, pipeline: port.process.pipeline });
    const response = await other.call('GET', `/runs/${id}/events`);
    const rest = response.text().catch((error: Error) => error.name);
    await other.close();
    expect(await rest).toBe('TypeError');
    open();
    await until(async () => (await port.json('GET', `/runs/${id}`)).body.state === 'succeeded', 'it ended');
  });

  test('a reader that is gone before the run is read follows nothing', async () => {
    const { id, open } = await running();
    const { pipeline, deps } = port.process;
    const [asked, answered] = [gate(), gate()];
    const get = async (runId: string) => {
      asked.open();
      await answered.opened;
      return deps.store.runs.get(runId);
    };
    const other = await Port.open({ runs: { ...deps.store.runs, get }, pipeline });
    const subscribed = jest.spyOn(pipeline.events, 'subscribe');
    const leaving = new AbortController();
    const headers = { 'x-api-key': 'the-key' };
    const left = fetch(`${other.url}/runs/${id}/events`, { headers, signal: leaving.signal });
    await asked.opened;
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    // By the time that later calls are answered, the server knows that the reader has left.
    const laterCalls = async (): Promise<void> => {
      for (let call = 0; call < 5; call += 1) await other.json('GET', '/intents');
    };
    await laterCalls();
    answered.open();
    await laterCalls();
    expect(subscribed).not.toHaveBeenCalled();
    subscribed.mockRestore();
    await other.close();
    open();
    await until(async () => (await port.json('GET', `/runs/${id}`)).body.state === 'succeeded', 'it ended');
  });

  test('secrets are masked in events too', async () => {
    port.installation.redactor.add('photos-secret-path');
    const { id, open } = await running();
    const { told } = await follow(id);
    port.process.pipeline.events.emit({
      type: 'progress',
      runId: id,
      progress: { part: 0, step: 0, current: 'photos-secret-path' },
    });
    open();
    expect(JSON.stringify(await told)).not.toContain('photos-secret-path');
  });
});
