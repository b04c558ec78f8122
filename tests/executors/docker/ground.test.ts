import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { groundOf } from '../../../src/executors/docker/ground.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { scale } from '../../../src/executors/scale/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { makeImage, SLEEP } from '../../support/docker-images.js';
import { codes, Lab, said } from '../support/lab.js';

// Real containers start, stop and are watched for seconds each.
jest.setTimeout(240_000);

describeWithDocker('the container that the bot runs in', () => {
  let lab: Lab;
  let stack: ComposeStack;
  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack();
    makeImage(`${stack.name}/app:1`, { version: '1' });
  });
  afterEach(() => {
    stack.clean();
    lab.clean();
  });

  const app = (more: object = {}) => ({
    image: `${stack.name}/app:1`,
    pull_policy: 'never',
    stop_grace_period: '1s',
    ...more,
  });
  const container = (service: string) => `${stack.name}-${service}-1`;
  const idOf = (service: string) => docker('inspect', '--format', '{{.Id}}', container(service));
  const changed = { command: ['/bin/sh', '-c', `: changed; ${SLEEP}`] };
  const inputs = () => ({ compose: stack.file, stable_for: 1, timeout: 20 });
  const roll = () => ({ ...inputs(), services: [] });

  /** As if the bot ran in the container: what it reads of itself is read in there. */
  function livesIn(service: string, more: (host: Host) => Partial<Host> = () => ({})): void {
    lab.adapt = (host) => ({
      ...host,
      readText: async (path) =>
        path.startsWith('/proc/self/')
          ? docker('exec', container(service), 'cat', path)
          : host.readText(path),
      ...more(host),
    });
  }
  const found = async () =>
    (await groundOf(lab.host())).map(({ container: { name }, isOwn, why }) => [name, isOwn, plain(why)]);

  test('is found by what it sees of itself; outside of a container there is none', async () => {
    stack.write({ bot: app(), web: app() });
    stack.up();
    expect(await found()).toEqual([]);
    livesIn('bot');
    expect(await found()).toEqual([[container('bot'), true, 'the bot runs in it']]);
  });

  test.each(['everything', 'no control group'])(
    'one in the network of another is told from it: %s',
    async (sees) => {
      const network = { network_mode: 'service:vpn' };
      stack.write({ vpn: app(), bot: app(network), radarr: app(network), web: app() });
      stack.up();
      livesIn('bot');
      const own = lab.adapt;
      const hidden = sees === 'everything' ? [] : ['/proc/self/cgroup'];
      lab.adapt = (host) => ({
        ...own(host),
        readText: async (path) => (hidden.includes(path) ? '' : own(host).readText(path)),
      });
      expect(await found()).toEqual([
        [container('bot'), true, 'the bot runs in it'],
        [container('vpn'), false, 'the bot’s own network runs through it'],
      ]);
    },
  );

  test('a proxy that the engine is reached through is part of the ground', async () => {
    stack.write({ bot: app(), proxy: app(), web: app() });
    stack.up();
    livesIn('bot', (host) => ({
      exec: (argv, options) => {
        if (argv[1] === 'context') return host.exec(['echo', 'tcp://proxy:2375'], options);
        return host.exec(argv, options);
      },
    }));
    expect(await found()).toContainEqual([container('proxy'), false, 'the bot reaches Docker through it']);
  });

  test('an engine that doesn’t say which container it is stops the plan: not knowing is not being in none', async () => {
    stack.write({ bot: app() });
    stack.up();
    livesIn('bot', (host) => ({
      exec: (argv, options) => host.exec(argv[2] === 'inspect' ? ['false'] : argv, options),
    }));
    await expect(groundOf(lab.host())).rejects.toThrow('which container the bot runs in');
  });

  test('a rollout leaves it and its network out, says how to update it, and does the rest', async () => {
    const services = { vpn: app(), bot: app({ network_mode: 'service:vpn' }), web: app() };
    stack.write(services);
    stack.up();
    livesIn('bot');
    const before = [idOf('vpn'), idOf('bot'), idOf('web')];
    stack.write({
      vpn: { ...services.vpn, ...changed },
      bot: { ...services.bot, ...changed },
      web: { ...services.web, ...changed },
    });
    const part = await lab.plan(rollout, roll());
    expect(part.blockers).toEqual([]);
    expect(part.effects).toEqual([{ kind: 'replace', target: container('web') }]);
    const titles = part.steps.map(({ title }) => plain(title));
    const update = (service: string) =>
      `docker compose -p ${stack.name} -f ${stack.file} up -d --no-deps ${service}`;
    expect(titles).toContain(
      `bot: left alone, the bot runs in it. Update it on the host with ${update('bot')}.`,
    );
    expect(titles).toContain(
      `vpn: left alone, the bot’s own network runs through it. Update it on the host with ${update('vpn')}.`,
    );
    const result = await rollout.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect([idOf('vpn'), idOf('bot')]).toEqual(before.slice(0, 2));
    expect(idOf('web')).not.toBe(before[2]);
  });

  test.each(['outside of a container', 'in one'])('a plan lists the containers once, %s', async (where) => {
    const services = { vpn: app(), bot: app({ network_mode: 'service:vpn' }), web: app() };
    stack.write(services);
    stack.up();
    stack.write({ ...services, web: { ...services.web, ...changed } });
    if (where === 'in one') livesIn('bot');
    const within = lab.adapt;
    let asked: string[] = [];
    lab.adapt = (host) => {
      const { exec, ...rest } = within(host);
      const recorded: Host['exec'] = (argv, options) => {
        const question = argv.slice(1, 3).join(' ');
        if (argv[0] === 'docker' && /^(?:ps|container|inspect|version)/.test(question)) asked.push(question);
        return exec(argv, options);
      };
      return { ...rest, exec: recorded };
    };
    const rolled = await lab.plan(rollout, roll());
    expect(rolled.effects).toEqual([{ kind: 'replace', target: container('web') }]);
    // What was made from another configuration is looked at in full.
    expect(asked).toEqual(['ps -q', 'container inspect', 'inspect --']);
    asked = [];
    const scaled = await lab.plan(scale, { ...inputs(), service: 'web', replicas: 0, min: 0, max: 9 });
    expect(scaled.effects).toEqual([{ kind: 'remove', target: container('web') }]);
    expect(asked).toEqual(['ps -q', 'container inspect']);
  });

  test('a plan of another process that would replace it is not run, and recovery leaves it alone', async () => {
    stack.write({ bot: app(), web: app() });
    stack.up();
    stack.write({ bot: app(changed), web: app() });
    const part = await lab.plan(rollout, roll());
    expect(part.effects).toEqual([{ kind: 'replace', target: container('bot') }]);
    livesIn('bot');
    const before = docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', container('bot'));
    const result = await rollout.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'container_own' });
    const journal = [{ kind: 'replacing', data: { service: 'bot', tagId: null } }];
    const report = await rollout.recover(part, journal, lab.runContext());
    expect(report.summary.map(plain).join(' ')).toContain('bot was left as it is: the bot needs it to run.');
    const back = await rollout.rollBack?.(part, journal, lab.runContext());
    expect(said(back ?? result)).toContain('bot was left as it is');
    expect(docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', container('bot'))).toBe(before);
  });

  test('it is not scaled, and neither is what it needs removed', async () => {
    stack.write({ vpn: app(), bot: app({ network_mode: 'service:vpn' }), web: app() });
    stack.up();
    livesIn('bot');
    const to = (service: string, replicas: number) =>
      lab.plan(scale, { ...inputs(), service, replicas, min: 0, max: 9 });
    expect(codes((await to('bot', 0)).blockers)).toContain('container_own');
    expect(codes((await to('vpn', 0)).blockers)).toContain('container_own');
    expect((await to('web', 0)).blockers).toEqual([]);
  });
});
