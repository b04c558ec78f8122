import { mkdirSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { mountTmpfs, testWith, unmount } from '../support/needs.js';
import { put } from '../support/trees.js';

let lab: Lab;
let fields: DockerVolumesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('src'));
  mkdirSync(lab.path('dst'));
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    options: [],
    mirror: false,
    max_delete: 1000,
    require_mount: false,
    password_secret: null,
  };
});
afterEach(() => {
  unmount(lab.path('small'));
  lab.clean();
});

function planned(changed: Partial<DockerVolumesFields> = {}) {
  return lab.plan(dockerVolumes, { ...fields, ...changed });
}

describe('what is excluded', () => {
  beforeEach(() => {
    put(lab.path('src', 'cache', 'deep', 'token'), '12345');
    put(lab.path('src', 'cache', 'more'), '123');
    put(lab.path('src', 'sub', 'cache', 'kept'), 'kept');
    put(lab.path('src', 'a because of pattern *.log'), '1');
    put(lab.path('src', 'new\nline.log'), '12');
    put(lab.path('src', 'ünï'), '1');
    symlinkSync('x', lab.path('src', 'cache', 'link'));
  });

  async function excluded(...exclude: string[]) {
    const part = await planned({ exclude });
    expect(codes(part.blockers)).toEqual([]);
    const [, files = '0', bytes = '0 B'] =
      /Excluded: (\d+) files?, ([^.]*)\./.exec(plain(part.steps[0]?.title ?? [])) ?? [];
    const idle = part.warnings.filter(({ code }) => code === 'exclude_without_effect');
    return { left: `${files}, ${bytes}`, idle: idle.map(({ message }) => plain(message)) };
  }

  test('is counted, also below an excluded folder, and anchored as rsync does', async () => {
    expect(await excluded('/cache')).toEqual({ left: '3, 9 B', idle: [] });
    expect(await excluded('cache/')).toEqual({ left: '4, 13 B', idle: [] });
    expect(await excluded('*.log')).toEqual({ left: '2, 3 B', idle: [] });
    expect(await excluded('ünï')).toEqual({ left: '1, 1 B', idle: [] });
    expect(await excluded()).toEqual({ left: '0, 0 B', idle: [] });
  });

  test('by nothing is said of each pattern', async () => {
    const { left, idle } = await excluded('/token', '*.log', 'nothing/', 'more');
    expect(left).toBe('3, 6 B');
    expect(idle).toEqual([
      `The exclude /token matches nothing in ${fields.source}.`,
      `The exclude nothing/ matches nothing in ${fields.source}.`,
    ]);
  });

  test('at the destination only has an effect, too', async () => {
    put(lab.path('dst', 'old', 'local.tmp'), 'mine');
    const part = await planned({ exclude: ['*.tmp'], mirror: true });
    expect(codes(part.warnings)).toEqual([]);
  });

  test('by an option counts like by the field', async () => {
    const part = await planned({ options: ['--exclude=nothing', '--exclude=/cache'] });
    expect(codes(part.warnings)).toEqual(['exclude_without_effect']);
    expect(plain(part.steps[0]?.title ?? [])).toContain('Excluded: 3 files, 9 B.');
  });
});

