import type { Argv } from '../core/model/plan.js';
import type { ExecOptions, ExecResult } from '../core/ports/host.js';

/** One thing outside that a command asks, and how to tell from the command's end that it did not answer. */
export interface CommandTarget {
  readonly name: string;
  /** The command only looks something up there, so it can be repeated. */
  readonly repeatable?: boolean;
  /** Why it did not answer; null: it did. Only asked of a command that failed by itself. */
  readonly silence: (result: ExecResult) => string | null;
}

const ENGINE_AWAY =
  /cannot connect to the docker daemon|error during connect|is the docker daemon running|docker daemon is not running|dial unix|connection reset by peer.*docker\.sock/i;
/** What the engine says of a registry that it can't reach, or that is broken. */
const REGISTRY_AWAY =
  /dial tcp|i\/o timeout|tls handshake timeout|connection (?:refused|reset)|no such host|server misbehaving|no route to host|network is unreachable|client\.timeout|context deadline exceeded|unexpected eof|(?:unexpected http status|status code|unexpected status)[^0-9]{0,40}5\d\d|received unexpected HTTP status: 5|http2: server sent goaway|internal server error|bad gateway|service unavailable|gateway time-?out/i;
const PROXMOX_AWAY = /ipcc_send_rec|connection refused|connection timed out|no route to host|got timeout/i;
/** An ssh that was answered, and let nobody in. */
const SSH_ANSWERED = /permission denied|host key verification failed|too many authentication failures/i;
/** rsync(1): errors in socket I/O, timeouts, and what ssh ends with. */
const RSYNC_AWAY: readonly (number | null)[] = [10, 30, 35, 255];
/** rsync(1): the stream ended. rsync reports this instead of 255 when it notices that before ssh's own end. */
const STREAM_ENDED = 12;
const SSH_AWAY = /^ssh: (?:connect to host|could not resolve hostname)/im;

/** What a command asks outside of this process. */
export function targetsOf(
  argv: Argv,
  { stdin }: Pick<ExecOptions, 'stdin'>,
  dockerHost: string | undefined,
): readonly CommandTarget[] {
  const [program = '', ...args] = argv.map((arg) => (typeof arg === 'string' ? arg : ''));
  switch (program) {
    case 'docker':
      return [engine(dockerHost), ...registriesOf(args, stdin).map(registry)];
    case 'rsync':
      return args.flatMap((arg) => remoteOf(arg) ?? []).map(remote);
    case 'pvesh':
    case 'vzdump':
      return [{ name: 'proxmox:local', silence: saying(PROXMOX_AWAY) }];
    default:
      return [];
  }
}

function saying(pattern: RegExp): CommandTarget['silence'] {
  return ({ stderr }) => (pattern.test(stderr) ? lastLine(stderr) : null);
}

function engine(dockerHost = ''): CommandTarget {
  const place = /^(?:tcp|ssh|https?):\/\/(?:[^@/]*@)?([^/]+)/.exec(dockerHost)?.[1] ?? 'local';
  return { name: `docker:${place.toLowerCase()}`, silence: saying(ENGINE_AWAY) };
}

function registry({ host, repeatable }: { host: string; repeatable: boolean }): CommandTarget {
  return {
    name: `registry:${host}`,
    repeatable,
    // An engine that is away says nothing of the registry, and is no answer of it either.
    silence: (result) => (ENGINE_AWAY.test(result.stderr) ? null : saying(REGISTRY_AWAY)(result)),
  };
}

/** The registries of `docker pull`, and of what Compose pulls or looks up for its standard input. */
function registriesOf(
  args: readonly string[],
  stdin: ExecOptions['stdin'],
): { host: string; repeatable: boolean }[] {
  if (args[0] === 'pull') return [{ host: registryOf(args.at(-1) ?? ''), repeatable: false }];
  const repeatable = args.includes('--resolve-image-digests');
  const isPull = args[0] === 'compose' && args.at(-1) === 'pull';
  if ((!repeatable && !isPull) || typeof stdin !== 'string') return [];
  const images = [...stdin.matchAll(/"image":"([^"]+)"/g)].map((match) => match[1] ?? '');
  return [...new Set(images.map(registryOf))].map((host) => ({ host, repeatable }));
}

/** As Docker reads a name: what stands before the first slash is a registry when it looks like a host. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first.toLowerCase() : 'docker.io';
}

/** The other end of a source or destination of rsync: `host:path`, `host::module` or `rsync://host/…`. */
function remoteOf(arg: string): string | null {
  if (arg.startsWith('-') || arg.startsWith('/')) return null;
  const daemon = /^rsync:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^/:]+)/.exec(arg)?.[1];
  if (daemon) return `rsync:${daemon.toLowerCase()}`;
  const [, host, second] = /^(?:[^/:@]*@)?(\[[^\]]+\]|[^/:@[]+):(:?)/.exec(arg) ?? [];
  return host ? `${second ? 'rsync' : 'ssh'}:${host.toLowerCase()}` : null;
}

function remote(name: string): CommandTarget {
  return {
    name,
    silence: ({ exitCode, stderr }) => {
      const isAway = RSYNC_AWAY.includes(exitCode) || (exitCode === STREAM_ENDED && SSH_AWAY.test(stderr));
      return isAway && !SSH_ANSWERED.test(stderr) ? firstLine(stderr) : null;
    },
  };
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? 'no answer';
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'no answer';
}
