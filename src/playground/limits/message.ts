import { refusal } from '../wire/api-error.js';
import { type FieldPath, formErrors } from '../wire/form-errors.js';
import { arrayOf, isObject, type JsonObject, stringOf } from '../wire/json.js';
import { FLAG } from '../wire/types.js';
import { mentionConflict } from '../world/mentions.js';
import { checkText } from './check.js';
import { checkComponents } from './components.js';
import { checkEmbeds } from './embeds.js';

/** What a new message or an edit is checked against. */
export interface MessageRules {
  /** Where the message lies in the request: nothing, or `data` in an interaction's answer. */
  readonly path: FieldPath;
  /** Flags as they will be. */
  readonly flags: number;
  /** Files as they will be, kept ones and new ones. */
  readonly files: readonly string[];
  readonly ephemeralAllowed: boolean;
}

const LEGACY_FIELDS = ['content', 'embeds', 'poll', 'sticker_ids'] as const;

/**
 * Checks a message's form, new or edited.
 * @throws {ApiError} 50035
 */
export function checkMessage(body: JsonObject, rules: MessageRules): void {
  const { path, flags, files, ephemeralAllowed } = rules;
  const errors = formErrors();
  const v2 = (flags & FLAG.COMPONENTS_V2) !== 0;
  if (v2) {
    for (const name of LEGACY_FIELDS.filter((field) => isFilled(body[field]))) {
      errors.add(
        [...path, name],
        'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
        `The '${name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
      );
    }
  }
  if ((flags & FLAG.EPHEMERAL) !== 0 && !ephemeralAllowed) {
    errors.add([...path, 'flags'], 'MESSAGE_FLAGS_INVALID', 'Only interactions can be answered ephemerally.');
  }
  checkText(errors, [...path, 'content'], body.content, { max: 2000 });
  if (isFilled(body.embeds)) checkEmbeds(errors, [...path, 'embeds'], body.embeds);
  if (isFilled(body.components)) {
    checkComponents(errors, [...path, 'components'], body.components, { v2, files });
  }
  const conflict = isObject(body.allowed_mentions) ? mentionConflict(body.allowed_mentions) : null;
  if (conflict) {
    errors.add([...path, 'allowed_mentions'], 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', conflict);
  }
  if (body.nonce !== undefined && body.nonce !== null) {
    checkText(errors, [...path, 'nonce'], String(body.nonce), { max: 25 });
  }
  errors.throwIfAny();
}

function isFilled(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
  );
}

/**
 * Refuses a message that would show nothing. Buttons alone are nothing, except among the new components.
 * @throws {ApiError} 50006
 */
export function checkNotEmpty(message: {
  readonly content: unknown;
  readonly embeds: unknown;
  readonly components: unknown;
  readonly attachments: number;
  readonly flags: number;
}): void {
  const shown =
    stringOf(message.content).trim() !== '' ||
    arrayOf(message.embeds).some((embed) => isObject(embed) && Object.keys(embed).length > 0) ||
    message.attachments > 0 ||
    ((message.flags & FLAG.COMPONENTS_V2) !== 0 && arrayOf(message.components).length > 0);
  if (!shown) throw refusal('emptyMessage');
}
