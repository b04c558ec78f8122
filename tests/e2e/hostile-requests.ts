/** A request as it goes over the wire. */
export interface Hostile {
  readonly kind: string;
  readonly bytes: string;
}

/** A stream of numbers that is the same for the same seed: a failure can be repeated. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // Mulberry32, a small public-domain generator.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PATHS = ['/run', '/orchestrate', '/validate', '/webhook/github', '/webhook/gitlab'];
const NAMES = [
  '../../etc/passwd',
  '..\\..\\windows',
  '/etc/shadow',
  'photos/../photos',
  'photos\u0000.yaml',
  '--help',
  '$(reboot)',
  '`id`',
  '%2e%2e%2f',
  '\u202egnp.exe',
  '\ud800',
  'x'.repeat(5000),
  '__proto__',
  'constructor',
  'toString',
  '',
  ' photos',
  'Photos',
  'photos ',
];
const SCRAPS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '1e999',
  '-',
  'null',
  'true',
  '\u0000',
  '\ufeff',
  'é',
  '"a"',
];

/** One hostile request; `key` is a good one, which some of them carry. */
export function hostileRequest(random: (below: number) => number, key: string): Hostile {
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;
  const name = (): string => pick(NAMES);
  const keyed = (): string => (random(4) === 0 ? pick(['', 'wrong', `${key}x`, '\u00ff']) : key);
  const post = (kind: string, path: string, body: string, more: readonly string[] = []): Hostile => ({
    kind,
    bytes: request('POST', path, body, [`X-API-Key: ${keyed()}`, 'Content-Type: application/json', ...more]),
  });
  const get = (kind: string, path: string, more: readonly string[] = []): Hostile => ({
    kind,
    bytes: request(pick(['GET', 'GET', 'DELETE', 'PUT', 'OPTIONS', 'TRACE']), path, '', [
      `X-API-Key: ${keyed()}`,
      ...more,
    ]),
  });
  const text = (length: number): string =>
    Array.from({ length }, () => pick([...SCRAPS, ...NAMES.slice(0, 5)])).join('');
  const address = (): string => `${random(256)}.${random(256)}.${random(256)}.${random(256)}`;

  switch (random(14)) {
    case 0:
      return post('random text', pick(PATHS), text(random(60)));
    case 1:
      return post('changed JSON', pick(PATHS), changed('{"name": "photos", "dry_run": true}', random));
    case 2:
      return post('deep lists', pick(PATHS), '['.repeat(1000 + random(100_000)));
    case 3: {
      const depth = 1000 + random(20_000);
      return post('deep objects', pick(PATHS), `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
    }
    case 4:
      return post(
        'prototype pollution',
        pick(PATHS),
        pick([
          '{"name": "x", "__proto__": {"isAdmin": true}}',
          '{"name": "x", "constructor": {"prototype": {"isAdmin": true}}}',
          '{"name": "x", "params": {"__proto__": {"polluted": 1}}}',
          '{"name": "x", "params": {"\\u005f\\u005fproto\\u005f\\u005f": 1}}',
          '{"intents": {"length": 1e9, "__proto__": []}}',
        ]),
      );
    case 5:
      return post('a path for a name', '/run', JSON.stringify({ name: name(), dry_run: true }));
    case 6:
      return post(
        'names in an orchestrate',
        '/orchestrate',
        JSON.stringify({ intents: [name(), name(), name()] }),
      );
    case 7:
      return post('twice the same', '/orchestrate', '{"intents": ["photos", "photos"], "dry_run": true}');
    case 8:
      return post(
        'YAML',
        '/validate',
        JSON.stringify({ yaml_content: text(random(200)), name: name() || 'x' }),
      );
    case 9:
      return get(
        'paths',
        `/runs/${encodeURIComponent(text(3)).slice(0, 300)}${pick(['', '/log', '/events', '/..', '/%2e%2e/%2e%2e', '/%zz'])}`,
      );
    case 10:
      return get(
        'queries',
        `/runs?${encodeURI(text(5)).replaceAll(' ', '')}&limit=${pick(['-1', '1e9', '9'.repeat(400), 'NaN'])}`,
      );
    case 11:
      return get('spoofed addresses', pick(['/runs', '/healthz', '/status2']), [
        `X-Forwarded-For: ${address()}, ${pick(['127.0.0.1', '::1', 'unknown', '<script>'])}`,
        `X-Real-IP: 127.0.0.1`,
        `Forwarded: for=127.0.0.1`,
      ]);
    case 12:
      return get('huge headers', '/runs', [`X-Large: ${'y'.repeat(random(2) === 0 ? 7000 : 20_000)}`]);
    default:
      return {
        kind: 'no HTTP',
        bytes: pick([
          'GET / HTTP/9.9\r\n\r\n',
          'POST /run HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n',
          'POST /run HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
          'POST /run HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
          `${text(20)}\r\n\r\n`,
          'GET /run\u0000 HTTP/1.1\r\nHost: a\r\n\r\n',
          `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        ]),
      };
  }
}

function request(method: string, path: string, body: string, headers: readonly string[]): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${[`${method} ${path} HTTP/1.1`, 'Host: a', 'Connection: close', ...headers, ...length].join('\r\n')}\r\n\r\n${body}`;
}

/** A few characters changed, put in or taken out. */
function changed(json: string, random: (below: number) => number): string {
  let text = json;
  for (let change = 0; change <= random(4); change += 1) {
    const at = random(text.length);
    text = text.slice(0, at) + (SCRAPS[random(SCRAPS.length)] ?? '') + text.slice(at + random(3));
  }
  return text;
}
