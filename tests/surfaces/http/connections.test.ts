import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { networksOf } from '../../../src/surfaces/http/access/address.js';
import { until } from '../../core/harness.js';
import { KEY, Port, type PortOptions } from './port.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(options: PortOptions): Promise<Port> {
  const port = await Port.open(options);
  ends.push(() => port.close());
  return port;
}

/** A connection from one of this machine's own addresses; it stays until the server ends it. */
class Held {
  closed = false;
  answer = '';

  constructor(port: Port, localAddress: string, text: string) {
    const socket: Socket = connect({ port: port.side.port, host: '127.0.0.1', localAddress }, () => {
      socket.write(text);
    });
    socket.setEncoding('utf8').on('data', (part: string) => {
      this.answer += part;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
    ends.push(() => socket.destroy());
  }
}

const UNFINISHED = 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-';
const stillOpen = (held: readonly Held[]): number => held.filter(({ closed }) => !closed).length;

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('connections that show no key', () => {
  test('one address keeps so many, its oldest go first, and others are left alone', async () => {
    const port = await open({ connectionLimits: { mostOfOne: 3, mostOfAll: 100, ceiling: 100 } });
    const other = new Held(port, '127.0.0.3', UNFINISHED);
    const early = times(2, () => new Held(port, '127.0.0.2', UNFINISHED));
    await until(async () => (await fetch(`${port.url}/healthz`)).ok, 'they are there');
    const late = times(3, () => new Held(port, '127.0.0.2', UNFINISHED));
    await until(() => stillOpen(early) === 0, 'the oldest are ended');
    expect([stillOpen(late), other.closed]).toEqual([3, false]);
    const metrics = await (await fetch(`${port.url}/metrics`)).text();
    expect(metrics).toContain('chatops_http_refused_total{reason="too_many_connections",path="other"} 2');
    expect(port.logged).toEqual([{ reason: 'too_many_connections', path: 'other', from: '127.0.0.2' }]);
  });

  test('all addresses together keep so many', async () => {
    const port = await open({ connectionLimits: { mostOfOne: 3, mostOfAll: 10, ceiling: 100 } });
    const held = times(30, (index) => new Held(port, `127.0.0.${2 + index}`, UNFINISHED));
    await until(() => stillOpen(held) <= 10, 'the oldest are ended');
    expect(stillOpen(held)).toBe(10);
  });

  test('at the ceiling each newcomer takes the place of another one at once', async () => {
    const port = await open({ connectionLimits: { mostOfOne: 100, mostOfAll: 100, ceiling: 20 } });
    const flood = times(60, (index) => new Held(port, `127.0.0.${2 + index}`, UNFINISHED));
    await until(() => stillOpen(flood) <= 20, 'the oldest are ended');
    expect((await fetch(`${port.url}/healthz`)).status).toBe(200);
    expect(stillOpen(flood)).toBeGreaterThan(10);
  });

  test('at the ceiling whoever fills it gives up places, and a probe is answered', async () => {
    const port = await open({ connectionLimits: { mostOfOne: 3, mostOfAll: 10, ceiling: 20 } });
    const other = new Held(port, '127.0.0.3', UNFINISHED);
    const flood = times(60, () => new Held(port, '127.0.0.2', UNFINISHED));
    expect((await fetch(`${port.url}/healthz`)).status).toBe(200);
    await until(() => stillOpen(flood) <= 20, 'most were ended at once');
    expect(other.closed).toBe(false);
  });
});

test('a call with a key is answered to its end, whatever strangers do', async () => {
  const port = await open({ connectionLimits: { mostOfOne: 1, mostOfAll: 2, ceiling: 4 } });
  let begun = false;
  let finish = (): void => {};
  port.world.during = async () => {
    begun = true;
    return new Promise((resolve) => {
      finish = () => resolve(undefined);
    });
  };
  const body = '{"name": "photos"}';
  const head = `POST /run HTTP/1.1\r\nHost: a\r\nX-API-Key: ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const call = new Held(port, '127.0.0.2', head + body);
  await until(() => begun, 'the run has begun');
  const strangers = times(12, () => new Held(port, '127.0.0.2', UNFINISHED));
  await until(() => stillOpen(strangers) <= 1, 'the strangers are ended');
  finish();
  await until(() => call.answer !== '', 'the call is answered');
  expect(call.answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('behind a proxy clients count by themselves', async () => {
  const port = await open({
    connectionLimits: { mostOfOne: 2, mostOfAll: 100, ceiling: 100 },
    access: { proxies: networksOf(['127.0.0.2']) },
  });
  const through = (client: string): Held =>
    new Held(
      port,
      '127.0.0.2',
      `POST /webhook/github HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${client}\r\nContent-Length: 100\r\n\r\n`,
    );
  const greedy = times(6, () => through('192.0.2.1'));
  const others = times(6, (index) => through(`192.0.2.${10 + index}`));
  await until(() => stillOpen(greedy) <= 2, 'those of one client are ended');
  expect([stillOpen(greedy), stillOpen(others)]).toEqual([2, 6]);
});
