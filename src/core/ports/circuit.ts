import { code, countdown, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { HostError } from './host.js';

/** Something outside that didn't answer several times in a row, and isn't asked again for a while. */
export interface Circuit {
  /** Its kind and place, without anything secret: `docker:local`, `registry:ghcr.io`, `ssh:nas`, `proxmox:pve.lan`. */
  readonly target: string;
  /** Why the last try failed; redacted, and hostile text. */
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly nextTry: string;
  /** Tries in a row that failed. */
  readonly failures: number;
}

/** Leave to ask a target once. Exactly one of these is called, when it is known; later calls change nothing. */
export interface Pass {
  /** It answered, whatever it said. */
  answered(): void;
  /** It did not answer. */
  unanswered(reason: string): void;
  /** Nobody knows: the question was given up. */
  unknown(): void;
}

/** How a target may be asked. */
export interface Asking {
  /** It is asked even so: what has begun goes on, and a way back is never refused. */
  readonly must: boolean;
}

/** Knows what outside doesn't answer, each target by itself. */
export interface Circuits {
  /**
   * Asks for leave. When the time of the next try has come, one asker goes; the others wait a moment for what it finds.
   * @throws CircuitOpenError when the target isn't to be asked now
   */
  enter(target: string, asking: Asking): Promise<Pass>;
  /** What isn't asked now, by name. */
  list(): readonly Circuit[];
  /** Lets the next asker try at once; null when the target is asked anyway. */
  tryNow(target: string): Circuit | null;
}

/** A question that was not put, because its target has not answered several times in a row. */
export class CircuitOpenError extends HostError {
  readonly notice: Notice;

  constructor(readonly circuit: Circuit) {
    super('ECIRCUIT', circuit.target, `${circuit.target} isn’t asked now`);
    this.name = 'CircuitOpenError';
    this.notice = circuitNotice(circuit);
  }
}

/** What people are told of it. */
export function circuitNotice({ target, reason, nextTry, failures }: Circuit): Notice {
  return notice(
    'circuit_open',
    phrase`${code(target)} did not answer ${failures} times in a row: ${code(reason)}. Next try: ${countdown(nextTry)}.`,
    phrase`Fix what keeps it from answering, then try it now or wait for the next try.`,
  );
}

/**
 * Asks a target once, where that may be; its answer or error is handed on.
 * @param silence why an error means that nothing answered; null: it was an answer
 * @throws CircuitOpenError when the target isn't to be asked now
 */
export async function askThrough<T>(
  circuits: Pick<Circuits, 'enter'>,
  target: string,
  ask: () => Promise<T>,
  silence: (error: unknown) => string | null,
): Promise<T> {
  const pass = await circuits.enter(target, { must: false });
  try {
    const answer = await ask();
    pass.answered();
    return answer;
  } catch (error) {
    const reason = silence(error);
    if (reason === null) pass.answered();
    else pass.unanswered(reason);
    throw error;
  }
}
