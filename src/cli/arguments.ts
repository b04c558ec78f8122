import { InvalidArgumentError } from 'commander';

/** `-p name=value`, collected over several uses. The value may hold further `=`. */
export function collectParam(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at));
  if (!/^[a-z][a-z0-9_]*$/i.test(name)) {
    throw new InvalidArgumentError('Write it as name=value, for example replicas=3.');
  }
  if (Object.hasOwn(earlier, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...earlier, [name]: text.slice(at + 1) };
}

const MOST = 1000;

/** A number of rows to list. */
export function rowCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST) throw new InvalidArgumentError(`Give a number from 1 to ${MOST}.`);
  return count;
}
