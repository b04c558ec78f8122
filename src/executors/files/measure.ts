import type { Host } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { tarName } from '../shared/escapes.js';
import { unreadable, unreadableBelow } from '../shared/source.js';
import { toolMissing } from '../shared/tools.js';
import { lastLine } from '../shared/wording.js';
import { memberIn } from './listing.js';

/** What would be packed. */
export type Measured =
  | {
      readonly ok: true;
      readonly files: number;
      /** Of the files' contents. */
      readonly bytes: number;
      /** Of the whole tar stream. */
      readonly streamBytes: number;
    }
  | { readonly ok: false; readonly notice: Notice };

/** Counts files and bytes with the very options and exclusions that the run uses; reads no contents. */
export async function measure(
  host: Host,
  source: string,
  real: string,
  argv: readonly string[],
): Promise<Measured> {
  const closed = await unreadableBelow(host, real);
  if (closed === null) return { ok: false, notice: toolMissing('find') };
  const blocking: string[] = [];
  let files = 0;
  let bytes = 0;
  const result = await host.exec(argv, {
    env: { LC_ALL: 'C' },
    log: 'none',
    keep: 64 * 1024,
    onStdout: (line) => {
      const member = memberIn(line);
      if (member === null || member.type === 'd') return;
      files += 1;
      if (member.type !== '-') return;
      bytes += member.size;
      if (closed.size === 0) return;
      const path = tarName(member.name).toString('utf8').replace(/^\.\//, '');
      if (closed.has(path)) blocking.push(path);
    },
  });
  if (blocking.length > 0) return { ok: false, notice: unreadable(source, blocking) };
  const streamBytes = totalBytes(result.stderr);
  // Exit 1: something changed meanwhile, which is no matter when only counting.
  if (streamBytes === null || (result.exitCode !== 0 && result.exitCode !== 1)) {
    return {
      ok: false,
      notice: notice(
        'source_unreadable',
        phrase`${code(source)} can’t be read as a whole: ${code(complaint(result.stderr))}.`,
      ),
    };
  }
  return { ok: true, files, bytes, streamBytes };
}

/** `Total bytes written: N` of --totals; null when tar did not get that far. */
export function totalBytes(stderr: string): number | null {
  const [, bytes] = /^Total bytes (?:written|read): (\d+)/m.exec(stderr) ?? [];
  return bytes === undefined ? null : Number(bytes);
}

/** What tar said first: its last line only says that there were errors. */
function complaint(stderr: string): string {
  return lastLine(stderr.split('\n')[0] ?? '');
}
