import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { mountTmpfs, testWith, unmount } from '../support/needs.js';
import { asNobody } from '../support/nobody.js';
import { plant, put, tool } from '../support/trees.js';

let lab: Lab;
let fields: DockerVolumesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 40);
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    options: [],
    mirror: true,
    max_delete: 1000,
    require_mount: false,
    password_secret: null,
  };
});
afterEach(() => {
  unmount(lab.path('small'));
  lab.clean();
});

async function blockersWith(changed: Partial<DockerVolumesFields>): Promise<string[]> {
  return codes((await lab.plan(dockerVolumes, { ...fields, ...changed })).blockers);
}

describe('a plan is blocked', () => {
  test('when the source is missing, empty, or no folder, and nothing is deleted', async () => {
    put(lab.path('dst', 'precious'), 'x');
    mkdirSync(lab.path('empty'));
    expect(await blockersWith({ source: lab.path('nothing') })).toEqual(['source_missing']);
    expect(await blockersWith({ source: lab.path('src', 'd0', 'f1') })).toEqual(['source_missing']);
    const part = await lab.plan(dockerVolumes, { ...fields, source: lab.path('empty') });
    expect(codes(part.blockers)).toEqual(['source_empty']);
    expect(existsSync(lab.path('dst', 'precious'))).toBe(true);
  });

  test('when less than half of the files are left', async () => {
    lab.remembered = { files: 81 };
    expect(await blockersWith({})).toEqual(['source_shrunk']);
    expect(await blockersWith({ min_files: 10 })).toEqual([]);
  });

  test('when something that would be copied can’t be read', async () => {
    lab.adapt = asNobody;
    chmodSync(lab.root, 0o755);
    chmodSync(lab.path('dst'), 0o777);
    put(lab.path('src', 'secret'), 'x');
    chmodSync(lab.path('src', 'secret'), 0o000);
    expect(await blockersWith({})).toEqual(['source_unreadable']);
    expect(await blockersWith({ exclude: ['secret'] })).toEqual([]);
    mkdirSync(lab.path('src', 'closed'));
    chmodSync(lab.path('src', 'closed'), 0o000);
    expect(await blockersWith({ exclude: ['secret'] })).toEqual(['source_unreadable']);
    expect(await blockersWith({ exclude: ['secret', 'closed'] })).toEqual([]);
  });

  test('when source and destination lie in each other, or the destination’s parent is missing', async () => {
    symlinkSync('src', lab.path('alias'));
    expect(await blockersWith({ destination: lab.path('alias', 'new') })).toEqual(['destination_in_source']);
    expect(await blockersWith({ destination: lab.root })).toEqual(['destination_in_source']);
    expect(await blockersWith({ destination: lab.path('no', 'where') })).toEqual(['destination_missing']);
  });

  test('when rsync is missing', async () => {
    lab.environment = { PATH: lab.path('dst') };
    const part = await lab.plan(dockerVolumes, fields);
    expect(codes(part.blockers)).toEqual(['tool_missing']);
    expect(plain(part.blockers[0]?.remedy ?? [])).toBe('Install it (apt install rsync), then try again.');
  });

  test('without --delete, when a folder is in the way of a file', async () => {
    put(lab.path('dst', 'd0', 'f0', 'inside'), 'x');
    const part = await lab.plan(dockerVolumes, { ...fields, mirror: false });
    expect(codes(part.blockers)).toEqual(['in_the_way']);
    expect(plain(part.blockers[0]?.message ?? [])).toContain('would be deleted: d0/f0/');
  });
});

