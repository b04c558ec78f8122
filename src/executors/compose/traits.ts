import * as z from 'zod';

/** What of a service's configuration decides when it is fine, and what depends on it. */
export interface ServiceTraits {
  readonly dependencies: readonly Dependency[];
  /** `restart: "no"` is written down, and it offers nothing to anybody: a job that ends. */
  readonly isJob: boolean;
  /** The times of its health check that the file names, in ms; null: it names no check. */
  readonly check: CheckTimes | null;
  /** Containers, by name or id, whose network, process or IPC namespace it uses: `container:<name>`. */
  readonly usesContainers: readonly string[];
}

export interface Dependency {
  readonly service: string;
  /** `service_started`, `service_healthy` or `service_completed_successfully`. */
  readonly condition: string;
  /** Restarted once the other one was replaced. */
  readonly restart: boolean;
}

export interface CheckTimes {
  readonly startPeriodMs?: number;
  readonly intervalMs?: number;
  readonly retries?: number;
}

export const TRAITS = {
  restart: z.string().optional(),
  depends_on: z
    .record(
      z.string(),
      z.looseObject({ condition: z.string().optional(), restart: z.boolean().optional() }).nullish(),
    )
    .nullish(),
  healthcheck: z
    .looseObject({
      disable: z.boolean().optional(),
      start_period: z.string().optional(),
      interval: z.string().optional(),
      retries: z.number().optional(),
    })
    .nullish(),
  network_mode: z.string().optional(),
  pid: z.string().optional(),
  ipc: z.string().optional(),
  ports: z.array(z.object({ published: z.coerce.string().optional() })).nullish(),
};
const SHAPE = z.object(TRAITS);

export function traitsOf(raw: z.output<typeof SHAPE>): ServiceTraits {
  const { restart, depends_on: needs, healthcheck, ports } = raw;
  const hasCheck = healthcheck != null && healthcheck.disable !== true;
  return {
    dependencies: Object.entries(needs ?? {}).map(([service, need]) => ({
      service,
      condition: need?.condition ?? 'service_started',
      restart: need?.restart ?? false,
    })),
    isJob: restart === 'no' && !hasCheck && (ports ?? []).length === 0,
    check: hasCheck ? timesOf(healthcheck) : null,
    usesContainers: [raw.network_mode, raw.pid, raw.ipc].flatMap((mode) =>
      mode?.startsWith('container:') ? [mode.slice('container:'.length)] : [],
    ),
  };
}

function timesOf(raw: NonNullable<z.output<typeof SHAPE>['healthcheck']>): CheckTimes {
  const { start_period: start, interval, retries } = raw;
  return {
    ...(start === undefined ? {} : { startPeriodMs: msOf(start) }),
    ...(interval === undefined ? {} : { intervalMs: msOf(interval) }),
    ...(retries === undefined ? {} : { retries }),
  };
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `1m30s`, as Go writes durations. */
function msOf(duration: string): number {
  return [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
    (sum, [, number = '0', unit = 's']) => sum + Number(number) * (UNITS[unit] ?? 0),
    0,
  );
}
