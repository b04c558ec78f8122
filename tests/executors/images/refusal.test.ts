import { expect, test } from '@jest/globals';
import { type Refusal, refusalOf } from '../../../src/executors/images/refusal.js';

const DAEMON = 'Error response from daemon: ';
const cause = (stderr: string): Refusal['cause'] => refusalOf({ stderr, timedOut: false }).cause;

test.each([
  [
    'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
    'login',
  ],
  ['Get "https://reg.example/v2/app/manifests/1": no basic auth credentials', 'login'],
  ['Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password', 'login'],
  ['error from registry: denied', 'denied'],
  ['received unexpected HTTP status: 403 Forbidden', 'denied'],
  [
    'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating',
    'limited',
  ],
  ['received unexpected HTTP status: 429 Too Many Requests', 'limited'],
  ['manifest unknown: manifest unknown', 'missing'],
  ['name unknown: repository name not known to registry', 'missing'],
  ['received unexpected HTTP status: 404 Not Found', 'missing'],
  ['invalid reference format: repository name must be lowercase', 'misnamed'],
  ['Get "https://reg.example/v2/": x509: certificate signed by unknown authority', 'untrusted'],
  ['Get "https://reg.example/v2/": http: server gave HTTP response to HTTPS client', 'untrusted'],
  ['received unexpected HTTP status: 502 Bad Gateway', 'broken'],
  ['received unexpected HTTP status: 500 Internal Server Error', 'broken'],
  ['Get "https://reg.example/v2/": dial tcp: lookup reg.example on 1.1.1.1:53: no such host', 'no_name'],
  ['Get "http://10.0.0.1:403/v2/": dial tcp 10.0.0.1:403: connect: connection refused', 'unreachable'],
  ['Get "https://reg.example/v2/": net/http: request canceled (Client.Timeout exceeded)', 'unreachable'],
])('%s: %s', (said, wanted) => {
  expect(cause(DAEMON + said)).toBe(wanted);
});

test('the name of an image says nothing about its registry', () => {
  const named = 'failed to resolve digest for reg.example/denied/not-found/unauthorized:1: ';
  expect(cause(`${named}${DAEMON}received unexpected HTTP status: 503 Service Unavailable`)).toBe('broken');
});

test('how long to wait, where that is told and worth telling', () => {
  const wait = (said: string) => refusalOf({ stderr: `${DAEMON}toomanyrequests: ${said}`, timedOut: false });
  expect(wait('retry-after: 45s, allowed: 44000/minute').waitMs).toBe(45_000);
  expect(wait('Retry-After: 120').waitMs).toBe(120_000);
  expect(wait('retry-after: 1.5m').waitMs).toBe(90_000);
  expect(wait('retry-after: 172.203µs, allowed: 44000/minute').waitMs).toBeNull();
  expect(wait('slow down').waitMs).toBeNull();
});

test('no answer in time', () => {
  expect(refusalOf({ stderr: '', timedOut: true }).cause).toBe('unreachable');
});
