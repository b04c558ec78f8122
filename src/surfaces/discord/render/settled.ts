import type { Run } from '../../../core/model/run.js';
import { stateSymbol } from '../../../core/model/wording.js';
import * as buttons from './buttons.js';
import { type Block, type Message, withinLimits } from './fit.js';
import { previewMessage } from './preview.js';
import { markdown } from './text.js';
import { colorOf, time, titleLine, who } from './words.js';

/** A run that ended before anything ran: told by changing its preview, without a ping. */
export function endsInPlace(run: Run): boolean {
  if (run.startedAt !== null) return false;
  return ['succeeded', 'cancelled', 'expired', 'refused', 'plan_changed'].includes(run.state);
}

/** The preview's message after its run ended in place. `successor` took its place, when there is one. */
export function settledMessage(run: Run, successor: Run | null): Message {
  if (run.state === 'plan_changed' && successor !== null) return previewMessage(successor, run);
  if (run.state === 'refused' || run.state === 'succeeded') return previewMessage(run);
  return withinLimits({
    embeds: [{ color: colorOf(run.state), blocks: [titleLine(run), '', ...lines(run)] }],
    buttons: [buttons.previewAgain(run)],
  });
}

function lines(run: Run): Block[] {
  const symbol = stateSymbol(run.state);
  const summary = run.outcome?.summary.map(markdown).join(' ') ?? '';
  if (run.state === 'expired') {
    const until = run.expiresAt === null ? '' : `: this preview was open until ${time(run.expiresAt, 't')}`;
    return [`${symbol} **Expired**${until}. Nothing ran.`];
  }
  if (run.state === 'plan_changed') {
    return [`${symbol} **Not run:** ${summary}`];
  }
  const by = run.stopRequestedBy ?? run.decidedBy;
  if (run.outcome?.reason === 'shutdown') return [`${symbol} **Cancelled.** ${summary}`];
  const word = run.outcome?.reason === 'rejected' ? 'Rejected' : 'Cancelled';
  return [`${symbol} **${word}**${by === null ? '' : ` by ${who(by)}`}. Nothing ran.`];
}
