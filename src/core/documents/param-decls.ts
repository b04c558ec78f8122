import * as z from 'zod';
import { checked, described, hiddenFault, remark, text } from './forms.js';

const LONGEST_VALUE = 1000;
const CHOICES = 25;

/** What a parameter's name looks like: it can stand in `{{ … }}` and in `-p name=value`. */
export const PARAM_NAME = /^[a-z][a-z0-9_]{0,31}$/;

const description = described(remark.optional(), 'What it is for; people are asked with these words.');
const pattern = text(/^[^\n]{1,500}$/, () => ({ why: 'it is empty or too long', hint: 'Write it shorter.' }));

const string = z.strictObject({
  type: z.literal('string'),
  description,
  default: z.string().optional(),
  example: z.string().optional(),
  /** A regular expression that the whole value must match. */
  pattern: pattern.optional(),
  max_length: z.int().min(1).max(LONGEST_VALUE).default(200),
});
const integer = z.strictObject({
  type: z.literal('integer'),
  description,
  default: z.int().optional(),
  min: z.int().optional(),
  max: z.int().optional(),
});
const number = z.strictObject({
  type: z.literal('number'),
  description,
  default: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});
const boolean = z.strictObject({
  type: z.literal('boolean'),
  description,
  default: z.boolean().optional(),
});
const choice = z.strictObject({
  type: z.literal('choice'),
  description,
  choices: z.array(checked(hiddenFault).min(1).max(100)).min(1).max(CHOICES),
  default: z.string().optional(),
});
const duration = z.strictObject({
  type: z.literal('duration'),
  description,
  default: z.string().optional(),
  min: z.string().optional(),
  max: z.string().optional(),
});
const artifact = z.strictObject({
  type: z.literal('artifact'),
  description,
  /** The intent whose backups can be chosen. */
  intent: text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, () => ({
    why: 'it is no name of an intent',
    hint: 'Write the name of the intent that made the backups.',
  })),
});

/** One declared parameter of an intent, as people write it below `params:`. */
export const ParamDecl = z.discriminatedUnion('type', [
  string,
  integer,
  number,
  boolean,
  choice,
  duration,
  artifact,
]);
export const PARAM_TYPES = ParamDecl.options.map((option) => option.shape.type.value);
