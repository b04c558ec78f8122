import { posix } from 'node:path';
import { type Host, HostError } from '../../core/ports/host.js';

/** What a container's labels say it was made from, as it is written there. */
export interface Origin {
  readonly files: string;
  readonly folder: string;
  readonly envFiles: string;
}

/** The same, as absolute paths in the labels' own spelling. */
export interface OriginPaths {
  readonly files: readonly string[];
  readonly folder: string;
  readonly envFiles: readonly string[];
}

const PROJECT = 'com.docker.compose.project';

export function originOf(labels: Readonly<Record<string, string>>): Origin {
  return {
    files: labels[`${PROJECT}.config_files`] ?? '',
    folder: labels[`${PROJECT}.working_dir`] ?? '',
    envFiles: labels[`${PROJECT}.environment_file`] ?? '',
  };
}

/** Paths of one look at a host, each resolved once. */
export class Paths {
  readonly #real = new Map<string, Promise<string>>();

  constructor(private readonly host: Host) {}

  /** Where a path leads; as it is written when nothing is there. */
  real(path: string): Promise<string> {
    const known = this.#real.get(path);
    if (known) return known;
    const normal = posix.resolve(path);
    const real = this.#resolve(normal).then((found) => found ?? normal);
    this.#real.set(path, real);
    return real;
  }

  /** Are these the same files, in the same order, however they are spelled? */
  async areSame(some: readonly string[], others: readonly string[]): Promise<boolean> {
    if (some.length !== others.length) return false;
    const pairs = await Promise.all(
      some.map(async (path, index) => [await this.real(path), await this.real(others[index] ?? '')]),
    );
    return pairs.every(([one, other]) => one === other);
  }

  /** What the labels mean: paths may be relative to the folder, and have commas in their names. */
  async of({ files, folder, envFiles }: Origin): Promise<OriginPaths> {
    return { files: await this.#split(files, folder), folder, envFiles: await this.#split(envFiles, folder) };
  }

  async #split(label: string, folder: string): Promise<readonly string[]> {
    const parts = label === '' ? [] : label.split(',');
    const paths: string[] = [];
    for (let begin = 0; begin < parts.length; ) {
      const end = await this.#endOf(parts, begin, folder);
      paths.push(absolute(parts.slice(begin, end).join(','), folder));
      begin = end;
    }
    return paths;
  }

  /** Labels of other stacks name places that are none of this one's business, when they don't answer too. */
  async #resolve(path: string): Promise<string | null> {
    try {
      return await this.host.realpath(path);
    } catch (error) {
      if (error instanceof HostError) return null;
      throw error;
    }
  }

  /** The fewest parts that are a file together; where none are, those up to what looks like the next path. */
  async #endOf(parts: readonly string[], begin: number, folder: string): Promise<number> {
    for (let end = begin + 1; end <= parts.length; end += 1) {
      const real = await this.#resolve(absolute(parts.slice(begin, end).join(','), folder));
      if (real !== null && (await this.host.stat(real))?.type === 'file') return end;
    }
    const isNext = (part: string, index: number): boolean => index > begin && part.startsWith('/');
    const next = parts.findIndex(isNext);
    return parts[begin]?.startsWith('/') ? (next === -1 ? parts.length : next) : begin + 1;
  }
}

function absolute(path: string, folder: string): string {
  return posix.resolve(folder || '/', path);
}
