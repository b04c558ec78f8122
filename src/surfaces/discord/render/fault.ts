import { faultSentences } from '../../../core/faults/faults.js';
import { faultName } from '../../../core/model/incident.js';
import type { Fault } from '../../../core/ports/fault.js';
import { type Message, withinLimits } from './fit.js';
import { FAULT } from './incident-words.js';
import { escapeText, markdown } from './text.js';
import { time } from './words.js';

/** ``❌ **Data directory in trouble** since 14:02 · … Next: …`` */
export function faultLine({ key, notice, since, blocksRuns }: Fault): string {
  const title = `${FAULT.symbol} **${escapeText(faultName(key), 80)} ${FAULT.words}** since ${time(since, 't')}`;
  return `${title} · ${faultSentences(notice, blocksRuns).map(markdown).join(' ')}`;
}

/** A fault that has no card, because the store can't keep one. `role`: whom it calls. */
export function faultMessage({ key, notice, since, blocksRuns }: Fault, role: string | null): Message {
  const title = `${FAULT.symbol} **${escapeText(faultName(key), 80)} ${FAULT.words}** · since ${time(since, 't')}`;
  const items = faultSentences(notice, blocksRuns).map(markdown);
  const content = role === null ? title : `<@&${role}> ${title}`;
  return withinLimits({ content, embeds: [{ color: FAULT.color, blocks: items }], pingRole: role });
}
