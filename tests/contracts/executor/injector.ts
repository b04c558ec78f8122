import type { Arg } from '../../../src/core/model/plan.js';
import type { CoreDeps } from '../../../src/core/ports/deps.js';
import { type Host, HostError, type Hosts } from '../../../src/core/ports/host.js';
import { type HttpClient, HttpClientError, type HttpResponse } from '../../../src/core/ports/http-client.js';
import { type Store, StoreError } from '../../../src/core/ports/store.js';
import type { Call, Fault, Recording } from './fault.js';

/** What a hanging call waits for its deadline, in ms: the deadlines of real life are the same with more patience. */
const DEADLINE_MS = 250;
/** How long a command works before its process is killed, in ms. */
const DURING_MS = 40;
const FAILING = ['sh', '-c', 'echo "injected: it failed" >&2; exit 1'] as const;
/** What of a store can't be done while its disk is full. */
const WRITES = new Set(
  'insert transition patch claim writeLog appendJournal remember acquire release take lift beat remove add markDeleted append raise note enroll record trim'.split(
    ' ',
  ),
);
const HANGING = ['sleep', '1000'] as const;

/** Counts what one process asks of its hosts, services and journal, and does one thing wrong. */
export class Injector {
  readonly calls: Call[] = [];
  readonly rows: string[] = [];
  phase: Call['phase'] = 'plan';
  /** Stops the run; set once there is one. */
  stop: () => Promise<void> = async () => {};
  /** When something was asked or answered last. */
  lastActivity = Date.now();
  #storeIsDown = false;
  #inFlight = 0;
  /** How many calls there were of each kind. */
  readonly #seen = new Map<string, number>();

  constructor(private readonly fault: Fault) {}

  get recording(): Recording {
    return { calls: this.calls, rows: this.rows };
  }

  get storeIsDown(): boolean {
    return this.#storeIsDown;
  }

  /** Nothing has been asked for this long, in ms, and nothing is under way. */
  isQuiet(ms: number): boolean {
    return this.#inFlight === 0 && Date.now() - this.lastActivity > ms;
  }

  /** The store can be written again. */
  heal(): void {
    this.#storeIsDown = false;
  }

