import type { PlanContext } from '../../core/executor.js';
import type { DockerVolumesFields } from '../../core/intent/fields.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { unreadable, unreadableBelow } from '../shared/source.js';
import { toolMissing } from '../shared/tools.js';
import { lastLine } from '../shared/wording.js';
import { dryRunCommand, rsyncEnvironment } from './commands.js';
import { isUnreachable } from './exit-codes.js';
import { type Listing, listingReader } from './listing.js';

export type DryRun =
  | { readonly ok: true; readonly listing: Listing }
  | { readonly ok: false; readonly notice: Notice };

/** Asks rsync what it would do. `real` is the resolved source. */
export async function dryRun(fields: DockerVolumesFields, real: string, ctx: PlanContext): Promise<DryRun> {
  const closed = await unreadableBelow(ctx.host, real);
  if (closed === null) return { ok: false, notice: toolMissing('find') };
  const { listing, onLine } = listingReader(closed);
  const result = await ctx.host.exec(dryRunCommand(fields), {
    env: rsyncEnvironment(fields),
    log: 'none',
    keep: 64 * 1024,
    onStdout: onLine,
  });
  if (listing.found.length > 0) return { ok: false, notice: unreadable(fields.source, listing.found) };
  // Exit 24: files vanished meanwhile, which is no matter when only counting.
  if (result.ok || result.exitCode === 24) return { ok: true, listing };
  return { ok: false, notice: dryRunFailed(fields, result.exitCode, result.stderr) };
}

function dryRunFailed(fields: DockerVolumesFields, exitCode: number | null, stderr: string): Notice {
  const first = code(lastLine(firstLine(stderr)));
  if (/unknown option/.test(stderr)) {
    return notice(
      'tool_unsuitable',
      phrase`The ${code('rsync')} of ${code(fields.destination)} does not know an option: ${first}.`,
      phrase`Install a newer rsync there, or remove the option from the intent.`,
    );
  }
  if (isUnreachable(exitCode, fields.destination)) {
    return notice('destination_unreachable', phrase`${code(fields.destination)} does not answer: ${first}.`);
  }
  if (exitCode === 23 && /Permission denied/.test(stderr)) {
    return notice('source_unreadable', phrase`Part of ${code(fields.source)} can’t be read: ${first}.`);
  }
  if (/could not make way|cannot delete non-empty/.test(stderr)) {
    return notice(
      'plan_failed',
      phrase`A folder at ${code(fields.destination)} is in the way of something that is no folder in the source: ${first}.`,
      phrase`Remove that folder, or add ${code('--delete')} to the intent’s options.`,
    );
  }
  return notice('plan_failed', phrase`${code('rsync')} could not make its dry run: ${first}.`);
}

function firstLine(stderr: string): string {
  return stderr.split('\n').find((line) => line.trim() !== '') ?? '';
}
