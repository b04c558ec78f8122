import { commitOf } from '../../../core/model/commit.js';
import type { ActorRef } from '../../../core/model/request.js';
import type { Run, RunState, RunSummary } from '../../../core/model/run.js';
import { actionTitle, headline } from '../../../core/model/wording.js';
import { escapeText, inlineCode } from './text.js';

/** Embed colours; never the only sign of anything. */
export const COLORS = {
  calm: 0x5865f2,
  good: 0x2e9e5b,
  bad: 0xd83c3e,
  grey: 0x80848e,
  warn: 0xe0a100,
} as const;

const BY_STATE: Readonly<Record<RunState, number>> = {
  planned: COLORS.calm,
  awaiting: COLORS.calm,
  queued: COLORS.calm,
  running: COLORS.calm,
  succeeded: COLORS.good,
  failed: COLORS.bad,
  rolled_back: COLORS.warn,
  cancelled: COLORS.grey,
  expired: COLORS.grey,
  refused: COLORS.grey,
  plan_changed: COLORS.warn,
  interrupted: COLORS.warn,
};

export function colorOf(state: RunState): number {
  return BY_STATE[state];
}

/** ``**Backup · plex-database** `r-7k2m` `` */
export function titleLine(run: RunSummary | Run): string {
  return `**${actionTitle(run.action)} · ${escapeText(run.intent, 80)}** ${inlineCode(run.id)}`;
}

/** ``✅ **Backup succeeded** · plex-database `r-7k2m` `` */
export function stateLine(run: RunSummary | Run): string {
  const { symbol, title } = headline(run);
  return `${symbol} **${title}** · ${escapeText(run.intent, 80)} ${inlineCode(run.id)}`;
}

/** A Discord user's id, or null: then nobody can be mentioned. */
export function userId(actor: ActorRef): string | null {
  return actor.kind === 'user' && /^\d{15,20}$/.test(actor.id) ? actor.id : null;
}

const ELSEWHERE: Readonly<Record<Exclude<ActorRef['kind'], 'user'>, string>> = {
  api_key: 'the API key',
  schedule: 'the schedule',
  webhook: 'the webhook',
  operator: 'the local operator',
};

/** Who asked, as Discord shows people; embeds never ping. */
export function who(actor: ActorRef): string {
  const id = userId(actor);
  if (id !== null) return `<@${id}>`;
  const name = escapeText(actor.name, 60);
  return actor.kind === 'user' ? name : `${ELSEWHERE[actor.kind]} ${name}`;
}

/** Where a webhook's run came from: ``commit `4f1c2d3` of `anna/media` (main) by Anna``, with a link; empty for others. */
export function commitLines(run: Pick<Run, 'shown'>): string[] {
  const from = commitOf(run);
  if (from === null) return [];
  const short = inlineCode(from.commit.slice(0, 7));
  const commit = /^https?:\/\/[^\s()<>]{1,300}$/.test(from.link) ? `[${short}](<${from.link}>)` : short;
  const branch = escapeText(from.branch, 60);
  return [
    `commit ${commit} of ${inlineCode(from.repository, 80)} (${branch}) by ${escapeText(from.author, 60)}`,
  ];
}

/**
 * The reader's local time: `t` 14:32, `f` 22 November 2026 14:32, `F` the same with the weekday, `R` in 15 minutes.
 * `iso` is ISO 8601.
 */
export function time(iso: string, style: 't' | 'f' | 'F' | 'R'): string {
  return `<t:${Math.floor(Date.parse(iso) / 1000)}:${style}>`;
}
