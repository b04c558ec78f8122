import { mkdirSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { RunContext } from '../../../src/core/ports/executor.js';
import type { ChildRecord, Host } from '../../../src/core/ports/host.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { createLocalHosts } from '../../../src/hosts/local.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { Lab } from '../support/lab.js';
import { tool } from '../support/trees.js';
import { FOLDER, fieldsFor, makeBoxImage, QUICK, removeAll, SharedBox, startBox, statusOf } from './box.js';

// Real containers start and stop.
jest.setTimeout(120_000);

/** How often the process is killed, spread over the time that a backup takes. */
const KILLS = Number(process.env.CHATOPS_TEST_KILLS ?? 4);
/** About as long as one takes, in ms. */
const BACKUP_MS = 3000;
const RUN = `r-${process.pid}`;
const hosts = createLocalHosts();

/** A run as it is when its process is killed: nothing that it awaits ever comes back. */
class Mortal {
  readonly children: ChildRecord[] = [];
  #dead = false;
  readonly #death: Promise<void>;
  #onDeath = (): void => {};

  constructor(private readonly lab: Lab) {
    this.#death = new Promise((resolve) => {
      this.#onDeath = resolve;
    });
  }

  die(): void {
    this.#dead = true;
    this.#onDeath();
  }

  /** The executor's context until then. */
  context(dieAt: string | null): RunContext {
    const open = hosts.open({
      runId: RUN,
      signal: this.lab.stop.signal,
      resolveSecret: () => '',
      onChild: async (child) => void this.children.push(child),
      onOutput: () => {},
    });
    const rename = async (from: string, to: string): Promise<void> => {
      await open.rename(from, to);
      if (dieAt === 'rename') this.die();
    };
    const host: Host = { ...open, rename };
    const context = { ...this.lab.runContext(), host: this.#mortal(host) };
    const journal: RunContext['journal'] = async (kind, data) => {
      if (!this.#dead) await context.journal(kind, data);
      if (kind === dieAt) this.die();
      if (this.#dead) await new Promise(() => {});
    };
    return { ...this.#mortal(context), host: context.host, journal, note: journal };
  }

  /** Ends when the work does, or when it dies. */
  async outlive(work: Promise<unknown>): Promise<'done' | 'died'> {
    return Promise.race([work.then(() => 'done' as const), this.#death.then(() => 'died' as const)]);
  }

  #mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (this.#dead) return new Promise(() => {});
          const result: unknown = Reflect.apply(value, object, args);
          if (!(result instanceof Promise)) return result;
          return result.then(
            (answer) => (this.#dead ? new Promise(() => {}) : answer),
            (error) => (this.#dead ? new Promise(() => {}) : Promise.reject(error)),
          );
        };
      },
    });
  }
}

describeWithDocker('a process that dies in the middle of a backup', () => {
  const executor = createPlex(QUICK);
  let image = '';
  let name = '';
  let lab: Lab;

  beforeAll(() => {
    image = makeBoxImage();
  });
  const inside = new SharedBox(() => start());
  const mounted: string[] = [];
  afterAll(() => removeAll([...inside.names(), ...mounted], image));
  beforeEach(() => {
    lab = new Lab();
    mkdirSync(lab.path('backups'));
    name = inside.running();
  });
  afterEach(() => lab.clean());

  /** Its folder has a file of 20 MiB from the moment that this returns. */
  function start(options: readonly string[] = []): string {
    const make = `/bin/busybox mkdir -p ${FOLDER}; /bin/busybox dd if=/dev/urandom of=${FOLDER}/big bs=1M count=20 2>/dev/null`;
    const script = `trap "sleep 0.3; exit 0" TERM; test -e ${FOLDER}/big || { ${make}; }; echo ready; sleep 100000 & wait`;
    const made = startBox(image, options, script);
    while (!docker('logs', made).includes('ready'));
    return made;
  }

  /** Kills the run there, tidies up as the core does, and checks that all is as it was. */
  async function killed(
    die: { at: string } | { afterMs: number },
    consistency: 'stop' | 'pause' = 'stop',
  ): Promise<string> {
    const plan = await lab.plan(executor, fieldsFor(name, lab.path('backups'), { consistency }));
    const mortal = new Mortal(lab);
    const timer = 'afterMs' in die ? setTimeout(() => mortal.die(), die.afterMs) : undefined;
    await mortal.outlive(executor.run(plan, mortal.context('at' in die ? die.at : null)));
    clearTimeout(timer);
    await hosts.endLeftovers(RUN, mortal.children);
    const { summary } = await executor.recover(plan, lab.journal, lab.runContext());
    expect(statusOf(name)).toBe('running');
    const left = readdirSync(lab.path('backups'));
    const archives = left.filter((file) => file.endsWith('.tar.gz'));
    expect(left.filter((file) => !file.endsWith('.tar.gz') && !file.endsWith('.manifest.json'))).toEqual([]);
    for (const archive of archives) tool('tar', '-tzf', lab.path('backups', archive));
    expect(lab.artifacts.length).toBeGreaterThanOrEqual(archives.length);
    return summary.map(plain).join(' ');
  }

  test('right before the stop: it is waited for a stop that may have been asked for', async () => {
    const hasty = createPlex({ ...QUICK, stopSeconds: 1 });
    const plan = await lab.plan(hasty, fieldsFor(name, lab.path('backups')));
    const mortal = new Mortal(lab);
    await mortal.outlive(hasty.run(plan, mortal.context('container_held')));
    // What a killed process leaves behind: an engine that is still about to stop the container.
    setTimeout(() => docker('stop', '-t', '1', name), 300);
    const { summary } = await hasty.recover(plan, lab.journal, lab.runContext());
    expect(plain(summary[0] ?? [])).toBe(`${name} was found stopped and has been started.`);
    expect(statusOf(name)).toBe('running');
  });

  test.each([
    ['container_settled', 'was found stopped and has been started. Nothing had been written yet.'],
    ['partial', 'was found stopped and has been started. No partial file was left.'],
    ['container_released', 'The partial file is removed. No new backup was made'],
  ])('at %s', async (at, words) => {
    expect(await killed({ at })).toContain(words);
  });

  test('a paused container goes on', async () => {
    expect(await killed({ at: 'partial' }, 'pause')).toContain(
      `${name} was found paused and has been let go on.`,
    );
  });

  test('between the rename and the record the archive is kept and recorded', async () => {
    const text = await killed({ at: 'rename' });
    expect(text).toContain('was complete and checked; it is kept.');
    expect(lab.artifacts).toHaveLength(1);
    expect(readdirSync(lab.path('backups'))).toHaveLength(2);
  });

  test('before the rename there is no archive', async () => {
    const text = await killed({ at: 'finished' });
    expect(text).toContain('No new backup was made');
    expect(lab.artifacts).toEqual([]);
  });

  async function killedAtInstants(kills: number): Promise<void> {
    for (let index = 0; index < kills; index += 1) {
      lab.journal.length = 0;
      lab.plannedAt = new Date(Date.UTC(2026, 0, 1 + index));
      await killed({ afterMs: ((index + 0.5) / kills) * BACKUP_MS });
    }
  }

  test(`at ${KILLS} instants`, () => killedAtInstants(KILLS), 120_000 + 30_000 * KILLS);

  test(
    'while a mounted folder is read on this host, and at other instants',
    async () => {
      name = start(['--volume', `${lab.path('config')}:/config`]);
      mounted.push(name);
      const { data } = await lab.plan(executor, fieldsFor(name, lab.path('backups')));
      expect(data.direct).not.toBeNull();
      expect(await killed({ at: 'partial' })).toContain('was found stopped and has been started.');
      await killedAtInstants(Math.ceil(KILLS / 2));
    },
    120_000 + 30_000 * KILLS,
  );

  test('a container that somebody removed meanwhile is said to be gone', async () => {
    const plan = await lab.plan(executor, fieldsFor(name, lab.path('backups')));
    const mortal = new Mortal(lab);
    await mortal.outlive(executor.run(plan, mortal.context('partial')));
    docker('rm', '--force', name);
    const { summary } = await executor.recover(plan, lab.journal, lab.runContext());
    expect(plain(summary[0] ?? [])).toMatch(/could not be put back: it is no longer there/);
  });
});
