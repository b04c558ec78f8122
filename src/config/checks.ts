import { isIP } from 'node:net';
import * as z from 'zod';
import { readKeyLines } from '../core/policy/key-lines.js';

/** Schemas for single values of the environment. Messages continue the sentence "CHATOPS_X …". */

/** A whole number written in digits only: no sign, no blanks, no `1e3`. */
export function wholeNumber(min: number, max: number) {
  const wanted = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, wanted)
    .transform(Number)
    .refine((value) => value >= min && value <= max, wanted);
}

/** Discord's ids: 17 to 20 digits (64-bit snowflakes). */
export const snowflake = z.string().regex(/^\d{17,20}$/, 'must be an id of 17 to 20 digits');

/** One word without blanks or line breaks, such as a token. */
export const word = z.string().regex(/^\S+$/, 'must not contain blanks or line breaks');

/** API keys: one, or in a file one in each line, each with a name before it or without. */
export const apiKeys = z
  .string()
  .refine((value) => (readKeyLines(value)?.length ?? 0) > 0, 'must be a key, or lines of `name key`');

export const discordToken = word.refine((value) => !/^bot\b/i.test(value), 'must not begin with “Bot”');

/** Stands in an address, and must be as hard to guess as a random one. */
export const pageKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{20,100}$/, 'must be 20 to 100 letters, digits, dashes or underscores');

export const pveToken = z
  .string()
  .transform((value) => value.replace(/^PVEAPIToken=/, ''))
  .refine(
    (value) => /^[^@!=\s]+@[^@!=\s]+![^@!=\s]+=\S+$/.test(value),
    'must look like user@realm!name=secret',
  );

/** An absolute URL with one of these schemes; a trailing slash is dropped. */
export function url(...schemes: string[]) {
  return z
    .string()
    .refine(
      (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)),
      `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    )
    .refine((value) => !/\s/.test(value), 'must not contain blanks')
    .transform((value) => value.replace(/\/+$/, ''));
}

/** A database may be given with any scheme; the store decides what it can use. */
export const anyUrl = z
  .string()
  .refine((value) => URL.canParse(value) && value.includes(':'), 'must be a URL');

/** A name or address to listen on. */
export const listenHost = z
  .string()
  .refine(
    (value) => isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value),
    'must be an IP address or a host’s name',
  );

function isNetwork(value: string): boolean {
  const [address = '', prefix, more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** Addresses and networks, separated by commas: `10.0.0.0/8, ::1`. */
export const networks = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .superRefine((items, ctx) => {
    for (const item of items.filter((candidate) => !isNetwork(candidate))) {
      ctx.addIssue({ code: 'custom', message: `contains “${item}”, which is no address or network` });
    }
  });

/** A JSON object, kept as data. */
export const jsonObject = z.string().transform((value, ctx): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // Said below, without quoting the text: it may hold keys.
  }
  ctx.addIssue({ code: 'custom', message: 'must be a JSON object' });
  return z.NEVER;
});

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const logLevel = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }));
