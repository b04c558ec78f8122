import type { Actor, ActorRef } from '../../core/model/request.js';
import type { Run } from '../../core/model/run.js';
import type { Message } from './render/fit.js';
import type { Form } from './render/form.js';

/** What the handler needs of one command or button press. */
export interface Conversation {
  readonly actor: Actor;
  readonly channelId: string;
  /** Names of the permissions that the bot lacks here for a run's messages. */
  readonly missing: readonly string[];
  /** First answer: everybody sees that the bot is at work. Returns the message's id. */
  think(): Promise<string>;
  /** First answer: only this person sees that the bot is at work. */
  thinkPrivately(): Promise<void>;
  /** First answer to a command or a button: a form to fill in. What is sent comes as an interaction of its own. */
  ask(form: Form): Promise<void>;
  /**
   * Somebody of this server with the rights of now, as if they spoke where the run is shown; null when they are not in
   * it. Rejects when Discord can't be asked.
   */
  find(who: ActorRef, run: Pick<Run, 'shown'>): Promise<Actor | null>;
  /** First answer to a button: it was heard, and its message changes later. */
  accept(): Promise<void>;
  /** Replaces the answer that {@link think} or {@link thinkPrivately} promised. */
  answer(message: Message): Promise<void>;
  /** A word to this person alone, whether or not there was a first answer. */
  tell(message: Message): Promise<void>;
}
