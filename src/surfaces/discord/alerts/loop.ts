import { latestWins } from '../latest-wins.js';

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 5 * 60_000;
const AT_ONCE = 5;
/** Incidents that are looked at in one pass. */
export const PASS_LIMIT = 50;

/** What a loop does with incidents, and when. */
export interface LoopOptions {
  /** Ids of the incidents that want something now. */
  readonly due: () => Promise<readonly string[]>;
  /** Does it for one incident. What it throws is tried again, ever more seldom. */
  readonly work: (id: string) => Promise<void>;
  readonly failed: (id: string, error: unknown, retryInMs: number) => void;
  /** At least this long between two passes, in ms. */
  readonly gapMs: number;
  /** How often it looks by itself, in ms: other processes raise alerts too. */
  readonly pollMs: number;
  readonly now: () => Date;
}

export interface Loop {
  request(): void;
  /** Ends it; resolves when what is under way has ended. */
  end(): Promise<void>;
}

/** Works through what is due again and again: never two passes at once, and one incident's failure is its own. */
export function startLoop({ due, work, failed, gapMs, pollMs, now }: LoopOptions): Loop {
  const waits = new Map<string, { readonly until: number; readonly wait: number }>();
  let over = false;

  const attempt = async (id: string): Promise<boolean> => {
    try {
      await work(id);
      waits.delete(id);
      return true;
    } catch (error) {
      const wait = Math.min(LONGEST_WAIT_MS, (waits.get(id)?.wait ?? FIRST_WAIT_MS / 2) * 2);
      waits.set(id, { until: now().getTime() + wait, wait });
      failed(id, error, wait);
      return false;
    }
  };
  const pass = async (): Promise<void> => {
    try {
      const ready = (await due()).filter((id) => (waits.get(id)?.until ?? 0) <= now().getTime());
      let done = 0;
      const worker = async (): Promise<void> => {
        for (let id = ready.shift(); id !== undefined && !over; id = ready.shift()) {
          if (await attempt(id)) done += 1;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      if (done > 0) passes.request();
    } catch (error) {
      failed('', error, pollMs);
    }
  };
  const passes = latestWins(pass, gapMs);
  const polling = setInterval(passes.request, pollMs);
  passes.request();
  return {
    request: passes.request,
    end: async () => {
      over = true;
      clearInterval(polling);
      await passes.end();
    },
  };
}
