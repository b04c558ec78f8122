import { join } from 'node:path';
import { type App, openApp } from '../../../src/app.js';
import { loadConfig } from '../../../src/config.js';
import type { CoreDeps } from '../../../src/core/ports/deps.js';
import type { Executor } from '../../../src/core/ports/executor.js';
import type { HttpClient } from '../../../src/core/ports/http-client.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { createVmProxmox } from '../../../src/executors/vm-proxmox/executor.js';
import { createHttpClient } from '../../../src/hosts/http.js';
import { QUICK } from '../../executors/plex/quick.js';
import type { Fault } from './fault.js';
import { Injector } from './injector.js';
import { PLANTED } from './planted.js';

/** Where a process works, as plain data: also one of its own is told it. */
export interface Place {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** A defect of `planted.ts`, by its name. */
  readonly planted?: string | undefined;
}

export interface Opened {
  readonly app: App;
  readonly injector: Injector;
  /** Errors that were logged. */
  readonly errors: string[];
}

/** The name of the suite's one intent. */
export const INTENT = 'subject';

/** Opens the core as the program does, on a real store and the real host, with a fault and perhaps a defect in it. */
export async function open(
  { dir, env, planted }: Place,
  fault: Fault,
  { daysAgo = 0 }: { readonly daysAgo?: number } = {},
): Promise<Opened> {
  const whole = {
    ...{ PATH: process.env.PATH ?? '', HOME: dir, LOG_LEVEL: 'fatal' },
    ...{ CHATOPS_DATA_DIR: join(dir, 'data'), CHATOPS_INTENTS_DIR: join(dir, 'intents') },
    ...env,
  };
  const loaded = loadConfig(whole, { cwd: dir, shippedIntents: join(dir, 'intents'), needsDiscord: false });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const injector = new Injector(fault);
  const plant = PLANTED.find(({ name }) => name === planted)?.plant ?? ((deps: CoreDeps) => deps);
  const errors: string[] = [];
  const adapt = (deps: CoreDeps): CoreDeps =>
    plant(
      injector.adapt({
        ...deps,
        executors: new Map([
          ...deps.executors,
          ...quick(env, injector).map((one) => [one.kind, one] as const),
        ]),
        log: {
          ...deps.log,
          error: (fields: object, message: string) => {
            errors.push(`${message}: ${'err' in fields ? String(fields.err) : JSON.stringify(fields)}`);
          },
        },
        now: () => new Date(Date.now() - daysAgo * 86_400_000),
      }),
    );
  const app = await openApp(loaded.config, whole, { watch: false, adapt });
  return { app, injector, errors };
}

/** The executors whose waits are long in real life, with short ones. */
function quick(env: Place['env'], injector: Injector): readonly Executor[] {
  const { PVE_API_URL: url, PVE_API_TOKEN: token, TEST_PVE_CA: ca } = env;
  const plex = createPlex(QUICK) as unknown as Executor;
  if (url === undefined || token === undefined || ca === undefined) return [plex];
  const client: HttpClient = createHttpClient({ ca, resolveSecret: () => token });
  const api = { url, http: injector.http(client), token: { secret: 'PVE_API_TOKEN' } };
  const settings = { api, pollMs: 5, patienceMs: 500, stopMs: 500, dryRunOldestMs: 0 };
  return [plex, createVmProxmox(settings) as unknown as Executor];
}
