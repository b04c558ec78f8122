import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { unreadable, unreadableBelow } from '../shared/source.js';
import { toolMissing } from '../shared/tools.js';
import { dryRunCommand, rsyncEnvironment, TELL_FILTERS, tellFiltersCommand } from './commands.js';
import { complaintIn, reported } from './complaints.js';
import type { DestinationLimits } from './destination-limits.js';
import type { Excluded } from './exclude-words.js';
import { countExcluded, patternsOf, patternWatch } from './excluded.js';
import { isUnreachable } from './exit-codes.js';
import { type Listing, listingReader } from './listing.js';
import { stuckIn } from './replaced.js';

export type DryRun =
  | {
      readonly ok: true;
      readonly listing: Listing;
      /** Folders that can't be replaced without deleting what is in them. */
      readonly stuck: readonly string[];
      readonly excluded: Excluded;
    }
  | { readonly ok: false; readonly notice: Notice };

/**
 * Asks rsync what it would do.
 * @param real the resolved source
 * @param tells both sides know --debug
 */
export async function dryRun(
  limits: DestinationLimits,
  real: string,
  tells: boolean,
  ctx: PlanContext,
): Promise<DryRun> {
  const { fields } = limits;
  const closed = await unreadableBelow(ctx.host, real);
  if (closed === null) return { ok: false, notice: toolMissing('find') };
  const { listing, onLine } = listingReader(closed, fields.options.includes('--sparse'));
  const patterns = patternsOf(fields);
  const watch = patternWatch(patterns);
  const asksHere = patterns.length > 0 && !tells;
  if (asksHere) await walkSource(fields, watch.onLine, ctx);
  const [program = '', ...rest] = dryRunCommand(fields, limits.isNamingAll);
  const argv = [program, ...(patterns.length > 0 && tells ? [TELL_FILTERS] : []), ...rest];
  const result = await ctx.host.exec(argv, {
    env: rsyncEnvironment(fields),
    log: 'none',
    keep: 64 * 1024,
    onStdout: (line) => {
      if (onLine(line) === null && !asksHere) watch.onLine(line);
      limits.onLine(line);
    },
  });
  if (listing.found.length > 0) return { ok: false, notice: unreadable(fields.source, listing.found) };
  // Exit 24: files vanished meanwhile, which is no matter when only counting.
  const stuck = result.exitCode === 23 ? stuckIn(result.stderr) : [];
  if (result.ok || result.exitCode === 24 || stuck.length > 0) {
    return { ok: true, listing, stuck, excluded: await countExcluded(fields, watch, ctx.host) };
  }
  return { ok: false, notice: dryRunFailed(fields, result.exitCode, result.stderr) };
}

async function walkSource(
  fields: DestinationLimits['fields'],
  onStdout: (line: string) => void,
  { host }: PlanContext,
): Promise<void> {
  const env = rsyncEnvironment(fields);
  await host.exec(tellFiltersCommand(fields), { env, log: 'none', keep: 64 * 1024, onStdout });
}

function dryRunFailed(fields: DockerVolumesFields, exitCode: number | null, stderr: string): Notice {
  const { destination, source } = fields;
  const known = complaintIn(stderr, { destination, source, hasSecret: fields.password_secret !== null });
  if (known) return known;
  const why = reported(stderr);
  if (isUnreachable(exitCode, destination)) {
    return notice('destination_unreachable', phrase`${code(destination)} does not answer: ${why}.`);
  }
  return notice('plan_failed', phrase`${code('rsync')} could not make its dry run: ${why}.`);
}
