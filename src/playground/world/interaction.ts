import type { JsonObject } from '../wire/json.js';
import type { Choice, Modal } from '../wire/types.js';

/** 2: slash command, 3: component, 4: autocomplete, 5: modal submit. */
export type InteractionType = 2 | 3 | 4 | 5;

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object */
export const CALLBACK = {
  MESSAGE: 4,
  DEFERRED_MESSAGE: 5,
  DEFERRED_UPDATE: 6,
  UPDATE: 7,
  AUTOCOMPLETE: 8,
  MODAL: 9,
} as const;

/** The bot's first answer to an interaction. */
export interface FirstAnswer {
  /** One of {@link CALLBACK}. */
  readonly type: number;
  /** Milliseconds from the person's click until the answer was there. */
  readonly ms: number;
}

/** Something that a person did and that the bot must answer. Changes in place; `interaction_update` tells of it. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  /** The message whose component was used, or from whose component the modal came. */
  readonly sourceMessageId: string | null;
  /** What was done, as `data` of the gateway's event: the command with its options, the component, the inputs. */
  readonly data: JsonObject;
  /** Milliseconds since 1970 by the world's clock. */
  readonly createdAt: number;
  /** `failed`: "This interaction failed", because no answer came in time. */
  state: 'waiting' | 'answered' | 'failed';
  answer: FirstAnswer | null;
  /** What `@original` means: the reply, or the message that the component belongs to. */
  originalId: string | null;
  readonly followUpIds: string[];
  choices: readonly Choice[] | null;
  modal: Modal | null;
  expired: boolean;
}
