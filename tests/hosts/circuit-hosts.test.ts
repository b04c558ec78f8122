import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CircuitOpenError } from '../../src/core/ports/circuit.js';
import type { Host } from '../../src/core/ports/host.js';
import { HttpClientError } from '../../src/core/ports/http-client.js';
import { registryDigest } from '../../src/executors/images/registry.js';
import { FAILED } from '../../src/hosts/child.js';
import { circuitHosts } from '../../src/hosts/circuit-hosts.js';
import { circuitHttpClient } from '../../src/hosts/circuit-http.js';
import { targetsOf } from '../../src/hosts/circuit-targets.js';
import { createHttpClient } from '../../src/hosts/http.js';
import { createLocalHosts } from '../../src/hosts/local.js';
import { createCircuits, type OwnCircuits } from '../../src/limits/circuits.js';
import { has, testWith } from '../executors/support/needs.js';

const withDocker = testWith('docker', has('docker'));
const withRsync = testWith('rsync', has('rsync') && has('ssh'));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function circuitsOf(): OwnCircuits {
  return createCircuits({ redact: (text) => text });
}

function hostWith(
  circuits: OwnCircuits,
  onlyLooks: boolean,
  env: Readonly<Record<string, string>> = {},
): Host {
  const environment = { ...process.env, ...env };
  return circuitHosts(createLocalHosts(environment), circuits, environment).open({
    runId: 'r-test',
    signal: new AbortController().signal,
    onlyLooks,
    resolveSecret: () => '',
    onChild: async () => {},
    onOutput: () => {},
  });
}

const names = (circuits: OwnCircuits): string[] => circuits.list().map(({ target }) => target);