describe('verify', () => {
  /** After the copy, something happens at the destination. */
  function meanwhile(happens: () => void): void {
    lab.adapt = (host: Host) => ({
      ...host,
      exec: async (argv, options) => {
        const result = await host.exec(argv, options);
        if (argv[0] === 'sync') happens();
        return result;
      },
    });
  }

  function flip(): void {
    utimesSync(lab.path('src', 'a'), 1_500_000_000, 1_500_000_000);
    writeFileSync(lab.path('dst', 'a'), 'b');
    utimesSync(lab.path('dst', 'a'), 1_500_000_000, 1_500_000_000);
  }

  test('by size and time is what it says, and no more', async () => {
    put(lab.path('src', 'a'), 'a');
    const part = await planned();
    meanwhile(flip);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(said(result)).toContain('has all 1 file, checked by size and time.');
    expect(lab.artifacts).toMatchObject([{ verified: 'listed' }]);
  });

  test('by checksum reads every byte', async () => {
    put(lab.path('src', 'a'), 'a');
    const result = await dockerVolumes.run(await planned({ verify: 'checksum' }), lab.runContext());
    expect(said(result)).toContain('has all 1 file, every byte compared.');
    expect(lab.artifacts).toMatchObject([{ verified: 'read' }]);
  });

  test('by checksum finds a byte that nobody wrote, and the way out works', async () => {
    for (const name of ['a', 'other']) put(lab.path('src', name), 'a');
    const part = await planned({ verify: 'checksum' });
    meanwhile(flip);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toMatch(
      /^1 file at .* has the size and time of the source, but other contents: a\./,
    );
    expect(lab.artifacts).toMatchObject([{ verified: 'none' }]);
    lab.adapt = (host) => host;
    const again = await planned({ verify: 'checksum', options: ['--checksum'] });
    expect((await dockerVolumes.run(again, lab.runContext())).state).toBe('succeeded');
  });
});

describe('a sparse file', () => {
  const probe = new Lab();
  const mountable = mountTmpfs(probe.path('m'), '1m');
  unmount(probe.path('m'));
  probe.clean();

  testWith('right to mount a tmpfs', mountable)('needs what it holds where holes are kept', async () => {
    mountTmpfs(lab.path('small'), '8m');
    const small = { destination: lab.path('small') };
    put(lab.path('src', 'disk.raw'), 'x');
    truncateSync(lab.path('src', 'disk.raw'), 64 * 1024 ** 2);
    expect(codes((await planned(small)).blockers)).toEqual(['destination_full']);
    const part = await planned({ ...small, options: ['--sparse'] });
    expect(codes(part.blockers)).toEqual([]);
    expect((await dockerVolumes.run(part, lab.runContext())).state).toBe('succeeded');

    unlinkSync(lab.path('src', 'disk.raw'));
    for (const name of ['full', 'new\nline']) put(lab.path('src', name), Buffer.alloc(5 * 1024 ** 2, 1));
    const full = await planned({ ...small, options: ['--sparse'] });
    expect(codes(full.blockers)).toEqual(['destination_full']);
  });
});

describe('walks through source and destination', () => {
  /** The calls of rsync that look at all of both sides; those with a list of paths don't. */
  function countWalks(): { readonly walks: number; readonly calls: number } {
    const count = { walks: 0, calls: 0 };
    lab.adapt = (host: Host) => ({
      ...host,
      exec: (argv, options) => {
        const isCall = argv[0] === 'rsync' && argv[1] !== '--version';
        if (isCall) count.calls += 1;
        if (isCall && !argv.includes('--files-from=-')) count.walks += 1;
        return host.exec(argv, options);
      },
    });
    return count;
  }

  test('are one for a plan and two for a run', async () => {
    for (let index = 0; index < 300; index += 1) put(lab.path('src', `f${index}`), 'x');
    const count = countWalks();
    const first = await planned();
    expect(count).toEqual({ walks: 1, calls: 1 });
    await dockerVolumes.run(first, lab.runContext());
    expect(count).toEqual({ walks: 3, calls: 3 });
    await dockerVolumes.run(await planned(), lab.runContext());
    expect(count).toEqual({ walks: 6, calls: 6 });
  });

  test('are not more with changes and deletions', async () => {
    for (let index = 0; index < 600; index += 1) put(lab.path('src', 'd', `f${index}`), 'x');
    await dockerVolumes.run(await planned(), lab.runContext());
    for (let index = 0; index < 600; index += 1) {
      if (index < 50) unlinkSync(lab.path('src', 'd', `f${index}`));
      else put(lab.path('src', 'd', `f${index}`), 'changed');
    }
    const count = countWalks();
    await dockerVolumes.run(await planned({ mirror: true }), lab.runContext());
    expect(count.walks).toBe(3);
  });
});
