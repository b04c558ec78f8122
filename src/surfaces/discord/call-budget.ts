/** What becomes of something that somebody sent. */
export type Handling =
  | 'answer'
  /** It is one too many, and they are told so. */
  | 'turn-down'
  /** They were told a moment ago: nothing is done at all. */
  | 'ignore';

const MINUTE = 60_000;
/** Somebody who goes on sending is told again after this, in ms. */
const TELL_AGAIN = 10_000;
/** Of more people than this, the one who was first seen longest ago is forgotten. */
const MOST_PEOPLE = 5000;

interface Spent {
  readonly since: number;
  calls: number;
  told: number;
}

/**
 * Counts commands, forms and keystrokes of each person before anything is judged or read for them, so that a flood
 * costs next to nothing, whatever rights they have.
 * @param perMinute how many are answered, asked anew each time
 * @param now in ms, never set back
 */
export function callBudget(perMinute: () => number, now: () => number): (userId: string) => Handling {
  const people = new Map<string, Spent>();

  const spentBy = (userId: string, at: number): Spent => {
    const known = people.get(userId);
    if (known && at - known.since < MINUTE) return known;
    people.delete(userId);
    const [eldest] = people.keys();
    if (people.size >= MOST_PEOPLE && eldest !== undefined) people.delete(eldest);
    const fresh = { since: at, calls: 0, told: Number.NEGATIVE_INFINITY };
    people.set(userId, fresh);
    return fresh;
  };

  return (userId) => {
    const at = now();
    const spent = spentBy(userId, at);
    spent.calls += 1;
    if (spent.calls <= perMinute()) return 'answer';
    if (at - spent.told < TELL_AGAIN) return 'ignore';
    spent.told = at;
    return 'turn-down';
  };
}
