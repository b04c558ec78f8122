import type { ExecResult } from '../../core/ports/host.js';

/** Why a registry gave no answer about an image. */
export type Cause =
  /** 404. */
  | 'missing'
  /** 401. */
  | 'login'
  /** 403. */
  | 'denied'
  /** 429. */
  | 'limited'
  /** 5xx. */
  | 'broken'
  | 'untrusted'
  | 'no_name'
  | 'unreachable'
  | 'misnamed';

export interface Refusal {
  readonly cause: Cause;
  /** How long to wait, where the registry tells. */
  readonly waitMs: number | null;
}

/** In the order in which they are tried: a registry that lets nobody in often adds that the image may not exist. */
const SIGNS: readonly (readonly [Cause, RegExp])[] = [
  ['limited', /toomanyrequests|too many requests|rate limit/i],
  ['login', /unauthorized|authentication required|no basic auth credentials|incorrect username or password/i],
  ['denied', /\bdenied\b|forbidden/i],
  ['missing', /manifest unknown|name unknown|manifest_unknown|name_unknown|not found|no matching manifest/i],
  ['misnamed', /invalid reference format|repository name must be lowercase/i],
  ['untrusted', /x509:|certificate|server gave HTTP response to HTTPS client|tls: /i],
  [
    'broken',
    /(?:http status|status code|unexpected status)[^0-9]{0,40}5\d\d|internal server error|bad gateway|service unavailable|gateway time-?out/i,
  ],
  ['no_name', /no such host|server misbehaving/i],
];

/** What the end of a command that asked a registry means. Messages are English (LC_ALL), and the engine's. */
export function refusalOf({ stderr, timedOut }: Pick<ExecResult, 'stderr' | 'timedOut'>): Refusal {
  if (timedOut) return { cause: 'unreachable', waitMs: null };
  // Before that stands the image's name, which may say anything.
  const said = stderr.slice(Math.max(0, stderr.indexOf('Error response from daemon:')));
  const cause = SIGNS.find(([, pattern]) => pattern.test(said))?.[0] ?? 'unreachable';
  return { cause, waitMs: cause === 'limited' ? waitIn(said) : null };
}

const UNIT_MS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000 };

/** `retry-after: 45s`, as GitHub’s registry words it. It also gives microseconds, which are no time to tell. */
function waitIn(stderr: string): number | null {
  const [, count, unit = ''] = /retry-after:?\s*([\d.]+)\s*([a-zµ]*)/i.exec(stderr) ?? [];
  const ms = Number(count) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  return ms >= 1000 ? ms : null;
}
