import * as z from 'zod';
import type { ExecResult, Host } from '../../core/ports/host.js';
import { lastLine } from '../shared/wording.js';

/** What `docker container inspect` says of one container, as far as executors need it. */
export interface Container {
  /** 64 hex digits. */
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** The id of the image that it was made from: `sha256:…`. */
  readonly imageId: string;
  /** The image as it was named when the container was made. */
  readonly imageRef: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Docker's own flag: also true while paused or restarting. */
  readonly running: boolean;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; year 1 for a container that never ran. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of its first process, on the engine's host; 0 when it does not run. */
  readonly pid: number;
  /** How often its restart policy has started it again. */
  readonly restarts: number;
  readonly exitCode: number;
  /** The engine, or the kernel for it, ended it because it needed too much memory. */
  readonly outOfMemory: boolean;
  /** `no`, `always`, `unless-stopped`, `on-failure`. */
  readonly restartPolicy: string;
  /** Seconds between the engine's SIGTERM and its SIGKILL when it is stopped. */
  readonly stopSeconds: number;
  /** Why it could not be started; mostly empty. Hostile text. */
  readonly error: string;
  /** `none`: it has no health check. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** What the last health check said. Hostile text. */
  readonly healthOutput: string;
  /** How many health checks in a row failed, until now. */
  readonly failingStreak: number;
  /** When the last health check ended, RFC 3339; empty before the first one. */
  readonly checkedAt: string;
  /** How its health is checked; null: it has no check. */
  readonly check: HealthCheck | null;
  readonly mounts: readonly ContainerMount[];
  /** A file that the engine keeps for it, as a path on the engine's host; empty before the first start. */
  readonly hostsPath: string;
  /** Made with --rm: Docker removes it once it has stopped. */
  readonly autoRemove: boolean;
  /** Ids or names of the containers whose network, process or IPC namespace it uses. */
  readonly namespaces: readonly string[];
  /** Names and addresses under which others in its networks reach it. */
  readonly addresses: readonly string[];
  /** Where the engine keeps what it writes, on the engine's host; empty where the storage driver doesn't say. */
  readonly upperFolder: string;
  /** Paths in the container whose files are in memory, and gone when it stops. */
  readonly tmpfs: readonly string[];
}

/** The times of a health check, in ms. */
export interface HealthCheck {
  /** Failures within this time after the start don't count. */
  readonly startPeriodMs: number;
  readonly intervalMs: number;
  /** So many failures in a row make it unhealthy. */
  readonly retries: number;
}

export interface ContainerMount {
  readonly type: string;
  /** A volume's; else empty. */
  readonly name: string;
  readonly writable: boolean;
  /** Path on the host. */
  readonly source: string;
  /** Path in the container. */
  readonly destination: string;
}

/** `why` is what docker said, in one line; `isSilent`: it said nothing until its deadline. */
export type Inspected<T> =
  | { readonly state: 'found'; readonly value: T }
  | { readonly state: 'missing' }
  | { readonly state: 'failed'; readonly why: string; readonly isSilent?: true };

/** Looks one container up by name or id. Reads only; goes on when the run is stopped. */
export async function inspectContainer(host: Host, nameOrId: string): Promise<Inspected<Container>> {
  const all = await inspectContainers(host, [nameOrId]);
  if (all.state !== 'found') return all;
  const [value] = all.value;
  return value ? { state: 'found', value } : { state: 'missing' };
}

/** The same, where some have just been looked at: those aren't looked at again. */
export async function amongOrInspected(
  host: Host,
  among: readonly Container[],
  nameOrId: string,
): Promise<Inspected<Container>> {
  const value = among.find(({ id, name }) => name === nameOrId || id === nameOrId);
  return value ? { state: 'found', value } : inspectContainer(host, nameOrId);
}

/** The same for several; `missing` when one of them is not there. */
export async function inspectContainers(
  host: Host,
  namesOrIds: readonly string[],
): Promise<Inspected<readonly Container[]>> {
  if (namesOrIds.length === 0) return { state: 'found', value: [] };
  const result = await host.exec(['docker', 'container', 'inspect', '--', ...namesOrIds], READ);
  if (!result.ok) return failure(result);
  return { state: 'found', value: z.array(RAW).parse(JSON.parse(result.stdout)).map(containerOf) };
}

/**
 * All that `docker ps` lists with these options and that is still there when it is looked at. Reads only; goes on when the
 * run is stopped.
 */
export async function listContainers(
  host: Host,
  options: readonly string[],
): Promise<Inspected<readonly Container[]>> {
  const listed = await host.exec(['docker', 'ps', '-q', '--no-trunc', ...options], READ);
  if (!listed.ok) return failure(listed);
  const ids = listed.stdout.split('\n').filter(Boolean);
  if (ids.length === 0) return { state: 'found', value: [] };
  const result = await host.exec(['docker', 'container', 'inspect', '--', ...ids], READ);
  const failed = result.ok ? null : failure(result);
  if (failed?.state === 'failed') return failed;
  // It tells of the others, too, when one was removed between the two commands.
  return { state: 'found', value: z.array(RAW).parse(JSON.parse(result.stdout)).map(containerOf) };
}

/** For commands that only read and may also be needed after a stop, which nobody waits for a minute. */
export const READ = {
  log: 'none',
  keep: 64 * 1024 * 1024,
  timeoutMs: 60_000,
  uninterruptible: true,
  afterStopMs: 5000,
} as const;

