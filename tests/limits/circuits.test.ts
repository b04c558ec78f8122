import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/core/model/phrase.js';
import { type Circuit, CircuitOpenError, type Pass } from '../../src/core/ports/circuit.js';
import { createCircuits, type OwnCircuits } from '../../src/limits/circuits.js';

const ASKED = { must: false } as const;

/** Circuits with a clock that a test moves. */
class World {
  /** Of the clock that nobody sets, in ms. */
  elapsed = 0;
  /** What somebody did to the clock on the wall, in ms. */
  jump = 0;
  readonly changes: (Circuit | null)[] = [];
  readonly circuits: OwnCircuits = createCircuits({
    redact: (text) => text.replaceAll('hunter2', '***'),
    onChange: (_target, circuit) => this.changes.push(circuit),
    now: () => new Date(Date.UTC(2026, 0, 1) + this.elapsed + this.jump),
    elapsed: () => this.elapsed,
    random: () => 0.5,
  });

  async ask(target: string, reason: string | null = null): Promise<void> {
    const pass = await this.circuits.enter(target, ASKED);
    this.elapsed += 1;
    if (reason === null) pass.answered();
    else pass.unanswered(reason);
  }

  async fail(target: string, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) await this.ask(target, 'connection refused');
  }

  refused(target: string): Promise<boolean> {
    return this.circuits.enter(target, ASKED).then(
      (pass) => {
        pass.unknown();
        return false;
      },
      (error: unknown) => error instanceof CircuitOpenError,
    );
  }
}

describe('a target that doesn’t answer', () => {
  test('isn’t asked any more after three times in a row, and no other one is concerned', async () => {
    const world = new World();
    await world.fail('registry:a', 2);
    expect(await world.refused('registry:a')).toBe(false);
    await world.fail('registry:a', 1);
    expect([await world.refused('registry:a'), await world.refused('registry:b')]).toEqual([true, false]);
    expect(world.circuits.list()).toEqual([
      {
        target: 'registry:a',
        reason: 'connection refused',
        since: '2026-01-01T00:00:00.003Z',
        nextTry: '2026-01-01T00:00:10.003Z',
        failures: 3,
      },
    ]);
  });

  test('an answer in between begins the count again', async () => {
    const world = new World();
    await world.fail('ssh:nas', 2);
    await world.ask('ssh:nas');
    await world.fail('ssh:nas', 2);
    expect(await world.refused('ssh:nas')).toBe(false);
  });

  test('questions that were under way together count once', async () => {
    const world = new World();
    const together = await Promise.all(
      Array.from({ length: 8 }, () => world.circuits.enter('docker:local', ASKED)),
    );
    for (const pass of together) {
      world.elapsed += 1;
      pass.unanswered('no answer after 30 s');
      pass.unanswered('no answer after 30 s');
    }
    await world.fail('docker:local', 1);
    expect(await world.refused('docker:local')).toBe(false);
    await world.fail('docker:local', 1);
    expect(await world.refused('docker:local')).toBe(true);
  });

  test('the refusal names the reason without secrets, and the time of the next try', async () => {
    const world = new World();
    for (const _ of [1, 2, 3]) await world.ask('proxmox:pve', 'hunter2 was\nrefused.');
    const error = await world.circuits.enter('proxmox:pve', ASKED).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CircuitOpenError);
    const { notice } = error as CircuitOpenError;
    expect(notice.code).toBe('circuit_open');
    expect(plain(notice.message)).toBe(
      'proxmox:pve did not answer 3 times in a row: *** was refused. Next try: 2026-01-01 00:00 UTC.',
    );
  });
});

describe('when the time has come', () => {
  test('one asker goes, of many at once; the others learn what it finds', async () => {
    const world = new World();
    await world.fail('docker:local', 3);
    world.elapsed += 10_000;
    let asked = 0;
    let end: Pass | undefined;
    const crowd = Array.from({ length: 50 }, async () => {
      const pass = await world.circuits.enter('docker:local', ASKED);
      asked += 1;
      end ??= pass;
      return pass;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    end?.answered();
    await Promise.all(crowd);
    expect([asked, world.circuits.list()]).toEqual([50, []]);
    expect(world.changes.at(-1)).toBeNull();
  });

  test('the others are refused when it fails too, and the pause is longer each time, up to five minutes', async () => {
    const world = new World();
    await world.fail('ssh:nas', 3);
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const [{ nextTry } = { nextTry: '' }] = world.circuits.list();
      const pause = Date.parse(nextTry) - Date.UTC(2026, 0, 1) - world.elapsed;
      pauses.push(Math.round(pause / 1000));
      world.elapsed += pause;
      const first = await world.circuits.enter('ssh:nas', ASKED);
      const second = world.refused('ssh:nas');
      first.unanswered('no route to host');
      expect(await second).toBe(true);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('a try that was given up lets the next one try', async () => {
    const world = new World();
    await world.fail('ssh:nas', 3);
    world.elapsed += 10_000;
    (await world.circuits.enter('ssh:nas', ASKED)).unknown();
    expect(await world.refused('ssh:nas')).toBe(false);
  });

  test('a person can let it be tried at once', async () => {
    const world = new World();
    await world.fail('ssh:nas', 3);
    expect(world.circuits.tryNow('ssh:other')).toBeNull();
    expect(world.circuits.tryNow('ssh:nas')).toMatchObject({ target: 'ssh:nas' });
    await world.ask('ssh:nas');
    expect(world.circuits.list()).toEqual([]);
  });
});

test('what has begun is never refused, and its answer counts', async () => {
  const world = new World();
  await world.fail('docker:local', 3);
  const pass = await world.circuits.enter('docker:local', { must: true });
  expect(await world.refused('docker:local')).toBe(true);
  pass.answered();
  expect(await world.refused('docker:local')).toBe(false);
});

test.each([
  ['forward', 86_400_000],
  ['back', -86_400_000],
])('a clock that is set %s changes no pause', async (_case, jump) => {
  const world = new World();
  await world.fail('ssh:nas', 3);
  world.jump = jump;
  world.elapsed += 9000;
  expect(await world.refused('ssh:nas')).toBe(true);
  world.elapsed += 1000;
  expect(await world.refused('ssh:nas')).toBe(false);
});

describe('the next process', () => {
  test('goes on with the pause, and with how long the next one is', async () => {
    const [before, after] = [new World(), new World()];
    await before.fail('registry:a', 3);
    const kept = before.circuits.kept('registry:a');
    if (kept === null) throw new Error('nothing is kept');
    after.elapsed = 5000;
    after.circuits.adopt([kept]);
    expect(await after.refused('registry:a')).toBe(true);
    after.elapsed += 5100;
    await after.ask('registry:a', 'still away');
    expect(after.circuits.kept('registry:a')?.pauses).toBe(1);
  });

  test('whose clock is years behind doesn’t wait longer than the longest pause', async () => {
    const [before, after] = [new World(), new World()];
    await before.fail('registry:a', 3);
    const kept = before.circuits.kept('registry:a');
    if (kept === null) throw new Error('nothing is kept');
    after.jump = -1000 * 86_400_000;
    after.circuits.adopt([kept]);
    after.elapsed += 361_000;
    expect(await after.refused('registry:a')).toBe(false);
  });

  test('what another process found over is over', async () => {
    const world = new World();
    await world.fail('registry:a', 3);
    world.circuits.adopt([]);
    expect(await world.refused('registry:a')).toBe(false);
  });
});
