import { canonicalJson } from '../../../core/text/canonical.js';
import { nanoseconds } from './go-duration.js';
import type { Defaults, Made } from './inspected.js';
import type { Rendered } from './rendered.js';
import { type Around, type Compare, ifSaid, members, type Setting, settings, single } from './setting.js';

/** What a container runs, and as whom. */
export const compareProcess: Compare = (service, made, around) => {
  const { Config: config, HostConfig: host } = made;
  const { defaults } = around;
  const startsAlone = (service.entrypoint ?? []).length > 0;
  const command = service.command?.length ? service.command : startsAlone ? null : defaults?.Cmd;
  const entrypoint = service.entrypoint ?? defaults?.Entrypoint;
  return [
    ...variables(service, made, around),
    ...labels(service, made, around),
    ...fromImage(around, service.command, single('hidden', 'command', list(command), list(config.Cmd))),
    ...fromImage(
      around,
      service.entrypoint,
      single('hidden', 'entrypoint', list(entrypoint), list(config.Entrypoint)),
    ),
    ...fromImage(around, service.user, single('user', 'user', service.user || defaults?.User, config.User)),
    ...fromImage(
      around,
      service.working_dir,
      single(
        'plain',
        'working directory',
        service.working_dir || defaults?.WorkingDir || '/',
        config.WorkingDir || '/',
      ),
    ),
    ...fromImage(
      around,
      service.healthcheck,
      single('hidden', 'health check', health(service, defaults), healthOf(config.Healthcheck)),
    ),
    ...ifSaid('plain', 'hostname', service.hostname, config.Hostname),
    ...ifSaid('plain', 'domain name', service.domainname, config.Domainname),
    ...ifSaid('plain', 'stop signal', service.stop_signal, config.StopSignal),
    single('plain', 'stop grace period', seconds(service.stop_grace_period), config.StopTimeout),
    single('plain', 'init', flag(service.init), flag(host.Init)),
    single('plain', 'terminal', flag(service.tty), flag(config.Tty)),
    single('plain', 'open input', flag(service.stdin_open), flag(config.OpenStdin)),
    ...exposed(service, made, around),
  ];
};

/** A setting that the image may have given: without the image only what the file says can be compared. */
function fromImage({ defaults }: Around, said: unknown, setting: Setting): readonly Setting[] {
  return defaults === null && (said === null || said === undefined) ? [] : [setting];
}

function variables(service: Rendered, { Config: { Env } }: Made, { defaults }: Around): readonly Setting[] {
  const own = Object.entries(service.environment ?? {}).map(([name, value]) => entry(name, value));
  const wanted = new Map([...entries(defaults?.Env), ...own]);
  const has = entries(Env);
  const known = defaults === null ? [...has].filter(([name]) => wanted.has(name)) : [...has];
  return settings('variable', wanted, new Map(known));
}

/** A variable without a value is taken out of the image's, and is another thing than an empty one. */
function entry(name: string, value: string | null): readonly [string, string] {
  return [name, value === null ? 'unset' : `=${value}`];
}

function entries(env: readonly string[] | null | undefined): ReadonlyMap<string, string> {
  return new Map(
    (env ?? []).map((text) => {
      const at = text.indexOf('=');
      return at === -1 ? entry(text, null) : entry(text.slice(0, at), text.slice(at + 1));
    }),
  );
}

const COMPOSE = 'com.docker.compose.';

function labels(service: Rendered, { Config: { Labels } }: Made, { defaults }: Around): readonly Setting[] {
  const own = Object.entries(service.labels ?? {}).map(([name, value]) => [name, value ?? ''] as const);
  const all = new Map([...Object.entries(defaults?.Labels ?? {}), ...own]);
  const isOwn = ([name]: readonly [string, string]): boolean => !name.startsWith(COMPOSE);
  const has = Object.entries(Labels ?? {}).filter(isOwn);
  const known = defaults === null ? has.filter(([name]) => all.has(name)) : has;
  return settings('label', new Map([...all].filter(isOwn)), new Map(known));
}

function exposed(service: Rendered, { Config }: Made, { defaults }: Around): readonly Setting[] {
  if (defaults === null) return [];
  const plain = (port: string): string => port.replace(/\/tcp$/, '');
  const published = (service.ports ?? []).map(({ target, protocol }) =>
    plain(`${target}/${protocol ?? 'tcp'}`),
  );
  const other = (ports: readonly string[]): readonly string[] =>
    ports.map(plain).filter((port) => !published.includes(port));
  const wanted = [...(service.expose ?? []), ...Object.keys(defaults.ExposedPorts ?? {})];
  return members('exposed', other(wanted), other(Object.keys(Config.ExposedPorts ?? {})));
}

function health({ healthcheck }: Rendered, defaults: Defaults | null): string | null {
  if (!healthcheck) return healthOf(defaults?.Healthcheck);
  if (healthcheck.disable) return healthOf({ Test: ['NONE'] });
  const image = defaults?.Healthcheck;
  return healthOf({
    Test: healthcheck.test?.length ? healthcheck.test : image?.Test,
    Interval: nanoseconds(healthcheck.interval) || image?.Interval,
    Timeout: nanoseconds(healthcheck.timeout) || image?.Timeout,
    StartPeriod: nanoseconds(healthcheck.start_period) || image?.StartPeriod,
    Retries: healthcheck.retries || image?.Retries,
  });
}

function healthOf(check: Defaults['Healthcheck']): string | null {
  if (!check?.Test?.length) return null;
  if (check.Test[0] === 'NONE') return 'none';
  const { Test, Interval, Timeout, StartPeriod, Retries } = check;
  return canonicalJson([Test, Interval || 0, Timeout || 0, StartPeriod || 0, Retries || 0]);
}

function list(words: readonly string[] | null | undefined): string | null {
  return words && words.length > 0 ? JSON.stringify(words) : null;
}

function seconds(duration: string | null | undefined): number {
  return Math.ceil(nanoseconds(duration) / 1e9);
}

function flag(value: boolean | null | undefined): string | null {
  return value ? 'on' : null;
}
