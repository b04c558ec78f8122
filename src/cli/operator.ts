import { userInfo } from 'node:os';
import type { Actor } from '../core/model/request.js';

/** Who sits at this terminal: the login name, or `uid-<n>` where the system knows none. */
export function localOperator(): Actor {
  const name = loginName();
  return { kind: 'operator', id: name, name };
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 0}`;
  }
}
