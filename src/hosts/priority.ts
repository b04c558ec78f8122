import { constants, getPriority, setPriority } from 'node:os';

/** Steps of `nice`: tools get a third of the share that the bot has where both want a busy CPU. The disk's share follows it. */
const BELOW = 5;

/**
 * Lets a child that was just started come after this process, and with it all that the child starts: else forty backups
 * leave the bot no CPU to answer with. What brings something back is not held up by it.
 */
export function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, Math.min(getPriority() + BELOW, constants.priority.PRIORITY_LOW));
  } catch {
    // It has ended already, or runs as somebody else (setuid).
  }
}