/** What a docker command that failed means: the thing is not there, or docker's own words. */
export function failure(result: ExecResult): Exclude<Inspected<never>, { state: 'found' }> {
  if (/No such (container|image|object)/i.test(result.stderr)) return { state: 'missing' };
  return { state: 'failed', why: whyFailed(result), ...(result.timedOut ? { isSilent: true } : {}) };
}

/** Why a docker command failed, in one line of its own words, to stand inside a sentence. */
export function whyFailed(result: ExecResult): string {
  if (result.notFound) return 'docker is not installed';
  if (result.timedOut || result.stopped) return 'docker did not answer in time';
  return (
    lastLine(result.stderr).replace(/[.?!]+$/, '') ||
    `exit code ${result.exitCode ?? result.signal ?? 'unknown'}`
  );
}

/** The engine's own, where a container names none. */
const STOP_SECONDS = 10;

const RAW = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Created: z.string().default(''),
  RestartCount: z.number(),
  State: z.object({
    Status: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
    Running: z.boolean(),
    ExitCode: z.number(),
    OOMKilled: z.boolean().default(false),
    Pid: z.number().default(0),
    Error: z.string().default(''),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z
      .object({
        Status: z.enum(['none', 'starting', 'healthy', 'unhealthy', '']),
        FailingStreak: z.number().default(0),
        Log: z.array(z.object({ Output: z.string(), End: z.string().default('') })).nullish(),
      })
      .nullish(),
  }),
  HostsPath: z.string().default(''),
  HostConfig: z
    .object({
      AutoRemove: z.boolean().default(false),
      RestartPolicy: z.object({ Name: z.string() }).nullish(),
      NetworkMode: z.string().default(''),
      PidMode: z.string().default(''),
      IpcMode: z.string().default(''),
      Tmpfs: z.record(z.string(), z.string()).nullish(),
    })
    .default({ AutoRemove: false, NetworkMode: '', PidMode: '', IpcMode: '' }),
  GraphDriver: z.object({ Data: z.record(z.string(), z.string()).nullish() }).nullish(),
  NetworkSettings: z
    .object({
      Networks: z
        .record(
          z.string(),
          z.object({ Aliases: z.array(z.string()).nullish(), IPAddress: z.string().nullish() }),
        )
        .nullish(),
    })
    .nullish(),
  Config: z.object({
    Image: z.string(),
    Labels: z.record(z.string(), z.string()).nullable(),
    StopTimeout: z.number().nullish(),
    Healthcheck: z
      .object({
        Test: z.array(z.string()).nullish(),
        StartPeriod: z.number().default(0),
        Interval: z.number().default(0),
        Retries: z.number().default(0),
      })
      .nullish(),
  }),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().default(''),
        Source: z.string().default(''),
        Destination: z.string(),
        RW: z.boolean().default(true),
      }),
    )
    .nullish(),
});

/** The engine's own, where a check names none. */
const CHECK = { intervalMs: 30_000, retries: 3 };

function checkOf(raw: z.output<typeof RAW>['Config']['Healthcheck']): HealthCheck | null {
  if (!raw?.Test?.length || raw.Test[0] === 'NONE') return null;
  return {
    startPeriodMs: raw.StartPeriod / 1e6,
    intervalMs: raw.Interval / 1e6 || CHECK.intervalMs,
    retries: raw.Retries || CHECK.retries,
  };
}

function containerOf(raw: z.output<typeof RAW>): Container {
  const { State: state } = raw;
  return {
    id: raw.Id,
    name: raw.Name.replace(/^\//, ''),
    imageId: raw.Image,
    imageRef: raw.Config.Image,
    labels: raw.Config.Labels ?? {},
    status: state.Status,
    running: state.Running,
    createdAt: raw.Created,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    pid: state.Pid,
    restarts: raw.RestartCount,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    restartPolicy: raw.HostConfig.RestartPolicy?.Name || 'no',
    stopSeconds: raw.Config.StopTimeout ?? STOP_SECONDS,
    error: state.Error,
    health: state.Health?.Status || 'none',
    healthOutput: state.Health?.Log?.at(-1)?.Output ?? '',
    failingStreak: state.Health?.FailingStreak ?? 0,
    checkedAt: state.Health?.Log?.at(-1)?.End ?? '',
    check: checkOf(raw.Config.Healthcheck),
    mounts: (raw.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      name: mount.Name,
      writable: mount.RW,
      source: mount.Source,
      destination: mount.Destination,
    })),
    hostsPath: raw.HostsPath,
    autoRemove: raw.HostConfig.AutoRemove,
    namespaces: [raw.HostConfig.NetworkMode, raw.HostConfig.PidMode, raw.HostConfig.IpcMode].flatMap(
      (mode) => (mode.startsWith('container:') ? [mode.slice('container:'.length)] : []),
    ),
    addresses: addressesOf(raw),
    upperFolder: raw.GraphDriver?.Data?.UpperDir ?? '',
    tmpfs: [
      ...Object.keys(raw.HostConfig.Tmpfs ?? {}),
      ...(raw.Mounts ?? []).filter(({ Type }) => Type === 'tmpfs').map(({ Destination }) => Destination),
    ],
  };
}

function addressesOf({ Name, NetworkSettings }: z.output<typeof RAW>): readonly string[] {
  const networks = Object.values(NetworkSettings?.Networks ?? {});
  const given = networks.flatMap(({ Aliases, IPAddress }) => [...(Aliases ?? []), IPAddress ?? '']);
  return [Name.replace(/^\//, ''), ...given].filter((one) => one !== '');
}
