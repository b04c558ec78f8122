import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { phrase } from '../../../src/core/model/phrase.js';
import type { CoreDeps } from '../../../src/core/ports/deps.js';
import type { Executor, PartResult, RunContext } from '../../../src/core/ports/executor.js';
import type { ExecResult, Host, HostScope } from '../../../src/core/ports/host.js';
import type { Fault } from './fault.js';

/** Changes what the core works with, as a defect would. */
export type Plant = (deps: CoreDeps) => CoreDeps;

/** A defect that the suite has to find. */
export interface Planted {
  readonly name: string;
  /** The executor that it is planted into. */
  readonly executor: string;
  readonly plant: Plant;
  /** Faults that bring it to light, for a quick look; all of them find it as well. */
  readonly faults: (faults: readonly Fault[]) => readonly Fault[];
}

export const PLANTED: readonly Planted[] = [
  {
    name: 'a partial file is not removed',
    executor: 'files',
    plant: inHost((host) => ({
      remove: async (path) => path.endsWith('.partial') || host.remove(path),
    })),
    faults: aim('fail', /^run pipe cat/),
  },
  {
    name: 'rename and manifest are swapped',
    executor: 'files',
    plant: inHost((host) => {
      let rename = async (): Promise<void> => {};
      return {
        rename: async (from, to) => {
          rename = () => host.rename(from, to);
        },
        writeText: async (path, text) => {
          await host.writeText(path, text);
          await rename();
        },
      };
    }),
    faults: aim('fail', /^run (rename|writeText)/),
  },
  {
    name: 'a lease is kept',
    executor: 'files',
    plant: (deps) => ({ ...deps, store: { ...deps.store, leases: keeping(deps.store.leases) } }),
    faults: aim('fail', /^run pipe cat/),
  },
  {
    name: 'old archives are deleted before the new one is checked',
    executor: 'files',
    plant: inRun('files', async (executor, part, ctx) => {
      const { deletions } = part.data as { deletions: readonly { archive: string }[] };
      for (const { archive } of deletions) await rm(archive);
      return executor.run(part, ctx);
    }),
    faults: aim('fail', /^run pipe cat/),
  },
  {
    name: 'a failed check is called a success',
    executor: 'files',
    plant: inRun('files', async (executor, part, ctx) => {
      const result = await executor.run(part, ctx);
      return result.reason === 'check_failed' ? { ...result, state: 'succeeded', reason: 'done' } : result;
    }),
    faults: aim('fail', /^run pipe cat/),
  },
  {
    name: 'an error is swallowed',
    executor: 'files',
    plant: inHost((host) => ({ rename: (from, to) => host.rename(from, to).catch(() => {}) })),
    faults: aim('fail', /^run rename/),
  },
  {
    name: 'what it is about to write is not in the journal',
    executor: 'files',
    plant: (deps) => ({ ...deps, store: { ...deps.store, runs: withoutRow(deps.store.runs, 'partial') } }),
    faults: aim('kill-during', /^run pipe/),
  },
  {
    name: 'a child is left running',
    executor: 'files',
    plant: (deps) => ({
      ...deps,
      hosts: {
        ...deps.hosts,
        endLeftovers: async () => [],
        open: (scope) => leaving(deps.hosts.open(scope), scope),
      },
    }),
    faults: aim('fail', /^run pipe cat/),
  },
  {
    name: 'the container is not started again',
    executor: 'plex',
    plant: inHost((host) => ({
      exec: (argv, options) =>
        argv[0] === 'docker' && argv.includes('start') ? host.exec(['true']) : host.exec(argv, options),
    })),
    faults: aim('fail', /^run pipe/),
  },
  {
    name: 'a finally is missing',
    executor: 'plex',
    plant: inRun('plex', (executor, part, ctx) => {
      return new Promise((resolve, reject) => {
        const host = givingUp(ctx.host, () => resolve(FAILED));
        executor.run(part, { ...ctx, host }).then(resolve, reject);
      });
    }),
    faults: aim('fail', /^run pipe/),
  },
  {
    name: 'going back makes another number of replicas',
    executor: 'scale',
    plant: inHost((host) => ({
      exec: (argv, options) =>
        host.exec(
          argv.map((arg) => (arg === 'web=1' ? 'web=2' : arg)),
          options,
        ),
    })),
    faults: aim('fail', /^run exec docker compose up/),
  },
  {
    name: 'what holds an image is left without a word',
    executor: 'rollout',
    plant: inHost((host) => ({
      exec: (argv, options) => host.exec(argv[1] === 'rm' ? ['true'] : argv, options),
    })),
    faults: aim('fail', /^run exec docker compose up/),
  },
  {
    name: 'the image of before is called back and is not',
    executor: 'rollout',
    plant: inRun('rollout', async (executor, part, ctx) => {
      const result = await executor.run(part, ctx);
      return { ...result, state: 'rolled_back', summary: [['web runs the image from before again.']] };
    }),
    faults: aim('fail', /^run exec docker rm/),
  },
];

