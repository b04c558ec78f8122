import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { makeTwin } from '../../../src/executors/docker/twin/make.js';
import { remake } from '../../../src/executors/docker/twin/remake.js';
import { removeTwins } from '../../../src/executors/docker/twin/remove.js';
import { findTwins, type Twin } from '../../../src/executors/docker/twin/twin.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker, idsOf, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { Lab } from '../support/lab.js';

jest.setTimeout(900_000);

/** Of what `docker inspect` says. */
interface Raw {
  readonly Name: string;
  readonly Image: string;
  readonly State: { readonly Status: string };
  readonly Config: object;
  readonly HostConfig: object;
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Networks: Record<
      string,
      {
        readonly IPAMConfig: { readonly IPv4Address?: string } | null;
        readonly Aliases: readonly string[] | null;
        readonly Links: readonly string[] | null;
      }
    >;
  };
}

describeWithDocker('a twin of a container', () => {
  let lab: Lab;
  let stack: ComposeStack;
  let image: string;

  const base = `${testName()}:1`;

  beforeAll(() => void makeImage(base, { version: '1', volumes: ['/anonymous'] }));
  afterAll(() => void docker('rmi', '-f', base));
  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack('none');
    image = `${stack.name}/web:1`;
    docker('tag', base, image);
  });
  afterEach(() => {
    stack.clean();
    lab.clean();
  });

  async function twins(): Promise<readonly Twin[]> {
    const found = await findTwins(lab.host(), stack.name);
    return found.state === 'found' ? found.value : [];
  }

  async function twinOf(service: string): Promise<Twin> {
    const [id = ''] = stack.ids(service);
    const owner = { runId: 'r-test', project: stack.name, service };
    expect(await makeTwin(lab.host(), id, owner)).toBeNull();
    const twin = (await twins()).find((one) => one.service === service);
    if (!twin) throw new Error('there is no twin');
    return twin;
  }

  /** Everything that matters of a container, without what is another in each one. */
  function shapeOf(id: string): unknown {
    const [raw] = JSON.parse(docker('inspect', id)) as [Raw];
    const text = JSON.stringify({
      name: raw.Name,
      image: raw.Image,
      state: raw.State.Status,
      config: raw.Config,
      hostConfig: { ...raw.HostConfig, Mounts: null, VolumesFrom: null },
      mounts: raw.Mounts.map(
        ({ Type, Name, Source, Destination, RW }) => `${Type} ${Name} ${Source} ${Destination} ${RW}`,
      ).sort(),
      networks: Object.entries(raw.NetworkSettings.Networks).map(
        ([name, { IPAMConfig, Aliases, Links }]) => ({
          name,
          address: IPAMConfig?.IPv4Address,
          aliases: (Aliases ?? []).map((alias) => (id.startsWith(alias) ? 'ID12' : alias)).sort(),
          Links,
        }),
      ),
    });
    return JSON.parse(text.replaceAll(id, 'ID').replaceAll(id.slice(0, 12), 'ID12'));
  }

  /** Removes the service's container, and makes it again from its twin. */
  async function throughTwin(service: string, moved = new Map<string, string>()): Promise<[string, string]> {
    const twin = await twinOf(service);
    docker('rm', '-f', '-v', twin.spec.id);
    const remade = await remake(lab.host(), twin, moved);
    if (!remade.ok) throw new Error(remade.why);
    expect(await removeTwins(lab.host(), [twin.id])).toBeNull();
    return [twin.spec.id, remade.id];
  }

  test('what takes its place is the same in all but its id, whatever Compose had given it', async () => {
    const plain = { image, pull_policy: 'never', stop_grace_period: '1s' };
    const net = `10.${220 + (process.pid % 20)}.${Date.now() % 250}`;
    stack.write(
      {
        front: {
          ...plain,
          container_name: `${stack.name}-front`,
          hostname: 'alpha',
          networks: { one: { aliases: ['al'], ipv4_address: `${net}.10` }, two: {} },
          ports: ['127.0.0.1::80'],
          tmpfs: ['/memory'],
          volumes: ['/unnamed', 'named:/named', `${stack.folder}:/bound:ro`],
          secrets: ['token'],
          configs: [{ source: 'setting', target: '/etc/deep/down.conf' }],
          restart: 'always',
          links: ['back:bb'],
          healthcheck: { test: ['CMD', 'true'], interval: '1s' },
          sysctls: { 'net.core.somaxconn': 512 },
          ulimits: { nofile: 1000 },
          environment: { PASSWORD: 'hush$$' },
          init: true,
          cap_add: ['NET_ADMIN'],
          extra_hosts: ['x:1.2.3.4'],
          logging: { driver: 'json-file', options: { 'max-size': '1m' } },
          labels: { 'traefik.enable': 'true' },
        },
        back: { ...plain, networks: ['one'], deploy: { resources: { limits: { memory: '64m' } } } },
        host: { ...plain, network_mode: 'host' },
        none: { ...plain, network_mode: 'none', read_only: true, cap_drop: ['ALL'] },
        bridge: { ...plain, network_mode: 'bridge', expose: ['81'] },
        from: { ...plain, volumes_from: ['front'], networks: ['two'] },
      },
      {
        networks: { one: { ipam: { config: [{ subnet: `${net}.0/24` }] } }, two: {} },
        volumes: { named: {} },
        secrets: { token: { environment: 'CHATOPS_TEST_TOKEN' } },
        configs: { setting: { content: 'as it was' } },
      },
    );
    writeFileSync(join(stack.folder, '.env'), 'CHATOPS_TEST_TOKEN=hush\n');
    stack.up();
    const front = stack.ids('front')[0] ?? '';
    docker('exec', front, 'sh', '-c', 'echo kept >/unnamed/file; echo kept >/anonymous/file');
    for (const service of ['from', 'front', 'back', 'host', 'none', 'bridge']) {
      const before = shapeOf(stack.ids(service)[0] ?? '');
      const [, now] = await throughTwin(service);
      expect(stack.ids(service)).toEqual([now]);
      expect([service, shapeOf(now)]).toEqual([service, before]);
    }
    const again = stack.ids('front')[0] ?? '';
    const read = (path: string) => docker('exec', again, 'cat', path);
    expect([read('/unnamed/file'), read('/anonymous/file')]).toEqual(['kept', 'kept']);
    expect([read('/run/secrets/token'), read('/etc/deep/down.conf')]).toEqual(['hush', 'as it was']);
    const ids = stack.ids('front');
    stack.up('--no-deps', 'front', 'back', 'host', 'none', 'bridge');
    expect(stack.ids('front')).toEqual(ids);
    expect(await twins()).toEqual([]);
  });

  test('Compose sees no twin, no event tells its environment, and what it keeps stays when the tag moves', async () => {
    stack.write({
      web: { image, pull_policy: 'never', environment: { PASSWORD: 'hush' }, volumes: ['/data'] },
    });
    stack.up();
    const twin = await twinOf('web');
    expect(stack.names()).toEqual(['web-1']);
    expect(JSON.stringify(JSON.parse(docker('inspect', twin.id))[0].Config.Labels)).not.toContain('hush');
    stack.compose('up', '-d', '--remove-orphans', '--force-recreate');
    expect((await twins()).map(({ id }) => id)).toEqual([twin.id]);
    docker('rm', '-f', '-v', ...stack.ids('web'));
    makeImage(image, { version: '2' });
    const remade = await remake(lab.host(), twin, new Map());
    expect(remade).toMatchObject({ ok: true });
    expect(docker('inspect', '--format', '{{.Image}}', `${stack.name}-web-1`)).toBe(twin.imageId);
  });

  test('what lived in another one’s network lives in that of what took its place', async () => {
    const plain = { image, pull_policy: 'never', stop_grace_period: '1s' };
    stack.write({ vpn: plain, web: { ...plain, network_mode: 'service:vpn', pid: 'service:vpn' } });
    stack.up();
    const web = await twinOf('web');
    const [was, now] = await throughTwin('vpn');
    docker('rm', '-f', web.spec.id);
    expect((await remake(lab.host(), web, new Map([[was, now]]))).ok).toBe(true);
    const format = '{{.HostConfig.NetworkMode}} {{.HostConfig.PidMode}}';
    const modes = docker('inspect', '--format', format, `${stack.name}-web-1`);
    expect(modes).toBe(`container:${now} container:${now}`);
  });

  test('what was paused is paused, what had ended stays so; half of a way back is begun again', async () => {
    const plain = { image, pull_policy: 'never', stop_grace_period: '1s' };
    stack.write({ paused: plain, ended: plain });
    stack.up();
    docker('pause', ...stack.ids('paused'));
    docker('stop', ...stack.ids('ended'));
    const paused = await twinOf('paused');
    docker('create', '--name', `chatops-back-${paused.id.slice(0, 12)}`, image);
    docker('rm', '-f', paused.spec.id);
    expect((await remake(lab.host(), paused, new Map())).ok).toBe(true);
    await throughTwin('ended');
    expect(stack.names('--filter', 'status=paused')).toEqual(['paused-1']);
    expect(stack.names('--filter', 'status=created')).toEqual(['ended-1']);
    expect(idsOf('ps', '-aq', '--filter', 'name=chatops-back-')).toEqual([]);
  });

  test('why it can’t be done is told in the engine’s words, and nothing is left', async () => {
    stack.write({ web: { image, pull_policy: 'never', network_mode: 'none' } });
    stack.up();
    const owner = { runId: 'r-test', project: stack.name, service: 'web' };
    expect(await makeTwin(lab.host(), 'chatops-test-nothing', owner)).toMatch(/No such container/);
    const twin = await twinOf('web');
    docker('run', '-d', '--name', `${stack.name}-other`, '--network', 'none', image);
    docker('rm', '-f', twin.spec.id);
    docker('rename', `${stack.name}-other`, twin.spec.name);
    const remade = await remake(lab.host(), twin, new Map());
    expect(remade).toMatchObject({ ok: false, why: expect.stringMatching(/already in use/) });
    docker('rm', '-f', twin.spec.name, `chatops-back-${twin.id.slice(0, 12)}`);
  });
});