/** A service that answers with this status, and counts. */
async function service(status: () => number, body = '{}') {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.writeHead(status(), { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  ends.push(() => server.closeAllConnections());
  return { port: (server.address() as AddressInfo).port, calls: () => calls };
}

describe('the engine', () => {
  const VERSION = ['docker', 'version', '--format', '{{.Server.Version}}'];

  withDocker(
    'that is away is asked three times, then refused at once; what runs is not refused',
    async () => {
      const circuits = circuitsOf();
      const gone = { DOCKER_HOST: 'unix:///run/there-is-no-docker.sock' };
      const host = hostWith(circuits, true, gone);
      for (const _ of [1, 2, 3]) expect((await host.exec(VERSION)).ok).toBe(false);
      expect(names(circuits)).toEqual(['docker:local']);
      expect(circuits.list()[0]?.reason).toMatch(/docker daemon/i);
      await expect(host.exec(VERSION)).rejects.toThrow(CircuitOpenError);
      expect((await hostWith(circuits, false, gone).exec(VERSION)).ok).toBe(false);
      // Once anything finds the engine there, everybody may ask it.
      expect((await hostWith(circuits, false).exec(VERSION)).ok).toBe(true);
      expect(names(circuits)).toEqual([]);
    },
  );

  withDocker('that refuses something has answered', async () => {
    const circuits = circuitsOf();
    const host = hostWith(circuits, true);
    for (const _ of [1, 2, 3, 4]) {
      const result = await host.exec(['docker', 'container', 'inspect', '--', 'there-is-no-such-container']);
      expect(result.ok).toBe(false);
    }
    expect(names(circuits)).toEqual([]);
  });
});

withDocker(
  'a registry that answers 500 is not asked any more; the engine and other registries are',
  async () => {
    const circuits = circuitsOf();
    const host = hostWith(circuits, true);
    let status = 500;
    const broken = await service(() => status);
    const image = `127.0.0.1:${broken.port}/case:1`;
    for (const _ of [1, 2, 3]) expect(await registryDigest(host, image)).toMatchObject({ ok: false });
    expect(names(circuits)).toEqual([`registry:127.0.0.1:${broken.port}`]);
    const calls = broken.calls();
    expect(await registryDigest(host, image)).toMatchObject({ ok: false, cause: null });
    expect(broken.calls()).toBe(calls);
    expect((await host.exec(['docker', 'version'])).ok).toBe(true);
    const other = await service(
      () => 404,
      '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
    );
    for (const _ of [1, 2, 3, 4]) {
      expect(await registryDigest(host, `127.0.0.1:${other.port}/case:1`)).toMatchObject({ ok: false });
    }
    expect(names(circuits)).toEqual([`registry:127.0.0.1:${broken.port}`]);
    status = 404;
    circuits.tryNow(`registry:127.0.0.1:${broken.port}`);
    expect(await registryDigest(host, image)).toMatchObject({ ok: false });
    expect(names(circuits)).toEqual([]);
  },
  120_000,
);

/** rsync ends with either, by whether it notices the end of the stream or of ssh first. */
test.each([12, 255])('a refused ssh connection, told by rsync with exit code %i', (exitCode) => {
  const [target] = targetsOf(['rsync', '-a', '/srv/', 'nas:/srv/'], {}, undefined);
  const stderr =
    'ssh: connect to host nas port 22: Connection refused\nrsync: connection unexpectedly closed\n';
  expect(target?.silence({ ...FAILED, exitCode, stdout: '', stderr })).toMatch(/^ssh: connect to host nas/);
  expect(target?.silence({ ...FAILED, exitCode: 12, stdout: '', stderr: 'rsync: protocol' })).toBeNull();
});

withRsync('ssh that lets nobody connect; a folder of this machine is never concerned', async () => {
  const circuits = circuitsOf();
  const host = hostWith(circuits, true);
  const sync = (destination: string) =>
    host.exec([
      'rsync',
      '-n',
      '-e',
      'ssh -p 1 -o BatchMode=yes -o ConnectTimeout=2',
      '/etc/hostname',
      destination,
    ]);
  for (const _ of [1, 2, 3]) expect((await sync('backup@127.0.0.1:/srv/')).ok).toBe(false);
  expect(names(circuits)).toEqual(['ssh:127.0.0.1']);
  await expect(sync('backup@127.0.0.1:/srv/')).rejects.toThrow(CircuitOpenError);
  expect((await sync('/tmp/')).ok).toBe(true);
  expect((await sync('backup@localhost:/srv/')).ok).toBe(false);
});

describe('what a command asks', () => {
  const of = (argv: string[], stdin?: string, dockerHost?: string): string[] =>
    targetsOf(argv, stdin === undefined ? {} : { stdin }, dockerHost).map(({ name }) => name);
  test.each([
    [['docker', 'ps'], 'docker:local'],
    [['docker', 'pull', 'ghcr.io/me/app@sha256:00'], 'docker:local registry:ghcr.io'],
    [['docker', 'pull', 'me/app:1'], 'docker:local registry:docker.io'],
    [['rsync', '-a', '/srv/a/', 'Backup@NAS.lan:/srv/b/'], 'ssh:nas.lan'],
    [['rsync', '-a', '/srv/a/', 'nas:b'], 'ssh:nas'],
    [['rsync', '-a', '/srv/a/', 'me@[2001:db8::1]:/b'], 'ssh:[2001:db8::1]'],
    [['rsync', '-a', '/srv/a/', 'nas::module/b'], 'rsync:nas'],
    [['rsync', '-a', 'rsync://me:secret@nas:873/module', '/srv/b'], 'rsync:nas'],
    [['rsync', '-a', '/srv/with:colon/', '/srv/b'], ''],
    [['pvesh', 'get', '/nodes'], 'proxmox:local'],
    [['tar', '-c', '/srv'], ''],
  ])('%j: %s', (argv, wanted) => {
    expect(of(argv).join(' ')).toBe(wanted);
  });

  test('a pull by Compose asks the registry that its standard input names', () => {
    const stdin = '{"services":{"image":{"image":"ghcr.io/me/app@sha256:00"}}}';
    expect(of(['docker', 'compose', '-f', '-', 'pull'], stdin)).toEqual(['docker:local', 'registry:ghcr.io']);
    expect(of(['docker', 'compose', '-f', '-', 'up'], stdin)).toEqual(['docker:local']);
  });

  test('an engine elsewhere is another target', () => {
    expect(of(['docker', 'ps'], undefined, 'tcp://user@build.lan:2376')).toEqual(['docker:build.lan:2376']);
    expect(of(['docker', 'ps'], undefined, 'unix:///run/user/1000/docker.sock')).toEqual(['docker:local']);
  });
});

describe('a service over HTTP', () => {
  const client = createHttpClient({ ca: null, resolveSecret: () => '', timeoutMs: 300 });
  const get = (circuits: OwnCircuits, port: number, onlyLooks = true) =>
    circuitHttpClient(client, circuits, 'proxmox').request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/api2/json/nodes`,
      onlyLooks,
    });

  test('that is away is refused at once after three times; what runs goes on asking', async () => {
    const circuits = circuitsOf();
    for (const _ of [1, 2, 3]) await expect(get(circuits, 1)).rejects.toThrow(HttpClientError);
    await expect(get(circuits, 1)).rejects.toThrow(CircuitOpenError);
    await expect(get(circuits, 1, false)).rejects.toThrow(HttpClientError);
    expect(names(circuits)).toEqual(['proxmox:127.0.0.1']);
  });

  test('a question is repeated when a gateway stands before nothing; what changes something is sent once', async () => {
    const circuits = circuitsOf();
    let left = 2;
    const shaky = await service(() => {
      left -= 1;
      return left < 0 ? 200 : 502;
    });
    expect((await get(circuits, shaky.port)).status).toBe(200);
    expect(shaky.calls()).toBe(3);
    const away = await service(() => 503);
    const request = { method: 'POST', url: `http://127.0.0.1:${away.port}/api2/json/x`, body: '' } as const;
    expect((await circuitHttpClient(client, circuits, 'proxmox').request(request)).status).toBe(503);
    expect(away.calls()).toBe(1);
  });

  test('that refuses something has answered', async () => {
    const circuits = circuitsOf();
    const refusing = await service(() => 500);
    for (const _ of [1, 2, 3, 4]) expect((await get(circuits, refusing.port)).status).toBe(500);
    expect(names(circuits)).toEqual([]);
  });
});
