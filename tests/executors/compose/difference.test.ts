import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Phrase, plain } from '../../../src/core/model/phrase.js';
import { growthOf, movedData } from '../../../src/executors/compose/difference/access.js';
import { differences } from '../../../src/executors/compose/difference/compare.js';
import { DEFAULTS, type Defaults, MADE } from '../../../src/executors/compose/difference/inspected.js';
import { DEFINITIONS, RENDERED } from '../../../src/executors/compose/difference/rendered.js';
import type { Setting } from '../../../src/executors/compose/difference/setting.js';
import { changeWords } from '../../../src/executors/compose/difference/words.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';

jest.setTimeout(120_000);

type Service = Record<string, unknown>;

describeWithDocker('the difference between what is rendered and what was made', () => {
  const stack = new ComposeStack();
  const image = `${stack.name}/web:1`;
  const around: Record<string, object> = {
    networks: { other: {} },
    volumes: { data: {}, spare: {} },
    secrets: { key: { file: './key.txt' } },
    configs: { said: { file: './key.txt' } },
  };
  const plainOne: Service = { image, environment: { TZ: 'UTC', PASSWORD: 'never shown' } };
  const volumes: readonly unknown[] = [
    'data:/data',
    '/anonymous',
    './conf:/conf:ro',
    { type: 'tmpfs', target: '/memory', tmpfs: { size: 1_048_576 } },
    { type: 'bind', source: './shared', target: '/shared', bind: { propagation: 'rslave' } },
  ];
  const full: Service = {
    ...plainOne,
    env_file: ['./own.env'],
    ports: ['127.0.0.1:18380:80', '18381-18382:81-82', '9999', '53/udp'],
    expose: ['7000'],
    volumes,
    tmpfs: ['/scratch', '/small:size=64k'],
    secrets: ['key', { source: 'key', target: 'other' }],
    configs: [{ source: 'said', target: '/etc/said' }],
    networks: { default: {}, other: { aliases: ['known-as'] } },
    labels: { 'its.own': '1' },
    cap_add: ['NET_ADMIN'],
    cap_drop: ['CHOWN'],
    security_opt: ['no-new-privileges:true'],
    devices: ['/dev/null:/dev/nothing', '/dev/zero'],
    group_add: ['44'],
    command: ['sh', '-c', 'sleep 100'],
    healthcheck: { test: 'true', interval: '1m30s', retries: 4 },
    user: '1000:1000',
    working_dir: '/tmp',
    hostname: 'it',
    init: true,
    tty: true,
    read_only: true,
    restart: 'on-failure:3',
    stop_signal: 'SIGINT',
    stop_grace_period: '1m',
    logging: { driver: 'json-file', options: { 'max-size': '1m' } },
    dns: ['9.9.9.9'],
    extra_hosts: ['host.docker.internal:host-gateway', 'six:::1'],
    sysctls: { 'net.ipv4.ip_forward': '1' },
    ulimits: { nofile: { soft: 100, hard: 200 }, nproc: 50 },
    mem_limit: '64m',
    cpus: 0.5,
    cpu_shares: 100,
    pids_limit: 50,
    shm_size: '10m',
  };
  const services: Record<string, Service> = {
    plain: plainOne,
    full,
    deployed: {
      ...plainOne,
      deploy: { resources: { limits: { memory: '50m', cpus: '0.2' } }, restart_policy: { condition: 'any' } },
    },
    sharer: { image, network_mode: 'service:plain', pid: 'service:plain', ipc: 'host' },
    alone: { image, network_mode: 'none', entrypoint: ['sh', '-c', 'sleep 1'] },
    strong: { image, privileged: true, pid: 'host', userns_mode: 'host', network_mode: 'host' },
  };

  /** Edits of services, rendered all at once: a process of Compose for each would take minutes. */
  const edits: Record<string, Service> = {};
  function edit(service: string, change: Service): string {
    const name = `edit-${Object.keys(edits).length}`;
    edits[name] = { ...services[service], ...change };
    return name;
  }

  let defaults: Defaults | null = null;
  let definitions: unknown;
  let rendered: Record<string, unknown> = {};
  let inspected: { readonly Id: string; readonly Config: { readonly Labels: Record<string, string> } }[] = [];

  function look(): void {
    const config = JSON.parse(docker('compose', '-f', stack.file, 'config', '--format', 'json'));
    definitions = config;
    rendered = config.services;
    inspected = JSON.parse(docker('inspect', ...Object.keys(services).map(idOf)));
  }

  function changesOf(service: string, edited = service): readonly Setting[] {
    const serviceOf = (id: string): string =>
      inspected.find(({ Id }) => Id === id)?.Config.Labels['com.docker.compose.service'] ?? '';
    const made = inspected.find(({ Id }) => serviceOf(Id) === service);
    return differences(RENDERED.parse(rendered[edited]), MADE.parse(made), {
      defaults,
      definitions: DEFINITIONS.parse(definitions),
      serviceOf,
    });
  }

  const idOf = (service: string): string => stack.ids(service)[0] ?? '';
  const local = (text: string): string =>
    text.replaceAll(stack.folder, 'HERE').replaceAll(stack.name, 'NAME');
  const said = (phrases: readonly Phrase[]): readonly string[] => phrases.map(plain).map(local);

  beforeAll(() => {
    makeImage(image, { version: '1', health: 'true' });
    mkdirSync(join(stack.folder, 'shared'));
    writeFileSync(join(stack.folder, 'own.env'), 'FROM_FILE=1\nEMPTY=\n');
    writeFileSync(join(stack.folder, 'key.txt'), 'secret');
    defaults = DEFAULTS.parse(JSON.parse(docker('inspect', image))[0].Config);
    stack.write(services, around);
    stack.compose('up', '--no-start', '--quiet-pull');
    // The next container gets the anonymous volume of the one before.
    stack.compose('up', '--no-start', '--force-recreate', '--no-deps', 'full');
    stack.write({ ...services, ...edits }, around);
    look();
  });
  afterAll(() => stack.clean());

  test.each(Object.keys(services))('none in a container that was made from it: %s', (service) => {
    expect(changesOf(service)).toEqual([]);
  });

  const changes: readonly [string, Service, readonly string[]][] = [
    ['plain', { environment: { TZ: 'UTC' } }, ['PASSWORD removed']],
    [
      'plain',
      { environment: { TZ: 'CET', PASSWORD: 'x', A: '1', B: '2' } },
      ['A and B added', 'PASSWORD and TZ have other values'],
    ],
    ['plain', { volumes: ['/:/host'] }, ['adds bind / → /host (read-write)']],
    ['plain', { privileged: true, cap_add: ['SYS_ADMIN'] }, ['now privileged', 'adds capability SYS_ADMIN']],
    [
      'plain',
      { pid: 'host', ports: ['18383:80'] },
      ['now in the host’s process namespace', 'publishes port 18383 → 80'],
    ],
    ['plain', { network_mode: 'host', networks: undefined }, ['now in the host’s network namespace']],
    ['plain', { networks: ['other'] }, ['joins network NAME_other', 'leaves network NAME_default']],
    [
      'plain',
      { entrypoint: ['sh'], user: '7' },
      ['runs as 7, not as root', 'no command of its own', 'another entrypoint'],
    ],
    ['plain', { labels: { a: '1' }, restart: 'always' }, ['label a added', 'restart policy: none → always']],
    ['plain', { mem_limit: '1g', read_only: true }, ['read-only root on', 'memory limit: none → 1.0 GiB']],
    ['plain', { healthcheck: { disable: true } }, ['another health check']],
    [
      'full',
      { user: '1000:0', cap_add: [], cap_drop: [] },
      [
        'no longer has capability NET_ADMIN',
        'no longer drops capability CHOWN',
        'runs as 1000:0, not as 1000:1000',
      ],
    ],
    [
      'full',
      { devices: ['/dev/null:/dev/nothing'], security_opt: [] },
      ['removes security option no-new-privileges', 'removes device /dev/zero'],
    ],
    [
      'full',
      { networks: { default: {}, other: { aliases: ['x'] } } },
      ['other names on other: known-as → x'],
    ],
    ['full', { env_file: [] }, ['EMPTY and FROM_FILE removed']],
    [
      'sharer',
      { network_mode: 'service:full', pid: undefined },
      ['network namespace: service:plain → service:full', 'process namespace: service:plain → none'],
    ],
    ['sharer', { environment: { NEW: '1' }, labels: { version: '2' } }, ['NEW added', 'label version added']],
    [
      'strong',
      { privileged: false, pid: undefined },
      ['no longer privileged', 'no longer in the host’s process namespace'],
    ],
    [
      'full',
      { volumes: ['spare:/data', ...volumes.slice(1)] },
      ['/data: volume NAME_data → volume NAME_spare (read-write)'],
    ],
    [
      'full',
      { volumes: ['./data:/data:ro', ...volumes.slice(1)] },
      ['/data: volume NAME_data → bind HERE/data (read-only)'],
    ],
    ['full', { volumes: volumes.slice(1) }, ['removes volume NAME_data from /data']],
    [
      'full',
      { volumes: ['data:/data', '/anonymous', './conf:/conf', ...volumes.slice(3)] },
      ['bind HERE/conf at /conf is now read-write'],
    ],
    [
      'full',
      { volumes: ['data:/data', ...volumes.slice(2)] },
      ['removes an anonymous volume from /anonymous'],
    ],
  ];
  test.each(
    changes.map(([service, change, expected]) => [service, change, expected, edit(service, change)] as const),
  )('of %s with %j', (service, _, expected, edited) => {
    expect(said(changeWords(changesOf(service, edited)))).toEqual(expected);
  });

  const growing: readonly [string, Service, readonly string[]][] = [
    ['plain', { privileged: true }, ['now privileged']],
    ['plain', { cap_add: ['SYS_ADMIN', 'CHOWN'] }, ['adds capability SYS_ADMIN']],
    [
      'plain',
      { volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro'] },
      ['adds bind /var/run/docker.sock → /var/run/docker.sock (read-only)'],
    ],
    ['plain', { volumes: ['/etc/localtime:/etc/localtime:ro', './a:/a', '/srv/music:/music'] }, []],
    [
      'plain',
      { volumes: ['/etc/localtime:/etc/localtime'] },
      ['adds bind /etc/localtime → /etc/localtime (read-write)'],
    ],
    [
      'plain',
      { devices: ['/dev/sda'], ipc: 'host' },
      ['now in the host’s IPC namespace', 'adds device /dev/sda'],
    ],
    ['plain', { security_opt: ['apparmor:unconfined'] }, ['adds security option apparmor=unconfined']],
    ['plain', { environment: { TZ: 'x' }, ports: ['18384:80'], labels: { a: '1' }, user: '7' }, []],
    ['full', { user: 'root' }, ['runs as root, not as 1000:1000']],
    [
      'full',
      { cap_drop: [], security_opt: [] },
      ['no longer drops capability CHOWN', 'removes security option no-new-privileges'],
    ],
    ['strong', { privileged: false, pid: undefined }, []],
  ];
  test.each(
    growing.map(([service, change, expected]) => [service, change, expected, edit(service, change)] as const),
  )('access grows in %s with %j', (service, _, expected, edited) => {
    expect(said(growthOf(changesOf(service, edited), stack.folder))).toEqual(expected);
  });

  const moving: readonly [readonly unknown[], readonly string[]][] = [
    [
      ['spare:/data', '/anonymous', ...volumes.slice(2)],
      ['/data is volume NAME_spare, not volume NAME_data'],
    ],
    [
      ['data:/elsewhere', ...volumes.slice(2)],
      ['an anonymous volume is no longer at /anonymous', 'volume NAME_data is no longer at /data'],
    ],
    [['data:/data', '/anonymous', './other:/conf:ro', ...volumes.slice(3)], []],
  ];
  test.each(
    moving.map(([mounts, expected]) => [mounts, expected, edit('full', { volumes: mounts })] as const),
  )('data that moves or disappears with %j', (_, expected, edited) => {
    expect([...said(movedData(changesOf('full', edited)))].sort()).toEqual(expected);
  });
});