describe('a run', () => {
  async function planned() {
    put(lab.path('dst', 'old'), 'x');
    const part = await lab.plan(dockerVolumes, fields);
    expect(codes(part.blockers)).toEqual([]);
    return part;
  }

  test('that can’t copy everything (exit 23) fails and deletes nothing', async () => {
    lab.adapt = asNobody;
    chmodSync(lab.root, 0o755);
    chmodSync(lab.path('dst'), 0o777);
    const options = ['--no-owner', '--no-group', '--no-perms'];
    put(lab.path('dst', 'old'), 'x');
    const part = await lab.plan(dockerVolumes, { ...fields, options });
    chmodSync(lab.path('src', 'd0', 'f7'), 0o000);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_unreadable' });
    expect(said(result)).toContain('The mirror is incomplete: what was copied stays');
    expect(said(result)).toContain('Nothing was deleted.');
    expect(existsSync(lab.path('dst', 'old'))).toBe(true);
    expect(lab.artifacts).toMatchObject([{ kind: 'mirror', verified: 'none' }]);
    expect(lab.remembered).toBeNull();
  });

  test('warns of files that changed while it copied', async () => {
    const part = await planned();
    const change = (host: Host): Host => ({
      ...host,
      exec: async (argv, options) => {
        const result = await host.exec(argv, options);
        if (argv[0] === 'sync') writeFileSync(lab.path('src', 'd0', 'f3'), 'written meanwhile');
        return result;
      },
    });
    lab.adapt = change;
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['files_changed']);
  });

  test('that is stopped keeps what it copied, says that it is incomplete, and goes on the next time', async () => {
    for (let index = 0; index < 20; index += 1) put(lab.path('src', `big${index}`), randomBytes(2_000_000));
    put(lab.path('dst', 'old'), 'x');
    const part = await lab.plan(dockerVolumes, { ...fields, options: ['--bwlimit=10m'] });
    const context = lab.runContext();
    const result = await dockerVolumes.run(part, {
      ...context,
      progress: (update) => {
        if ((update.done ?? 0) > 4_000_000) lab.stop.abort();
      },
    });
    expect(result).toMatchObject({ state: 'cancelled', reason: 'stopped' });
    expect(said(result)).toContain('The mirror is incomplete');
    expect(existsSync(lab.path('dst', 'old'))).toBe(true);
    expect(readdirSync(lab.path('dst')).filter((name) => name.startsWith('.b'))).toEqual([]);
    expect(lab.artifacts.at(-1)?.verified).toBe('none');

    lab.stop = new AbortController();
    const next = await lab.plan(dockerVolumes, fields);
    expect(await dockerVolumes.run(next, lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect(tool('rsync', '-anci', '--delete', `${lab.path('src')}/`, `${lab.path('dst')}/`)).toBe('');
  });

  test('whose process died is reported truthfully, also in the catalogue', async () => {
    const part = await planned();
    const none = await dockerVolumes.recover(part, [], lab.runContext());
    expect(none.summary.map(plain)).toEqual(['Nothing had been copied yet.']);
    expect(lab.artifacts).toEqual([]);
    const copying = await dockerVolumes.recover(part, [{ kind: 'copy', data: null }], lab.runContext());
    expect(copying.summary.map(plain).join(' ')).toMatch(/^The mirror is incomplete.*Nothing was deleted\.$/);
    const journal = ['copy', 'remove'].map((kind) => ({ kind, data: null }));
    const deleting = await dockerVolumes.recover(part, journal, lab.runContext());
    expect(deleting.summary.map(plain).join(' ')).toContain('may have been made');
    expect(lab.artifacts.at(-1)).toMatchObject({ kind: 'mirror', verified: 'none' });
  });

  test('with files that vanish only warns', async () => {
    put(lab.path('src', 'aa'), randomBytes(3_000_000));
    put(lab.path('src', 'zz'), 'x');
    const part = await lab.plan(dockerVolumes, { ...fields, options: ['--bwlimit=1m'] });
    const context = lab.runContext();
    const result = await dockerVolumes.run(part, {
      ...context,
      // The list of files is made by now, and sending the first one takes a while.
      progress: ({ done }) => {
        if (done) rmSync(lab.path('src', 'zz'), { force: true });
      },
    });
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['files_changed']);
    expect(plain(result.warnings[0]?.message ?? [])).toContain('1 file vanished');
  });
});

describe('a full disk', () => {
  const probe = new Lab();
  const mountable = mountTmpfs(probe.path('m'), '1m');
  unmount(probe.path('m'));
  probe.clean();

  testWith('right to mount a tmpfs', mountable)(
    'is foreseen, and said when it comes all the same',
    async () => {
      mountTmpfs(lab.path('small'), '4m');
      const small = { ...fields, destination: lab.path('small') };
      put(lab.path('src', 'big'), randomBytes(8_000_000));
      const blocked = await lab.plan(dockerVolumes, small);
      expect(codes(blocked.blockers)).toEqual(['destination_full']);

      rmSync(lab.path('src', 'big'));
      const part = await lab.plan(dockerVolumes, small);
      expect(codes(part.blockers)).toEqual([]);
      put(lab.path('src', 'big'), randomBytes(8_000_000));
      const result = await dockerVolumes.run(part, lab.runContext());
      expect(result).toMatchObject({ state: 'failed', reason: 'destination_full' });
      expect(said(result)).toMatch(/^The destination is full: .* The mirror is incomplete/);
    },
  );

  testWith('right to mount a tmpfs', mountable)('is said when not even its folder can be made', async () => {
    // The one inode is the root's own: nothing can be made in it.
    mountTmpfs(lab.path('small'), '4m,nr_inodes=1');
    const part = await lab.plan(dockerVolumes, { ...fields, destination: lab.path('small', 'new') });
    expect(codes(part.blockers)).toEqual([]);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'destination_full' });
  });
});
