import type * as z from 'zod';
import { ProblemError } from '../problem.js';

/** Problems of one request that are listed; more are only counted. */
const MOST_LISTED = 10;
/** What clients sent is quoted no longer than this. */
const LONGEST = 200;

/**
 * What was sent, checked against its schema; throws a problem that names each fault.
 * @param place where it was sent: `body`, `query` or `path`
 */
export function checked(schema: z.ZodType, place: string, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({
    field: cut([place, ...path].map(String).join('.')),
    message: cut(message),
  }));
  const [first] = faults;
  const others = faults.length > 1 ? ` (${faults.length} faults in all)` : '';
  throw new ProblemError({
    status: 422,
    code: 'request_invalid',
    detail: `${first?.field}: ${first?.message}${others}.`,
    more: { errors: faults.slice(0, MOST_LISTED) },
  });
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
