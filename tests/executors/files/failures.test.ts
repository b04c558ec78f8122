import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { HostError } from '../../../src/core/ports/host.js';
import { files } from '../../../src/executors/files/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { mountTmpfs, testWith, unmount } from '../support/needs.js';
import { asNobody } from '../support/nobody.js';
import { plant, put, tool } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  plant(lab.path('src'), 40);
  writeFileSync(lab.path('dst', 'photos_20200101_000000.tar.gz'), 'old');
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    compress: 'gzip',
    retention_days: null,
    min_keep: 3,
    require_mount: false,
  };
});
afterEach(() => {
  unmount(lab.path('small'));
  lab.clean();
});

const OLD = ['photos_20200101_000000.tar.gz'];

describe('a full disk', () => {
  const probe = new Lab();
  const mountable = mountTmpfs(probe.path('m'), '1m');
  unmount(probe.path('m'));
  probe.clean();

  testWith('right to mount a tmpfs', mountable)(
    'in the middle is said in numbers, and leaves nothing half-done',
    async () => {
      mountTmpfs(lab.path('small'), '2m');
      put(lab.path('src', 'big'), randomBytes(4 * 1024 * 1024));
      const part = await lab.plan(files, { ...fields, destination: lab.path('small') });
      expect(codes(part.blockers)).toEqual([]);
      expect(codes(part.warnings)).toEqual(['destination_low']);
      const result = await files.run(part, lab.runContext());
      expect(result).toMatchObject({ state: 'failed', reason: 'destination_full' });
      expect(said(result)).toMatch(
        /^The destination is full: about 4\.1 MiB needed, 2\.0 MiB free on \S+\. Nothing half-done is left/,
      );
      expect(plain(result.next ?? [])).toContain('retention_days');
      expect(readdirSync(lab.path('small'))).toEqual([]);

      lab.remembered = { files: 40, bytes: 100, size: 100 };
      const known = await lab.plan(files, { ...fields, destination: lab.path('small') });
      expect(codes(known.blockers)).toEqual(['destination_full']);
    },
  );
});

/** Calls `change` with the partial's path once it is written and before it is checked. */
function afterWriting(change: (partial: string) => void): (host: Host) => Host {
  return (host) => ({
    ...host,
    sync: async (path) => {
      await host.sync(path);
      change(path);
    },
  });
}

describe('a partial', () => {
  test.each([
    ['gzip', 0.5],
    ['gzip', 0.999],
    ['zstd', 0.5],
    ['zstd', 0.999],
  ] as const)(
    'packed with %s in which one bit flipped at %d does not pass its check',
    async (compress, where) => {
      put(lab.path('src', 'random'), randomBytes(200_000));
      lab.adapt = afterWriting((partial) => {
        const file = openSync(partial, 'r+');
        const at = Math.floor(statSync(partial).size * where);
        writeSync(file, Buffer.from([0x5a]), 0, 1, at);
        writeSync(file, Buffer.from([0xa5]), 0, 1, at + 1);
        closeSync(file);
      });
      const part = await lab.plan(files, { ...fields, compress });
      const result = await files.run(part, lab.runContext());
      expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
      expect(readdirSync(lab.path('dst'))).toEqual(OLD);
      expect(lab.artifacts).toEqual([]);
      expect(lab.remembered).toBeNull();
    },
  );

  test.each([
    ['with other bytes in it', ['--exclude=d0/f0']],
    ['with less in it', ['--exclude=random']],
  ] as const)('that is another valid archive, %s, does not pass either', async (_what, options) => {
    put(lab.path('src', 'random'), randomBytes(200_000));
    lab.adapt = afterWriting((partial) => {
      put(lab.path('src', 'd0', 'f0'), 'other');
      tool('tar', '-czf', partial, ...options, '-C', lab.path('src'), '.');
    });
    const part = await lab.plan(files, fields);
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toContain('sha256 differs');
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
  });

  test('whose checksum at the end is wrong is found by the program that unpacks it, not by tar', async () => {
    put(lab.path('src', 'random'), randomBytes(200_000));
    lab.adapt = afterWriting((partial) => {
      // The last 8 bytes of gzip are its CRC-32 and the length.
      const file = openSync(partial, 'r+');
      writeSync(file, Buffer.from([1, 2, 3, 4]), 0, 4, statSync(partial).size - 8);
      closeSync(file);
    });
    const part = await lab.plan(files, fields);
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(said(result)).toMatch(/crc|corrupt/i);
  });

  test('that a compressor filled with something else does not pass', async () => {
    const part = await lab.plan(files, fields);
    const [tar] = part.data.pack;
    const pack = [tar ?? [], ['sh', '-c', 'tr f g | gzip -1']];
    const result = await files.run({ ...part, data: { ...part.data, pack } }, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
  });

  test('that is a valid archive of less does not pass either', async () => {
    put(lab.path('src', 'random'), randomBytes(200_000));
    lab.adapt = afterWriting((partial) => {
      tool('tar', '-cf', partial, '--exclude=random', '-C', lab.path('src'), '.');
    });
    const part = await lab.plan(files, { ...fields, compress: 'none' });
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'check_failed' });
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
  });
});

