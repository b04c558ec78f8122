import type { Json } from './plan.js';

/**
 * `T` when it is JSON as it stands, with members that may be missing; else a type that `T` doesn't fit. A `Date`, a
 * `Map`, a function or an object with methods is none: whoever rebuilds objects would make `{}` of it.
 */
export type Plain<T> = T extends Json | undefined
  ? T
  : T extends Error | ((...args: never) => unknown)
    ? never
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : never;

/** What a value is that can't be JSON, such as `a Date`; null when it can be. Members aren't looked at. */
export function notPlain(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : 'a number without an end';
    case 'object':
      return value === null || Array.isArray(value) || isRecord(value) ? null : nameOf(value);
    default:
      return `a ${typeof value}`;
  }
}

/** The prototype that has none itself: that of `{}`, in whatever realm it was made. */
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: object): string {
  return `a ${value.constructor?.name || 'object with a prototype'}`;
}
