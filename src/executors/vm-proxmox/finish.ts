import type { PartResult, RunContext } from '../../core/executor.js';
import { formatBytes, formatCount, formatDuration } from '../../core/format.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { announceDeletions } from '../shared/deletions.js';
import type { Access } from './access.js';
import type { Backup, Place } from './calls.js';
import { deleteOld } from './clean.js';
import { guestName, type VmData } from './data.js';
import { JOURNAL } from './journal.js';
import { STEP } from './steps.js';
import { artifactOf } from './verify.js';

/** What the end of a good backup needs. */
export interface Made {
  readonly backup: Backup;
  readonly began: Date;
  /** Lines that warned; 0 when none did. */
  readonly warned: number;
}

/** The new backup goes into the catalogue; only then are old ones deleted. */
export async function finish(
  access: Access,
  data: VmData,
  place: Place,
  { backup, began, warned }: Made,
  ctx: RunContext,
): Promise<PartResult> {
  await ctx.addArtifact(artifactOf(backup));
  await ctx.note(JOURNAL.recorded, backup.volid);
  ctx.step(STEP.check, 'done');
  const warnings = warned === 0 ? [] : [warnedNotice(data, warned)];
  const made = [
    phrase`${code(guestName(data))}: ${formatBytes(backup.size)} in ${formatDuration(ctx.now().getTime() - began.getTime())}.`,
    phrase`${code(backup.volid)} is in the storage, and Proxmox’s log says that it was finished.`,
  ];
  ctx.remember({ size: backup.size });
  if (data.deletions.length === 0) return done(made, warnings);
  if (ctx.signal.aborted)
    return done([...made, phrase`The stop came after that: no old backup was deleted.`], warnings);
  ctx.step(STEP.clean, 'running');
  const unnoted = await announceDeletions(JOURNAL.cleaning, ctx);
  const cleaned = unnoted ? { deleted: 0, warnings: [unnoted] } : await deleteOld(access, data, place, ctx);
  ctx.step(STEP.clean, cleaned.warnings.length > 0 ? 'failed' : 'done');
  const stay = data.kept + data.deletions.length - cleaned.deleted;
  const text = phrase`${formatCount(cleaned.deleted, 'old backup')} deleted, ${stay} kept.`;
  return done([...made, text], [...warnings, ...cleaned.warnings]);
}

function done(summary: readonly Phrase[], warnings: readonly Notice[]): PartResult {
  return { state: 'succeeded', reason: 'done', summary, warnings };
}

function warnedNotice(data: VmData, warned: number): Notice {
  const times = warned === 1 ? 'once' : `${warned} times`;
  return notice(
    'backup_warnings',
    phrase`Proxmox warned ${times} while it backed up ${code(guestName(data))}.`,
  );
}