  adapt(deps: CoreDeps): CoreDeps {
    return { ...deps, hosts: this.#hosts(deps.hosts), store: this.#store(deps.store) };
  }

  http(client: HttpClient): HttpClient {
    return {
      request: (request) => {
        const { pathname } = new URL(request.url);
        const real = (): Promise<HttpResponse> => client.request(request);
        return this.#call({ kind: 'request', what: `${request.method} ${pathname}` }, real, {
          fail: async () => ({ status: 500, statusText: 'injected', headers: {}, body: '{"data":null}' }),
          hang: async () => {
            await wait(DEADLINE_MS);
            throw new HttpClientError('timeout', 'There was no answer in time.', true);
          },
          lost: async () => {
            await real();
            throw new HttpClientError('unreachable', 'The connection broke.', true);
          },
        });
      },
    };
  }

  #hosts(hosts: Hosts): Hosts {
    return {
      open: (scope) => this.#host(hosts.open(scope)),
      placeOf: hosts.placeOf,
      self: () => hosts.self(),
      liveness: (identity) => hosts.liveness(identity),
      endLeftovers: (runId, children) => hosts.endLeftovers(runId, children),
    };
  }

  #host(host: Host): Host {
    const commands: Pick<Host, 'exec' | 'pipe'> = {
      exec: (argv, options = {}) =>
        this.#call({ kind: 'command', what: `exec ${nameOf(argv)}` }, () => host.exec(argv, options), {
          fail: () => host.exec(FAILING, options),
          hang: () => host.exec(HANGING, { ...options, timeoutMs: DEADLINE_MS }),
        }),
      pipe: (argvs, file, options = {}) => {
        const what = `pipe ${argvs.map((argv) => nameOf(argv)).join(' | ')}`;
        const all = (argv: readonly Arg[]): readonly (readonly Arg[])[] => argvs.map(() => argv);
        return this.#call({ kind: 'command', what }, () => host.pipe(argvs, file, options), {
          fail: () => host.pipe(all(FAILING), file, options),
          hang: () => host.pipe(all(HANGING), file, { ...options, timeoutMs: DEADLINE_MS }),
        });
      },
    };
    return new Proxy(host, {
      get: (target, name: keyof Host) => {
        const member = target[name];
        if (name === 'exec' || name === 'pipe') return commands[name];
        // Programs are asked what they are each time, so that the calls of all rounds are the same.
        if (name === 'programMark') return undefined;
        if (typeof member !== 'function') return member;
        const operation = member as (path: string, ...rest: unknown[]) => Promise<unknown>;
        return (path: string, ...rest: unknown[]) =>
          this.#call({ kind: 'file', what: name }, () => operation.call(target, path, ...rest), {
            fail: () =>
              Promise.reject(new HostError(this.#code(), path, `${this.#code()}: injected, ${path}`)),
            hang: async () => {
              await wait(DEADLINE_MS);
              throw new HostError('ETIMEDOUT', path, `${path} doesn’t answer`);
            },
          });
      },
    });
  }

  #code(): string {
    return this.fault.on === 'call' ? this.fault.code : 'EIO';
  }

  async #call<T>(
    call: Omit<Call, 'phase'>,
    real: () => Promise<T>,
    wrong: { fail(): Promise<T>; hang(): Promise<T>; lost?(): Promise<T> },
  ): Promise<T> {
    const what = `${this.phase} ${call.what}`;
    const nth = this.#seen.get(what) ?? 0;
    this.#seen.set(what, nth + 1);
    this.calls.push({ ...call, what, phase: this.phase });
    this.#inFlight += 1;
    this.lastActivity = Date.now();
    try {
      const { fault } = this;
      if (fault.on !== 'call' || fault.what !== what || fault.nth !== nth) return await real();
      const { how } = fault;
      if (how === 'kill') die();
      if (how === 'kill-during') setTimeout(die, DURING_MS);
      if (how === 'stop') await this.stop();
      return await (how === 'fail' || how === 'hang'
        ? wrong[how]()
        : how === 'lost'
          ? (wrong.lost ?? real)()
          : real());
    } finally {
      this.#inFlight -= 1;
      this.lastActivity = Date.now();
    }
  }

  #store(store: Store): Store {
    const down = <T extends object>(part: T): T =>
      new Proxy(part, {
        get: (target, name) => {
          const member = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            if (this.#storeIsDown && WRITES.has(String(name))) return Promise.reject(fullDisk());
            return member.apply(target, args);
          };
        },
      });
    const runs = down(store.runs);
    const parts = Object.fromEntries(
      Object.entries(store).map(([name, part]) => [
        name,
        typeof part === 'object' && part ? down(part) : part,
      ]),
    );
    return {
      ...(parts as unknown as Store),
      runs: new Proxy(runs, {
        get: (target, name) =>
          name === 'appendJournal'
            ? (id: string, part: number, kind: string, data: never) =>
                this.#row(kind, () => target.appendJournal(id, part, kind, data))
            : Reflect.get(target, name),
      }),
      close: () => store.close(),
    };
  }

  async #row(kind: string, write: () => Promise<void>): Promise<void> {
    const at = this.rows.length;
    this.rows.push(kind);
    this.lastActivity = Date.now();
    if (this.fault.on !== 'row' || this.fault.at !== at) return write();
    const { how } = this.fault;
    if (how === 'kill-before') die();
    if (how === 'from-on') this.#storeIsDown = true;
    if (how === 'after' || how === 'kill-after') await write();
    if (how === 'kill-after') die();
    throw fullDisk();
  }
}

function fullDisk(): StoreError {
  return new StoreError('The database can’t be written: the disk of the data directory is full.', {
    fault: 'full',
  });
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The program and, when it is a word, its verb: `docker stop`, `tar`. */
function nameOf(argv: readonly Arg[]): string {
  const [program = '', ...rest] = argv.map((arg) => (typeof arg === 'string' ? arg : '…'));
  const verb = program === 'docker' ? rest.filter((arg) => /^[a-z]+$/.test(arg)).slice(0, 2) : [];
  return [program, ...verb].join(' ');
}
