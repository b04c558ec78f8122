import { isOfKernel } from '../../core/intent/paths.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { FileStat, Host } from '../../core/ports/host.js';
import { formatCount } from '../../core/text/format.js';
import { findCommand, prunedFirst } from './excludes.js';
import { readsAll } from './reads-all.js';
import { someOf } from './wording.js';

/** The source with its symlinks resolved, or why it can't be used. */
export type Source =
  | { readonly ok: true; readonly real: string; readonly type: FileStat['type'] }
  | { readonly ok: false; readonly notice: Notice };

function notOfFiles(source: string): Notice {
  return notice(
    'source_unreadable',
    phrase`${code(source)} holds devices or what the kernel shows of itself, and no files to copy.`,
    phrase`Write the folder that holds the data as ${code('source')} in the intent.`,
  );
}

function isNoFile(source: string): Notice {
  return notice(
    'source_unreadable',
    phrase`${code(source)} is a device, a pipe or a socket, and has no contents to copy.`,
    phrase`Write a file or a folder as ${code('source')} in the intent.`,
  );
}

export async function openSource(host: Host, source: string): Promise<Source> {
  // A link of the kernel's own, such as /proc/self/root, resolves to a place that looks like any other.
  if (isOfKernel(source)) return { ok: false, notice: notOfFiles(source) };
  const real = await host.realpath(source);
  const stat = real === null ? null : await host.stat(real);
  if (real === null || stat === null) {
    return { ok: false, notice: notice('source_missing', phrase`${code(source)} does not exist.`) };
  }
  if (isOfKernel(real)) return { ok: false, notice: notOfFiles(source) };
  if (stat.type === 'other') return { ok: false, notice: isNoFile(source) };
  if (!(await host.access(real, 'read'))) {
    return { ok: false, notice: notice('source_unreadable', phrase`${code(source)} can’t be read.`) };
  }
  return { ok: true, real, type: stat.type };
}

/**
 * Files and folders below `real` that this user can't read and that no pattern excludes, as paths relative to it, as UTF-8
 * (invalid bytes become U+FFFD). The tools' own dry runs don't open files, so they can't tell.
 * Null when `find` is not installed; at most some thousands are returned.
 */
export async function unreadableBelow(
  host: Host,
  real: string,
  exclude: readonly string[] = [],
): Promise<ReadonlySet<string> | null> {
  if (await readsAll(host, real)) return new Set();
  const folder = ['-type', 'd', '(', '!', '-readable', '-o', '!', '-executable', ')'];
  const file = ['-type', 'f', '!', '-readable'];
  const closed = ['(', ...folder, '-o', ...file, ')', '-printf', '%P\\0'];
  const argv = findCommand(real, ...prunedFirst(real, exclude), ...closed);
  const result = await host.exec(argv, { log: 'none' });
  if (result.notFound || result.exitCode === 127) return null;
  return new Set(result.stdout.split('\0').filter((path) => path !== ''));
}

/** The blocker for files that can't be read. */
export function unreadable(source: string, paths: readonly string[]): Notice {
  const what = formatCount(paths.length, 'file or folder', 'files or folders');
  return notice(
    'source_unreadable',
    phrase`${what} in ${code(source)} can’t be read, so the copy would be incomplete: ${someOf(paths)}.`,
  );
}

export function sourceEmpty(source: string): Notice {
  return notice('source_empty', phrase`${code(source)} is empty. Usually a disk is not mounted.`);
}

/** Blocks when less than half of the last run's files are there, or less than the intent asks for. */
export function checkShrunk(
  source: string,
  files: number,
  before: number | null,
  minFiles: number | undefined,
): Notice | null {
  const now = formatCount(files, 'file');
  if (minFiles !== undefined) {
    if (files >= minFiles) return null;
    return notice(
      'source_shrunk',
      phrase`${code(source)} holds ${now}, and the intent asks for at least ${minFiles}.`,
      phrase`Check the source. If this is right, lower ${code('min_files')} in the intent.`,
    );
  }
  if (before === null || files * 2 >= before) return null;
  return notice(
    'source_shrunk',
    phrase`${code(source)} holds ${now}, and the last run saw ${before}.`,
    phrase`Check the source. If this is right, set ${code(`min_files: ${files}`)} in the intent.`,
  );
}
