import { createHash } from 'node:crypto';
import type { DirectAlert } from '../../../core/ports/fault.js';
import type { ChannelMessages } from '../channel-messages.js';
import { faultMessage } from '../render/fault.js';

/** Tells the ops channel of a fault past the store: once each, also when the answer to the first try was lost. */
export function faultTeller(
  messages: Pick<ChannelMessages, 'send'>,
  channelId: string,
  roleId: string | null,
): DirectAlert {
  return async (fault) => {
    const mark = createHash('sha256').update(`${fault.key} ${fault.since}`).digest('hex');
    await messages.send(channelId, faultMessage(fault, roleId), { nonce: mark.slice(0, 25) });
  };
}
