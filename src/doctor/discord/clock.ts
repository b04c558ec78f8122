import type { Check } from '../../core/model/diagnosis.js';
import { formatDuration } from '../../core/text/format.js';
import { passed, skipped, warning } from '../check.js';
import type { Heard } from './api.js';

const MOST_MS = 2000;
/** `Date` names the second only, so on average the answer was made half a second later. */
const HALF_SECOND = 500;

/** Compares this machine's clock with Discord's. */
export function clockCheck(heard: Heard | null): Check {
  if (heard === null || heard.theirs === null) {
    return skipped('discord', 'discord.clock', 'The clock could not be compared: Discord said no time.');
  }
  const { theirs, asked, answered } = heard;
  const skew = (asked + answered) / 2 - (theirs + HALF_SECOND);
  const uncertain = (answered - asked) / 2 + HALF_SECOND;
  if (Math.abs(skew) - uncertain <= MOST_MS) {
    return passed('discord', 'discord.clock', 'This machine’s clock agrees with Discord’s.');
  }
  const ahead = skew > 0 ? 'ahead of' : 'behind';
  return warning(
    'discord',
    'discord.clock',
    `This machine’s clock is about ${formatDuration(Math.abs(skew))} ${ahead} Discord’s. Previews show wrong times until when they are open, and names of archives, schedules and the audit trail are off by as much.`,
    'Turn time synchronisation on: `timedatectl set-ntp true`; in a container or VM, on its host.',
  );
}
