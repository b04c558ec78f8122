/** A place in a line. */
export interface Place {
  /** Resolves when everybody before has left, or after `patienceMs`. */
  come(patienceMs: number): Promise<void>;
  leave(): void;
}

/** A line in which nobody waits for ever for somebody slow. Returns how to join it. */
export function createLine(): () => Place {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const before = last;
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    last = before.then(() => left);
    return {
      leave,
      come: async (patienceMs) => {
        let timer: NodeJS.Timeout | undefined;
        const patience = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, patienceMs);
        });
        await Promise.race([before, patience]);
        clearTimeout(timer);
      },
    };
  };
}
