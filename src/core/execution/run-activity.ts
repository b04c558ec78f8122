import type { ChildSign } from '../ports/host.js';

/** A service that has not answered for so long is silent, in ms. */
const QUIET_MS = 3500;

/** Whether a run does something, or only waits for commands that give no sign of life. */
export class RunActivity {
  #alive = 0;
  #quiet = 0;
  #isResting = false;

  /** @param onChange told when it begins to rest, and when it goes on */
  constructor(
    private readonly onChange: (isResting: boolean) => void,
    private readonly quietMs = QUIET_MS,
  ) {}

  /** Counts an answer that is waited for like a child. */
  readonly during = async <T>(answer: Promise<T>): Promise<T> => {
    let isQuiet = false;
    this.hear('began');
    const timer = setTimeout(() => {
      isQuiet = true;
      this.hear('quiet');
    }, this.quietMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      if (isQuiet) this.hear('moving');
      this.hear('ended');
    }
  };

  /** What is heard of one of the run's children. */
  readonly hear = (sign: ChildSign): void => {
    if (sign === 'began') this.#alive += 1;
    else if (sign === 'ended') this.#alive -= 1;
    else this.#quiet += sign === 'quiet' ? 1 : -1;
    // Between two commands it is at work itself.
    const isResting = this.#alive > 0 && this.#quiet === this.#alive;
    if (isResting === this.#isResting) return;
    this.#isResting = isResting;
    this.onChange(isResting);
  };
}
