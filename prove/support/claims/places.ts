import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FAR_NAMES, Far } from './far.js';

/** Where backups go. Each has a small file system of its own, which can be filled, taken away and made read-only. */
export interface Place {
  readonly name: string;
  readonly isLocal: boolean;
  /** As the intent names a folder of it. */
  destination(folder: string): string;
  /** Where this proof finds that folder. */
  path(folder: string): string;
  /** Fills it up to so many bytes. */
  fill(leave: number): void;
  /** Makes it read-only; false where something still writes to it. */
  freeze(): boolean;
  /** Takes it out of the tree of folders: the empty mount point stays. */
  detach(): void;
  /** As it was before it was filled, frozen or detached. */
  restore(): void;
  /** In front of `node`, for a bot that backs up to it. */
  readonly before: readonly string[];
  /** Folders for its PATH. */
  readonly bins: readonly string[];
  /** Who it is. */
  readonly user: number;
}

const NOBODY = 65534;
const MIB = 1 << 20;

interface FileSystem {
  readonly mib: number;
  readonly make: readonly string[];
  /** The image's path, or its loop device, and the mount point follow. */
  readonly mount: readonly string[];
  readonly onLoop?: boolean;
}

const LOOP = ['mount', '-o', 'loop'];
const FILE_SYSTEMS: Readonly<Record<string, FileSystem>> = {
  ext4: { mib: 96, make: ['mkfs.ext4', '-q', '-m', '0'], mount: LOOP },
  xfs: { mib: 320, make: ['mkfs.xfs', '-q'], mount: LOOP },
  exfat: { mib: 64, make: ['mkfs.exfat'], mount: ['mount.exfat-fuse'], onLoop: true },
  ntfs: { mib: 64, make: ['mkntfs', '-q', '-F', '-Q'], mount: ['ntfs-3g'] },
  'ntfs-no-case': { mib: 64, make: ['mkntfs', '-q', '-F', '-Q'], mount: ['lowntfs-3g', '-o', 'ignore_case'] },
};

export const PLACE_NAMES = [...Object.keys(FILE_SYSTEMS), 'tmpfs', 'not-root', ...FAR_NAMES] as const;

/** The places that were needed so far; all are taken down by `close`. */
export class Places {
  readonly #root: string;
  readonly #open = new Map<string, Place>();
  readonly #undo: (() => void)[] = [];
  #far: Far | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  async get(name: string): Promise<Place> {
    const known = this.#open.get(name);
    if (known) return known;
    const place = FAR_NAMES.includes(name) ? await this.#makeFar(name) : this.#makeLocal(name);
    this.#open.set(name, place);
    return place;
  }

  close(): void {
    this.#far?.close();
    for (const undo of this.#undo.reverse()) undo();
  }

  #makeLocal(name: string): Place {
    const disk = this.#disk(name, name === 'not-root' ? 'ext4' : name);
    const isRoot = name !== 'not-root';
    if (!isRoot) chownSync(disk.at, NOBODY, NOBODY);
    const path = (folder: string): string => join(disk.at, folder);
    return {
      ...disk,
      name,
      isLocal: true,
      destination: path,
      path,
      user: isRoot ? 0 : NOBODY,
      before: isRoot ? [] : ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
      bins: [],
    };
  }

  async #makeFar(name: string): Promise<Place> {
    this.#far ??= await Far.open(join(this.#root, 'far'));
    const disk = this.#disk(name, 'ext4');
    chmodSync(disk.at, 0o777);
    const { destination, bins, user } = await this.#far.serve(name, disk.at);
    const path = (folder: string): string => join(disk.at, folder);
    return { ...disk, name, isLocal: false, destination, path, user, before: [], bins };
  }

  #disk(
    name: string,
    kind: string,
  ): Pick<Place, 'fill' | 'freeze' | 'detach' | 'restore'> & { readonly at: string } {
    const at = join(this.#root, 'places', name);
    mkdirSync(at, { recursive: true });
    const mount = this.#mounter(name, kind, at);
    mount();
    this.#undo.push(() => run('umount', '--lazy', at));
    const ballast = join(at, 'ballast');
    let state: 'detached' | 'frozen' | 'as made' = 'as made';
    return {
      at,
      fill: (leave) => fillUp(ballast, at, leave),
      freeze: () => {
        if (run('mount', '-o', 'remount,ro', at)) state = 'frozen';
        // Some file systems in user space take no notice of it.
        return !isWritable(at);
      },
      detach: () => {
        run('umount', '--lazy', at);
        state = 'detached';
      },
      restore: () => {
        if (state === 'frozen') run('mount', '-o', 'remount,rw', at);
        if (state === 'detached') mount();
        rmSync(ballast, { force: true });
        state = 'as made';
      },
    };
  }

  #mounter(name: string, kind: string, at: string): () => void {
    if (kind === 'tmpfs') return () => must('mount', '-t', 'tmpfs', '-o', 'size=96m', 'chatops-test', at);
    const {
      mib,
      make,
      mount,
      onLoop = false,
    } = FILE_SYSTEMS[kind] ?? fail(`there is no file system ${kind}`);
    const image = join(this.#root, `${name}.img`);
    closeSync(openSync(image, 'w'));
    truncateSync(image, mib * MIB);
    must(...make, image);
    const device = onLoop ? must('losetup', '--find', '--show', image) : image;
    if (onLoop) this.#undo.push(() => run('losetup', '--detach', device));
    return () => void must(...mount, device, at);
  }
}

function isWritable(at: string): boolean {
  try {
    writeFileSync(join(at, 'probe'), '');
    rmSync(join(at, 'probe'));
    return true;
  } catch {
    return false;
  }
}

function fillUp(ballast: string, at: string, leave: number): void {
  const { bavail, bsize } = statfsSync(at);
  const bytes = bavail * bsize - leave;
  if (bytes <= 0 || run('fallocate', '--length', String(bytes), ballast)) return;
  const file = openSync(ballast, 'w');
  const zeros = Buffer.alloc(MIB);
  try {
    for (let left = bytes; left > 0; left -= MIB) writeSync(file, zeros, 0, Math.min(MIB, left));
  } catch {
    // Full a little earlier than it said.
  } finally {
    closeSync(file);
  }
}

function run(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** What a program prints; throws when it fails. */
function must(...argv: readonly string[]): string {
  const [program = '', ...args] = argv;
  // Not piped: what stays in the background would hold the pipe open.
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${error?.message ?? ''}${stdout}${stderr}`);
  return stdout.trim();
}

function fail(why: string): never {
  throw new Error(why);
}