function aim(how: string, what: RegExp): Planted['faults'] {
  return (faults) =>
    faults.filter((fault) => fault.on === 'call' && fault.how === how && what.test(fault.what));
}

function inHost(change: (host: Host) => Partial<Host>): Plant {
  return (deps) => ({
    ...deps,
    hosts: {
      ...deps.hosts,
      open: (scope) => {
        const host = deps.hosts.open(scope);
        const changed = change(host);
        return new Proxy(host, {
          get: (target, name) => Reflect.get(name in changed ? changed : target, name),
        });
      },
    },
  });
}

type Part = Parameters<Executor['run']>[0];

function inRun(
  kind: string,
  run: (executor: Executor, part: Part, ctx: RunContext) => Promise<PartResult>,
): Plant {
  return (deps) => ({
    ...deps,
    executors: new Map(
      [...deps.executors].map(([name, executor]) => [
        name,
        name === kind
          ? { ...executor, run: (part: Part, ctx: RunContext) => run(executor, part, ctx) }
          : executor,
      ]),
    ),
  });
}

/** What a run holds is taken again when it is given back. */
function keeping(leases: CoreDeps['store']['leases']): CoreDeps['store']['leases'] {
  let again = async (): Promise<unknown> => [];
  return {
    acquire: (...args) => {
      again = () => leases.acquire(...args);
      return leases.acquire(...args);
    },
    release: async () => void (await again()),
    list: () => leases.list(),
  };
}

function withoutRow(runs: CoreDeps['store']['runs'], lost: string): CoreDeps['store']['runs'] {
  return new Proxy(runs, {
    get: (target, name) =>
      name === 'appendJournal'
        ? async (id: string, part: number, kind: string, data: never) =>
            kind === lost ? undefined : target.appendJournal(id, part, kind, data)
        : Reflect.get(target, name),
  });
}

/** Each command leaves a process behind that carries the run's mark. */
function leaving(host: Host, { runId }: HostScope): Host {
  return new Proxy(host, {
    get: (target, name) =>
      name === 'exec'
        ? (...args: Parameters<Host['exec']>) => {
            const env = { PATH: process.env.PATH ?? '', CHATOPS_RUN: runId };
            spawn('sleep', ['20'], { detached: true, stdio: 'ignore', env }).unref();
            return target.exec(...args);
          }
        : Reflect.get(target, name),
  });
}

const FAILED: PartResult = {
  state: 'failed',
  reason: 'command_failed',
  summary: [phrase`It failed.`],
  warnings: [],
};

/** After the first command that fails nothing is done any more. */
function givingUp(host: Host, onFailure: () => void): Host {
  let isOver = false;
  const guarded = async <T>(work: () => Promise<T>, ok: (result: T) => boolean): Promise<T> => {
    if (isOver) return new Promise(() => {});
    const result = await work();
    if (ok(result)) return result;
    isOver = true;
    onFailure();
    return new Promise(() => {});
  };
  return new Proxy(host, {
    get: (target, name) => {
      if (name === 'exec') {
        return (...args: Parameters<Host['exec']>) =>
          guarded(
            () => target.exec(...args),
            ({ ok }) => ok,
          );
      }
      if (name === 'pipe') {
        const allOk = (results: readonly ExecResult[]): boolean => results.every(({ ok }) => ok);
        return (...args: Parameters<Host['pipe']>) => guarded(() => target.pipe(...args), allOk);
      }
      return Reflect.get(target, name);
    },
  });
}