describe('a source that changes', () => {
  test('while it is read gives a warning', async () => {
    put(lab.path('src', 'growing'), randomBytes(40_000_000));
    const part = await lab.plan(files, fields);
    const touching = setInterval(() => writeFileSync(lab.path('src', 'growing'), 'x', { flag: 'a' }), 1);
    const result = await files.run(part, lab.runContext());
    clearInterval(touching);
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['files_changed']);
    expect(plain(result.warnings[0]?.message ?? [])).toContain('growing');
  });

  test('so that a file can’t be read any more fails', async () => {
    chmodSync(lab.root, 0o755);
    const part = await lab.plan(files, fields);
    chmodSync(lab.path('src', 'd0', 'f7'), 0o000);
    lab.adapt = asNobody;
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_unreadable' });
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
  });

  test('so that it is gone fails, and the old archives stay', async () => {
    const part = await lab.plan(files, fields);
    const data = {
      ...part.data,
      pack: part.data.pack.map((argv) => argv.map((arg) => arg.replace(lab.path('src'), lab.path('gone')))),
    };
    const result = await files.run({ ...part, data }, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'command_failed' });
    expect(said(result)).toMatch(
      /^tar ended with exit code 2\. It said .*No such file.* Nothing half-done is left/,
    );
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
  });
});

describe('stopping', () => {
  test('in the middle removes the partial and leaves the old archives', async () => {
    put(lab.path('src', 'big'), Buffer.alloc(300_000_000));
    const part = await lab.plan(files, { ...fields, retention_days: 1 });
    const context = lab.runContext();
    const result = await files.run(part, {
      ...context,
      progress: (update) => {
        if ((update.done ?? 0) > 0) lab.stop.abort();
      },
    });
    expect(result).toMatchObject({ state: 'cancelled', reason: 'stopped' });
    expect(said(result)).toContain('the partial file is gone, the old archives are untouched');
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
    expect(lab.artifacts).toEqual([]);
  });

  test('once the archive is made keeps it and deletes nothing', async () => {
    const part = await lab.plan(files, fields);
    const context = lab.runContext();
    const result = await files.run(part, {
      ...context,
      addArtifact: async (artifact) => {
        await context.addArtifact(artifact);
        lab.stop.abort();
      },
    });
    expect(result.state).toBe('cancelled');
    expect(said(result)).toContain(`${part.data.archive}, checked`);
    expect(lab.artifacts).toHaveLength(1);
  });
});

describe('a manifest that can’t be written', () => {
  test('is a warning: the archive is whole and in the catalogue', async () => {
    lab.adapt = (host) => ({
      ...host,
      writeText: async (path) => {
        throw new HostError('ENOSPC', path, 'no space');
      },
    });
    const part = await lab.plan(files, fields);
    const result = await files.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    expect(codes(result.warnings)).toEqual(['destination_full']);
    expect(lab.artifacts).toHaveLength(1);
  });
});

describe('recovery', () => {
  /** Runs until the given call of the host, and dies there. */
  async function dieAt(call: keyof Host, times = 1) {
    const part = await lab.plan(files, fields);
    let count = 0;
    lab.adapt = (host) => {
      const original = host[call] as (...args: unknown[]) => unknown;
      const dying = async (...args: unknown[]) => {
        count += 1;
        if (count === times) throw new Error('killed');
        return original(...args);
      };
      return { ...host, [call]: dying } as Host;
    };
    await expect(files.run(part, lab.runContext())).rejects.toThrow('killed');
    lab.adapt = (host) => host;
    const report = await files.recover(part, lab.journal, lab.runContext());
    return { part, text: report.summary.map(plain).join(' ') };
  }

  test('removes the partial, and only that', async () => {
    const { text } = await dieAt('sync');
    expect(text).toBe('The partial file is removed. No new backup was made; the old archives are untouched.');
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
    expect(lab.artifacts).toEqual([]);
  });

  test('before the rename keeps nothing, however far the check was', async () => {
    const { text } = await dieAt('rename');
    expect(text).toContain('No new backup was made');
    expect(readdirSync(lab.path('dst'))).toEqual(OLD);
  });

  test('after the rename completes manifest and catalogue', async () => {
    const { part, text } = await dieAt('writeText');
    expect(text).toContain('was complete and checked; it is kept');
    expect(existsSync(part.data.archive)).toBe(true);
    expect(existsSync(`${part.data.archive}.manifest.json`)).toBe(true);
    expect(existsSync(part.data.partial)).toBe(false);
    expect(lab.artifacts).toMatchObject([{ path: part.data.archive, verified: 'read', files: 40 }]);
  });

  test('before anything was written touches nothing', async () => {
    const part = await lab.plan(files, fields);
    writeFileSync(part.data.partial, 'somebody else’s');
    const report = await files.recover(part, [], lab.runContext());
    expect(report.summary.map(plain)).toEqual(['Nothing had been written yet.']);
    expect(existsSync(part.data.partial)).toBe(true);
  });

  test('in the middle of the deletions notes those that were made', async () => {
    await files.run(await lab.plan(files, fields), lab.runContext());
    const part = await lab.plan(files, fields);
    const [first, second] = ['a', 'b'].map((name) => lab.path('dst', `${name}.tar.gz`));
    writeFileSync(second ?? '', 'x');
    const deletions = [first, second].map((archive) => ({ archive: archive ?? '', manifest: null }));
    const data = { ...part.data, archive: lab.artifacts[0]?.path ?? '', deletions };
    const report = await files.recover(
      { ...part, data },
      [...lab.journal, { kind: 'retention', data: null }],
      lab.runContext(),
    );
    expect(report.summary.map(plain).join(' ')).toContain('1 of 2 old archives had been deleted');
    expect(existsSync(second ?? '')).toBe(true);
  });
});
