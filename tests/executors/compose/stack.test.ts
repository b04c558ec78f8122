import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { RolloutFields, StackFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Notice } from '../../../src/core/model/reasons.js';
import { observeRollout } from '../../../src/executors/compose/observe.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { scale } from '../../../src/executors/scale/executor.js';
import { describeWithDocker, docker, idsOf, testName } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { codes, Lab } from '../support/lab.js';

// Each test starts real containers.
jest.setTimeout(240_000);

describeWithDocker('a stack is how its containers were made', () => {
  let lab: Lab;
  let name: string;
  let image: string;

  const base = `${testName()}:1`;

  beforeAll(() => void makeImage(base, { version: '1' }));
  afterAll(() => void docker('rmi', '-f', base));
  beforeEach(() => {
    lab = new Lab();
    name = testName();
    image = `${name}/app:1`;
    docker('tag', base, image);
  });
  afterEach(() => {
    const ids = idsOf('ps', '-aq', '--filter', `label=${MARK}=${name}`);
    if (ids.length > 0) spawnSync('docker', ['rm', '-f', '-v', ...ids]);
    spawnSync('docker', ['rmi', '-f', image]);
    lab.clean();
  });

  const MARK = 'chatops-test-stack';
  const app = (more: object = {}) => ({
    image,
    pull_policy: 'never',
    network_mode: 'none',
    stop_grace_period: '1s',
    labels: { [MARK]: name },
    ...more,
  });

  /** Writes a Compose file below the test's own folder. */
  function file(path: string, services: object, more: object = {}): string {
    const full = lab.path(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, JSON.stringify({ services, ...more }));
    return full;
  }

  /** What somebody at the keyboard does in a folder. */
  function compose(folder: string, ...args: readonly string[]): void {
    const env = { ...process.env, PWD: folder };
    execFileSync('docker', ['compose', ...args], { cwd: folder, env, stdio: 'pipe' });
  }

  const fields = (stack: StackFields): RolloutFields => ({
    services: [],
    ...stack,
    stable_for: 1,
    timeout: 20,
  });
  const plan = (stack: StackFields) => lab.plan(rollout, fields(stack));
  const planScale = (stack: StackFields, service = 'web') =>
    lab.plan(scale, { service, replicas: 2, min: 0, max: 9, ...stack, stable_for: 1, timeout: 20 });
  const look = (stack: StackFields) =>
    observeRollout(fields(stack), { ...lab.planContext(), signal: new AbortController().signal });

  /** The code, what is so, and what to do, without the test's own folder. */
  const words = (notices: readonly Notice[]) =>
    notices.map(({ code, message, remedy }) =>
      [code, plain(message), plain(remedy)].map((text) =>
        text.replaceAll(lab.root, '').replaceAll(name, 'NAME'),
      ),
    );
  const ids = () => idsOf('ps', '-q', '--no-trunc', '--filter', `label=${MARK}=${name}`).sort();

  test('an override file: the folder means both, the file alone is not what runs', async () => {
    const folder = lab.path(name);
    const base = file(`${name}/docker-compose.yml`, { web: app() });
    file(`${name}/docker-compose.override.yml`, { web: { environment: { A: '1' } }, worker: app() });
    compose(folder, 'up', '-d');
    const before = ids();
    const alone = await plan({ compose: base });
    expect(words(alone.blockers)).toEqual([
      [
        'stack_differs',
        'web was made from docker-compose.yml and docker-compose.override.yml in /NAME, and this intent uses docker-compose.yml in /NAME.',
        'Write compose: /NAME in the intent.',
      ],
    ]);
    expect(alone.touches).toContain(`compose:${name}`);
    expect(codes((await planScale({ compose: base })).blockers)).toEqual(['stack_differs']);
    const whole = await plan({ compose: folder });
    expect([codes(whole.blockers), whole.data.replacements]).toEqual([[], []]);
    expect([...whole.data.current].sort()).toEqual(['web', 'worker']);
    expect(ids()).toEqual(before);
  });

  test('a project of another name is found by its files, and by its name', async () => {
    const base = file('web/docker-compose.yml', { web: app() });
    compose(lab.path('web'), '-p', `${name}-b`, 'up', '-d');
    for (const { blockers } of [await plan({ compose: base }), await planScale({ compose: base })]) {
      expect(words(blockers)).toEqual([
        [
          'stack_differs',
          'docker-compose.yml in /web runs as project NAME-b, and this intent means project web, of which nothing runs.',
          'Write project: NAME-b in the intent.',
        ],
      ]);
    }
    const seen = await look({ compose: base });
    expect(seen.things.map(({ state }) => state)).toEqual(['running']);
    expect(codes(seen.notices)).toEqual(['stack_differs']);
    const named = await planScale({ compose: base, project: `${name}-b` });
    expect(named.blockers).toEqual([]);
    expect(named.effects).toEqual([{ kind: 'create', target: `${name}-b-web-2` }]);
    expect((await plan({ compose: base, project: `${name}-b` })).data.current).toEqual(['web']);
    // Started twice on purpose: an intent that names a project means that one alone.
    expect((await plan({ compose: base, project: `${name}-c` })).blockers).toEqual([]);
  });

  test('two stacks whose folders share a name', async () => {
    const one = file(`a/${name}/compose.yaml`, { web: app(), db: app() });
    const other = file(`b/${name}/compose.yaml`, { web: app(), cache: app() });
    compose(dirname(one), 'up', '-d');
    const before = ids();
    for (const { blockers } of [
      await plan({ compose: other }),
      await planScale({ compose: dirname(other) }),
    ]) {
      expect(words(blockers)).toEqual([
        [
          'stack_differs',
          'The containers of project NAME (db and web) were made from compose.yaml in /a/NAME, and this intent uses compose.yaml in /b/NAME.',
          'Write compose: /a/NAME in the intent. If both are meant, give this stack a project of its own: project: NAME-2.',
        ],
      ]);
    }
    expect((await look({ compose: other })).things.map(({ state }) => state)).toEqual([
      'no_container',
      'no_container',
    ]);
    expect((await plan({ compose: one })).blockers).toEqual([]);
    expect((await plan({ compose: other, project: `${name}-2` })).blockers).toEqual([]);
    rmSync(dirname(one), { recursive: true });
    expect(plain((await plan({ compose: other })).blockers[0]?.remedy ?? [])).toMatch(
      /^If this change is intended, run docker compose up -d in .* once\.$/,
    );
    expect(ids()).toEqual(before);
  });

  test('profiles: those of what runs are on for reading and for running; named ones have to fit', async () => {
    const base = file(`${name}/docker-compose.yml`, {
      db: app({ profiles: ['db'] }),
      app: app({ profiles: ['app'], depends_on: ['db'] }),
      off: app({ profiles: ['off'] }),
    });
    compose(dirname(base), '--profile', 'db', '--profile', 'app', 'up', '-d');
    const before = ids();
    makeImage(image, { version: '2' });
    const part = await plan({ compose: base });
    expect(part.blockers).toEqual([]);
    expect(part.data.inputs.profiles).toEqual(['app', 'db']);
    const result = await rollout.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    const versions = ids().map((id) => docker('exec', id, 'cat', '/version'));
    expect(versions).toEqual(['2', '2']);
    expect(ids().some((id) => before.includes(id))).toBe(false);
    const narrow = await plan({ compose: base, profiles: ['app'] });
    expect(words(narrow.blockers)).toEqual([
      [
        'stack_differs',
        'db runs with another profile than this intent uses (app).',
        'Write profiles: [app, db] in the intent.',
      ],
    ]);
    writeFileSync(join(dirname(base), '.env'), 'COMPOSE_PROFILES=app,db\n');
    expect((await plan({ compose: base })).blockers).toEqual([]);
  });

  test('a service that the file no longer has is named, and left alone', async () => {
    const base = file(`${name}/docker-compose.yml`, { web: app(), old: app() });
    file(`${name}/other.yml`, { beside: app() });
    compose(dirname(base), 'up', '-d');
    compose(dirname(base), '-f', 'other.yml', 'up', '-d');
    // Later versions of Compose heed it also where nobody says so.
    writeFileSync(join(dirname(base), '.env'), 'COMPOSE_REMOVE_ORPHANS=true\n');
    file(`${name}/docker-compose.yml`, { web: app() });
    const old = docker('inspect', '-f', '{{.Id}}', `${name}-old-1`);
    makeImage(image, { version: '2' });
    const part = await plan({ compose: base });
    expect(part.blockers).toEqual([]);
    const orphans = part.warnings.filter(({ code }) => code === 'service_orphaned');
    expect(orphans.map(({ message }) => plain(message))).toEqual([
      'old is no longer in the Compose file and still runs.',
    ]);
    expect((await rollout.run(part, lab.runContext())).state).toBe('succeeded');
    expect(docker('inspect', '-f', '{{.Id}} {{.State.Running}}', `${name}-old-1`)).toBe(`${old} true`);
    expect(docker('inspect', '-f', '{{.State.Running}}', `${name}-beside-1`)).toBe('true');
  });

  test('one path in several spellings, with spaces and commas: new containers keep the labels', async () => {
    const folder = lab.path(`${name} a,b`);
    file(`${basename(folder)}/compose.yaml`, { web: app({ volumes: ['$PWD/d:/d', './e:/e'] }) });
    file(`${basename(folder)}/compose.override.yml`, { web: { environment: { HERE: '$PWD' } } });
    symlinkSync(folder, lab.path(`${name}-link`));
    compose(lab.path(`${name}-link`), 'up', '-d');
    const labels = (container: string) =>
      docker('inspect', '-f', '{{json .Config.Labels}}', container).replaceAll(/,"[^"]*number":"\d+"/g, '');
    const web = `${name}-link-web-1`;
    for (const compose of [folder, lab.path(`${name}-link`)]) {
      const part = await plan({ compose, project: `${name}-link` });
      expect([codes(part.blockers), part.data.current]).toEqual([[], ['web']]);
    }
    const before = labels(web);
    const part = await planScale({ compose: folder, project: `${name}-link` });
    expect((await scale.run(part, lab.runContext())).state).toBe('succeeded');
    expect(labels(`${name}-link-web-2`)).toBe(before);
    const format = '{{range .Mounts}}{{.Source}} {{end}}{{json .Config.Env}}';
    const mounts = (container: string) => docker('inspect', '-f', format, container).split(' ').sort();
    expect(mounts(`${name}-link-web-2`)).toEqual(mounts(web));
    const twice = ids();
    compose(lab.path(`${name}-link`), 'up', '-d', '--scale', 'web=2');
    expect(ids()).toEqual(twice);
  });

  test('other variables, and the same ones by another way', async () => {
    const base = file(`${name}/compose.yaml`, { web: app({ environment: { A: '$A' } }) });
    const folder = dirname(base);
    writeFileSync(join(folder, '.env'), 'A=1\n');
    writeFileSync(join(folder, 'b.env'), 'A=2\n');
    compose(folder, '--env-file', 'b.env', 'up', '-d');
    expect(words((await plan({ compose: folder })).blockers)).toEqual([
      [
        'stack_differs',
        'web was made with the variables of /NAME/b.env, and this intent uses its folder (.env).',
        'Write env_files: /NAME/b.env in the intent.',
      ],
    ]);
    expect((await plan({ compose: folder, env_files: [join(folder, 'b.env')] })).data.current).toEqual([
      'web',
    ]);
    compose(folder, '--env-file', '.env', 'up', '-d');
    const part = await plan({ compose: folder });
    expect([codes(part.blockers), part.data.current]).toEqual([[], ['web']]);
    expect(part.data.inputs.envFiles).toEqual([join(folder, '.env')]);
    const wrong = await plan({ compose: folder, env_files: [join(folder, 'b.env')] });
    expect(plain(wrong.blockers[0]?.remedy ?? [])).toContain(`env_files: ${join(folder, '.env')}`);
  });

  test('labels with relative paths, and containers without any', async () => {
    const base = file(`${name}/docker-compose.yml`, { web: app() });
    file(`${name}/docker-compose.override.yml`, { web: { hostname: 'x' } });
    const of = (...labels: string[]) =>
      docker('run', '-d', ...[`${MARK}=${name}`, ...labels].flatMap((label) => ['--label', label]), image);
    const own = ['oneoff=False', `project=${name}`, 'service=web', 'container-number=1', 'config-hash=x'];
    const files = 'project.config_files=docker-compose.yml,docker-compose.override.yml';
    const relative = [...own, files, `project.working_dir=${dirname(base)}`];
    const id = of(...relative.map((label) => `com.docker.compose.${label}`));
    expect(codes((await plan({ compose: dirname(base) })).blockers)).toEqual([]);
    expect(codes((await plan({ compose: base })).blockers)).toEqual(['stack_differs']);
    docker('rm', '-f', id);
    of(...own.map((label) => `com.docker.compose.${label}`));
    expect(codes((await plan({ compose: base })).blockers)).toEqual([]);
  });
});
