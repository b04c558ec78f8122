import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import { fingerprintOf } from '../../../src/core/planning/fingerprint.js';
import type { ExecResult, Host } from '../../../src/core/ports/host.js';
import type { PlexData } from '../../../src/executors/plex/data.js';
import { createPlex } from '../../../src/executors/plex/executor.js';
import { SETTLED } from '../../../src/executors/quiesce/journal.js';
import { describeWithDocker, docker, testName } from '../../support/docker.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, mountTmpfs, testWith, unmount } from '../support/needs.js';
import { HOSTILE_NAMES, INVALID_UTF8, put, putBytes, tool } from '../support/trees.js';
import {
  FOLDER,
  fieldsFor,
  IDLE,
  makeBoxImage,
  QUICK,
  removeAll,
  removeContainers,
  startBox,
  statusOf,
} from './box.js';

// Real containers start and stop.
jest.setTimeout(300_000);

const executor = createPlex(QUICK);
const DATABASES = FOLDER.slice('/config/'.length);

describeWithDocker('plex, of a folder that is mounted into the container', () => {
  let image = '';
  let lab: Lab;
  let containers: string[] = [];
  let volumes: string[] = [];
  /** Every command of the lab's host, in order. */
  let commands: string[][] = [];
  let destination = '';

  beforeAll(() => {
    image = makeBoxImage();
  });
  afterAll(() => removeAll([], image));
  beforeEach(() => {
    lab = new Lab();
    destination = lab.path('backups');
    mkdirSync(destination);
    commands = [];
    lab.adapt = recorded;
  });
  afterEach(() => {
    removeContainers(containers);
    if (volumes.length > 0) docker('volume', 'rm', ...volumes);
    containers = [];
    volumes = [];
    lab.clean();
  });

  function recorded(host: Host): Host {
    const note = (argv: readonly unknown[]): void => void commands.push(argv.map(String));
    return {
      ...host,
      exec: (argv, options) => {
        note(argv);
        return host.exec(argv, options);
      },
      pipe: (argvs, file, options) => {
        argvs.forEach(note);
        return host.pipe(argvs, file, options);
      },
    };
  }

  function box(options: readonly string[], script = IDLE): string {
    const name = startBox(image, options, script);
    containers.push(name);
    return name;
  }

  /** A container with `config` of the lab mounted; the databases in it are two small files. */
  function boxWithBind(options: readonly string[] = [], script = IDLE): string {
    put(inConfig('one.txt'), 'one\n');
    put(inConfig('two.txt'), 'two\n');
    return box(['--volume', `${lab.path('config')}:/config`, ...options], script);
  }
  const inConfig = (...names: string[]): string => lab.path('config', DATABASES, ...names);

  const planned = (name: string, more: Parameters<typeof fieldsFor>[2] = {}): Promise<PlanPart<PlexData>> =>
    lab.plan(executor, fieldsFor(name, destination, { compress: 'none', ...more }));
  const isStreamed = (): boolean => commands.some(([program, verb]) => program === 'docker' && verb === 'cp');
  const members = (archive: string): string[] =>
    tool('tar', '-tf', archive).split('\n').filter(Boolean).sort();

  /** Runs it, and says whether Docker sent the databases. */
  async function streams(plan: PlanPart<PlexData>): Promise<boolean> {
    commands = [];
    const result = await executor.run(plan, lab.runContext());
    expect(said(result)).toContain('checked, sha256');
    expect(result.state).toBe('succeeded');
    return isStreamed();
  }

  /** The same plan, by Docker's stream. */
  async function streamed({ data, ...rest }: PlanPart<PlexData>): Promise<string> {
    expect(data.direct).not.toBeNull();
    const archive = `${data.archive}.streamed`;
    const at = { archive, partial: `${archive}.partial` };
    const moved = (argv: readonly string[]): string[] =>
      argv.map((arg) => arg.replace(data.partial, at.partial));
    const [read, extract] = [data.read.map(moved), moved(data.extract)];
    const plan = {
      ...rest,
      data: { ...data, direct: null, ...at, read, extract },
    };
    expect(await streams(plan)).toBe(true);
    return archive;
  }

  /** Names, types, modes, owners, sizes, targets and times of all members, in order. */
  function listing(archive: string): string {
    const lines = tool(
      'tar',
      '-tv',
      '--numeric-owner',
      '--full-time',
      '--quoting-style=escape',
      '-f',
      archive,
    );
    // Docker cuts times off at the second; the columns are as wide as what is above them.
    return lines.replace(/(\d\d:\d\d:\d\d)(?:\.\d+)? +/g, '$1 ');
  }

  test.each(['a bind mount', 'a volume'])(
    '%s is read on this host, and Docker sends nothing',
    async (kind) => {
      const volume = testName();
      if (kind === 'a volume') volumes.push(docker('volume', 'create', volume));
      const from = kind === 'a volume' ? volume : lab.path('config');
      const name = box(
        ['--volume', `${from}:/config`],
        `/bin/busybox mkdir -p ${FOLDER}; echo one > ${FOLDER}/one.txt; echo two > ${FOLDER}/two.txt; ${IDLE}`,
      );
      const folder = docker('inspect', '--format', '{{(index .Mounts 0).Source}}', name);
      const plan = await planned(name);
      expect(codes(plan.blockers)).toEqual([]);
      expect(plain(plan.steps[1]?.title ?? [])).toBe(
        `Copy 8 B (2 files) from ${name}:${FOLDER}, which is ${folder}/${DATABASES} here, to ${plan.data.archive}.`,
      );
      expect(plan.steps[1]?.commands[0]?.slice(0, 2)).toEqual(['tar', '--create']);
      expect(isStreamed()).toBe(false);
      expect(await streams(plan)).toBe(false);
      expect(members(plan.data.archive)).toEqual(['Databases/', 'Databases/one.txt', 'Databases/two.txt']);
      expect(tool('tar', '-xOf', plan.data.archive, 'Databases/two.txt')).toBe('two\n');
      expect(statusOf(name)).toBe('running');
    },
  );

  test('the folder of a mount itself has the name that it has in the container', async () => {
    put(lab.path('elsewhere', 'one.txt'), 'one\n');
    const name = box(['--volume', `${lab.path('elsewhere')}:${FOLDER}`]);
    const plan = await planned(name, { consistency: 'pause', compress: 'zstd' });
    expect(await streams(plan)).toBe(false);
    expect(members(plan.data.archive)).toEqual(['Databases/', 'Databases/one.txt']);
  });

  /** Everything that a folder can hold. */
  function plantAll(root: string): void {
    for (const name of [...HOSTILE_NAMES, ...INVALID_UTF8]) putBytes(root, name, 'hostile');
    put(join(root, '.hidden'), 'x');
    put(join(root, 'nested', 'deep', 'file'), 'deep');
    put(join(root, 'nested', `${'long'.repeat(50)}`), 'long');
    mkdirSync(join(root, 'empty'));
    mkdirSync(join(root, 'open'));
    chmodSync(join(root, 'open'), 0o1777);
    put(join(root, 'program'), 'x');
    put(join(root, 'a.txt'), 'a');
    chmodSync(join(root, 'program'), 0o4750);
    linkSync(join(root, 'nested', 'deep', 'file'), join(root, 'a-hard-link'));
    symlinkSync('nested/deep/file', join(root, 'a-symlink'));
    symlinkSync('./nested', join(root, 'a-folder’s-symlink'));
    symlinkSync('../../../etc/passwd', join(root, 'a-way-out'));
    linkSync(join(root, 'a-symlink'), join(root, 'z-hard-link-to-a-symlink'));
    tool('mkfifo', join(root, 'fifo'));
    put(join(root, 'sparse'), 'x');
    truncateSync(join(root, 'sparse'), 3_000_000);
    put(join(root, 'old'), 'x');
    tool('touch', '--date=1960-01-02 03:04:05', join(root, 'old'));
    utimesSync(join(root, 'a.txt'), 981_173_106.789, 981_173_106.789);
    if (!isRoot) return;
    chownSync(join(root, 'a.txt'), 1234, 2345);
    chownSync(join(root, 'nested'), 3_000_000, 4_000_000);
    if (has('setcap')) tool('setcap', 'cap_net_raw+ep', join(root, 'program'));
  }

  test('the archive is the one that Docker would have sent, whatever the folder is called, and can be restored', async () => {
    const folders = ['-my, dbs; &\\1 \\n$^[.]*é', '&&'];
    for (const folder of folders) plantAll(lab.path('config', folder));
    const name = box(['--volume', `${lab.path('config')}:/config`]);
    for (const [index, folder] of folders.entries()) {
      const root = lab.path('config', folder);
      const plan = await planned(name, { source_path: `/config/${folder}`, consistency: 'pause' });
      expect(await streams(plan)).toBe(false);
      const other = await streamed(plan);
      expect(listing(plan.data.archive)).toBe(listing(other));
      expect(listing(plan.data.archive).split('\n').length).toBeGreaterThan(35);

      const [restored, reference] = [lab.path(`restored${index}`), lab.path(`reference${index}`)];
      const unpack = (archive: string, into: string): void => {
        mkdirSync(into);
        tool('tar', '-xpf', archive, '--xattrs', '--xattrs-include=*', '--numeric-owner', '-C', into);
      };
      unpack(plan.data.archive, restored);
      unpack(other, reference);
      // rsync itemizes whatever differs: contents, times, modes, owners, links and extended attributes.
      const compare = ['-aHXn', '--checksum', '--numeric-ids', '--delete', '--itemize-changes'];
      expect(tool('rsync', ...compare, '--modify-window=1', `${reference}/`, `${restored}/`)).toBe('');
      expect(tool('rsync', ...compare, `${root}/`, `${restored}/${folder}/`)).toBe('');
      for (const archive of [plan.data.archive, other]) rmSync(archive);
      lab.plannedAt = new Date('2026-11-23T14:17:00Z');
    }
  });

  const answering = (
    host: Host,
    isAsked: (argv: readonly string[]) => boolean,
    change: (text: string) => string,
  ): Host => ({
    ...host,
    exec: async (argv, options) => {
      const result: ExecResult = await host.exec(argv, options);
      return isAsked(argv.map(String)) ? { ...result, stdout: change(result.stdout) } : result;
    },
  });
  /** What the bot reads of its own kernel, changed. */
  const seeing = (host: Host, change: (text: string, path: string) => string): Host => ({
    ...host,
    readText: async (path) => change(await host.readText(path), path),
  });
  const onKernel = (host: Host, change: (id: string) => string): Host =>
    seeing(host, (text, path) => (path.endsWith('/boot_id') ? change(text) : text));
  const another = (id: string): string => id.replace(/^.{8}/, '01234567');
  const nameless = (text: string): string => text.replace(/^.*\n/, '\n');
  const isOwnStat = ([program]: readonly string[]): boolean => program === 'stat';
  const isView = (argv: readonly string[]): boolean => argv.includes('/proc/self/mountinfo');

  type More = Parameters<typeof fieldsFor>[2];

  /** A plan in which Docker is asked for the databases. */
  async function throughDocker(why: string, name: string, more: More = {}): Promise<PlanPart<PlexData>> {
    const plan = await planned(name, more);
    const verbs = plan.steps.flatMap(({ commands: argvs }) => argvs.map(([, verb]) => verb));
    expect({
      why,
      blockers: codes(plan.blockers),
      direct: plan.data.direct,
      cp: verbs.includes('cp'),
    }).toEqual({ why, blockers: [], direct: null, cp: true });
    return plan;
  }

  /** The same, and its run, which leaves the container as it was. */
  async function sentByDocker(why: string, name: string, more?: More): Promise<void> {
    lab.plannedAt = new Date(lab.plannedAt.getTime() + 86_400_000);
    const plan = await throughDocker(why, name, more);
    const before = statusOf(name);
    expect([why, await streams(plan)]).toEqual([why, true]);
    expect(members(plan.data.archive).join(' ')).toContain('one.txt');
    expect([why, statusOf(name)]).toEqual([why, before]);
  }

  test('Docker sends it when this host or the container can’t tell that the folder is the same', async () => {
    const name = boxWithBind();
    const lies: [string, (host: Host) => Host][] = [
      ['another kernel', (host) => onKernel(host, another)],
      [
        'another user namespace',
        (host) => seeing(host, (text) => text.replace(/ 0 +0 4294967295/, ' 0 100000 65536')),
      ],
      [
        'another folder of that name lies here',
        (host) => answering(host, isOwnStat, (text) => text.replace(':', ':1')),
      ],
      ['the kernel has no name', (host) => onKernel(answering(host, isView, nameless), nameless)],
    ];
    for (const [why, lie] of lies) {
      lab.adapt = (host) => recorded(lie(host));
      await throughDocker(why, name);
    }
    lab.adapt = recorded;
    expect((await planned(name)).data.direct).not.toBeNull();
    for (const missing of ['stat', 'cat']) {
      docker('exec', name, 'sh', '-c', `/bin/busybox mv /bin/${missing} /bin/was-${missing}`);
      await throughDocker(`the image has no ${missing}`, name);
      if (missing === 'stat') docker('exec', name, '/bin/busybox', 'mv', '/bin/was-stat', '/bin/stat');
    }
    await sentByDocker('the image has no cat', name, { consistency: 'pause' });
  });

  test('Docker sends it when the container goes on, is stopped or paused, or it is one file', async () => {
    const name = boxWithBind();
    await sentByDocker('the container goes on', name, { consistency: 'none' });
    await sentByDocker('it is one file', name, { source_path: `${FOLDER}/one.txt` });
    docker('pause', name);
    await sentByDocker('the container is paused', name);
    docker('unpause', name);
    docker('stop', '-t', '1', name);
    await sentByDocker('the container is stopped', name);
  });

  test('Docker sends what is not one whole folder of a mount', async () => {
    for (const folder of ['Nested', 'Memory', 'real', `real/${DATABASES}`]) {
      put(lab.path('config', folder, 'one.txt'), 'one\n');
    }
    for (const link of ['way', DATABASES]) symlinkSync('real', lab.path('config', link));
    const name = box(
      [
        ...['--volume', `${lab.path('config')}:/config`],
        ...['--volume', `${lab.path('nested')}:/config/Nested/nested`],
        ...['--tmpfs', '/config/Memory/nested'],
      ],
      `echo one > /data/one.txt; ${IDLE}`,
    );
    await sentByDocker('another mount lies below', name, { source_path: '/config/Nested' });
    await sentByDocker('a tmpfs lies below', name, { source_path: '/config/Memory', consistency: 'pause' });
    await sentByDocker('it lies on no mount', name, { source_path: '/data', consistency: 'pause' });
    await throughDocker('a symlink lies there', name);
    const way = { source_path: `/config/way/${DATABASES}`, consistency: 'pause' } as const;
    await sentByDocker('a symlink is on the way', name, way);
    expect((await planned(name, { source_path: '/config/real' })).data.direct).not.toBeNull();
    const alias = { source_path: `/alias/${DATABASES}`, consistency: 'pause' } as const;
    await sentByDocker('the mount’s place is told through a symlink', atAlias(), alias);
  });

  test('it is the same plan when it is made again, also when the proof fails the next time', async () => {
    const name = boxWithBind();
    const first = await planned(name);
    expect(await planned(name)).toEqual(first);
    lab.adapt = (host) => recorded(onKernel(host, another));
    const next = await planned(name);
    expect([first, next].map(({ data }) => data.direct !== null)).toEqual([true, false]);
    expect(fingerprintOf([next])).toBe(fingerprintOf([first]));
  });

  /** Text alone does not tell that the nested mount lies below. */
  function atAlias(): string {
    put(lab.path('aliased', 'one.txt'), 'one\n');
    const nested = ['--volume', `${lab.path('nested')}:${FOLDER}/nested`];
    return box(['--volume', `${lab.path('aliased')}:/alias/${DATABASES}`, ...nested]);
  }

  function withHost(adapt: (host: Host) => Host): string {
    lab.adapt = (host) => recorded(adapt(host));
    return boxWithBind();
  }

  testWith('root', isRoot)('Docker sends it when something is mounted below on this host', async () => {
    const name = boxWithBind();
    mountTmpfs(inConfig('later'), '1m');
    try {
      expect((await planned(name)).data.direct).toBeNull();
    } finally {
      unmount(inConfig('later'));
    }
  });

  testWith('root', isRoot)('Docker sends it when this user may not read all of it', async () => {
    lab.adapt = (host) =>
      recorded({
        ...host,
        exec: (argv, options) =>
          host.exec(
            argv[0] === 'find'
              ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--', ...argv]
              : argv,
            options,
          ),
      });
    const name = boxWithBind();
    chmodSync(inConfig('one.txt'), 0o600);
    chmodSync(lab.root, 0o755);
    const plan = await planned(name);
    expect(plan.data).toMatchObject({ files: 2, bytes: 8, measured: true });
    expect(plan.data.direct).toBeNull();
    chmodSync(inConfig('one.txt'), 0o604);
    expect((await planned(name)).data.direct).not.toBeNull();
  });

  /** The context of a run in which something happens once the container is held. */
  function whenHeld(happens: () => void): ReturnType<Lab['runContext']> {
    const ctx = lab.runContext();
    return {
      ...ctx,
      note: async (kind, data) => {
        await ctx.note(kind, data);
        if (kind === SETTLED) happens();
      },
    };
  }

  test('a symlink that takes the folder’s place after the proof leads nobody out of the mount', async () => {
    put(lab.path('outside', 'secret.txt'), 'secret');
    // The same path leads to something else inside the container.
    put(lab.path('inside', 'harmless.txt'), 'harmless');
    const name = boxWithBind(['--volume', `${lab.path('inside')}:${lab.path('outside')}`]);
    const plan = await planned(name);
    expect(plan.data.direct).not.toBeNull();
    const ctx = whenHeld(() => {
      renameSync(inConfig(), lab.path('config', 'moved'));
      symlinkSync(lab.path('outside'), inConfig());
    });
    expect((await executor.run(plan, ctx)).state).toBe('succeeded');
    expect(isStreamed()).toBe(true);
    expect(members(plan.data.archive)).toEqual(['outside/', 'outside/harmless.txt']);
    expect(lab.log).toContain(
      `${inConfig()} could not be read as a whole as the container’s folder; Docker reads it.`,
    );
  });

  test('another folder that takes its place after the proof is read by Docker', async () => {
    const name = boxWithBind();
    const plan = await planned(name);
    const ctx = whenHeld(() => {
      renameSync(inConfig(), lab.path('config', 'moved'));
      put(inConfig('new.txt'), 'new, and as long');
    });
    expect((await executor.run(plan, ctx)).state).toBe('succeeded');
    expect(isStreamed()).toBe(true);
    expect(members(plan.data.archive)).toEqual(['Databases/', 'Databases/new.txt']);
  });

  testWith('root', isRoot)(
    'a volume that Docker unmounts with the container is read by Docker, or held by a pause',
    async () => {
      put(lab.path('config', DATABASES, 'one.txt'), 'one\n');
      const options = ['--opt', 'type=none', '--opt', 'o=bind', '--opt', `device=${lab.path('config')}`];
      const volume = docker('volume', 'create', ...options, testName());
      volumes.push(volume);
      const name = box(['--volume', `${volume}:/config`]);
      const plan = await planned(name);
      expect(plan.data.direct).not.toBeNull();
      expect(await streams(plan)).toBe(true);
      expect(members(plan.data.archive)).toEqual(['Databases/', 'Databases/one.txt']);
      lab.plannedAt = new Date('2026-11-23T14:17:00Z');
      expect(await streams(await planned(name, { consistency: 'pause' }))).toBe(false);
    },
  );

  test('Docker sends it again when something was written meanwhile, or tar could not read everything', async () => {
    const name = boxWithBind();
    for (const exitCode of [1, 2]) {
      lab.plannedAt = new Date(Date.UTC(2026, 10, 22 + exitCode));
      lab.adapt = (host) =>
        recorded({
          ...host,
          pipe: async (argvs, file, options) => {
            const results = await host.pipe(argvs, file, options);
            if (options?.folder === undefined) return results;
            expect(existsSync(file ?? '')).toBe(true);
            return results.map((result, index) =>
              index === 0 ? { ...result, ok: false, exitCode } : result,
            );
          },
        });
      const plan = await planned(name, { compress: 'gzip' });
      expect(plan.data.direct).not.toBeNull();
      expect(await streams(plan)).toBe(true);
      expect(members(plan.data.archive)).toEqual(['Databases/', 'Databases/one.txt', 'Databases/two.txt']);
    }
  });

  testWith('root', isRoot)('what is mounted there meanwhile fails the run', async () => {
    const name = boxWithBind();
    const plan = await planned(name);
    expect(plan.data.direct).not.toBeNull();
    lab.adapt = (host) =>
      recorded({
        ...host,
        pipe: (argvs, file, options) => {
          if (options?.folder !== undefined) {
            mountTmpfs(inConfig('later'), '1m');
            put(inConfig('later', 'of-this-host'), 'x');
          }
          return host.pipe(argvs, file, options);
        },
      });
    try {
      const result = await executor.run(plan, lab.runContext());
      expect(result).toMatchObject({ state: 'failed', reason: 'source_not_mounted' });
      expect(existsSync(plan.data.archive)).toBe(false);
      expect(existsSync(plan.data.partial)).toBe(false);
    } finally {
      unmount(inConfig('later'));
    }
  });

  test('stopping the run in the middle leaves the container running and nothing behind', async () => {
    put(inConfig('big'), Buffer.alloc(200 * 1024 * 1024, 'x'));
    const name = boxWithBind();
    const plan = await planned(name, { compress: 'gzip' });
    expect(plan.data.direct).not.toBeNull();
    const ctx = lab.runContext();
    const journal = async (kind: string, data: Parameters<typeof ctx.journal>[1]): Promise<void> => {
      await ctx.journal(kind, data);
      if (kind === 'partial') setTimeout(() => lab.stop.abort(), 100);
    };
    const result = await executor.run(plan, { ...ctx, journal });
    expect(result).toMatchObject({ state: 'cancelled', reason: 'stopped' });
    expect(isStreamed()).toBe(false);
    expect(statusOf(name)).toBe('running');
    expect(readdirSync(destination)).toEqual([]);
  });

  test('the numbers are those of the container, not of a folder that happens to have the same name here', async () => {
    const name = withHost((host) => answering(host, isOwnStat, (text) => text.replace(':', ':1')));
    lab.adapt = ((adapt) => (host: Host) => {
      const other = adapt(host);
      const elsewhere: Host['realpath'] = async (path) =>
        path.startsWith(lab.path('config'))
          ? lab.path('other', path.slice(lab.path('config').length))
          : host.realpath(path);
      return { ...other, realpath: elsewhere };
    })(lab.adapt);
    put(lab.path('other', DATABASES, 'much.txt'), 'much more than inside');
    expect((await planned(name)).data).toMatchObject({ files: 2, bytes: 8, measured: true });
    docker('stop', '-t', '1', name);
    // The engine's own files are seen here, so its mounts are as well.
    expect((await planned(name)).data).toMatchObject({ files: 1, bytes: 21, measured: true });
    lab.adapt = ((adapt) => (host: Host) => {
      const other = adapt(host);
      return {
        ...other,
        stat: async (path) => (dirname(path).includes('/containers/') ? null : host.stat(path)),
      };
    })(lab.adapt);
    expect((await planned(name)).data).toMatchObject({ files: 0, bytes: 0, measured: false });
  });
});
