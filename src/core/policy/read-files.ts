import { setTimeout as sleep } from 'node:timers/promises';
import type { Reads } from '../documents/reads.js';
import type { TextFile } from '../documents/text-file.js';
import type { Policy } from '../model/policy.js';
import { START } from '../text/problem.js';
import { readRbac } from './rbac.js';
import { MAX_POLICY_BYTES, type PolicyProblem, readPolicy } from './read-policy.js';

interface Read {
  readonly policy: Policy | null;
  readonly problems: readonly PolicyProblem[];
  /** There is no file, or nothing of it could be read: the one problem says why. */
  readonly unread?: true;
}

/** Between two looks at a file that may still be written, in ms. */
const SETTLE_MS = 60;
const MOST_LOOKS = 20;

/** Reads a policy file. */
export async function readPolicyFile(file: string, reads: Reads): Promise<Read> {
  const found = await readSettled(file, reads);
  return found.ok ? readPolicy(found.text, file) : unreadable(file, found);
}

/** Reads the older form's file. */
export async function readRbacFile(
  file: string,
  onSecret: (key: string) => void,
  reads: Reads,
): Promise<Read> {
  const found = await readSettled(file, reads);
  if (!found.ok) return unreadable(file, found);
  let value: unknown;
  try {
    value = JSON.parse(found.text);
  } catch {
    // The parser's own message quotes the text, and the text holds keys.
    return broken(file, 'The file is not valid JSON.', 'docs/policy.md shows the older form.');
  }
  return readRbac(value, file, onSecret);
}

/**
 * The file's text once it holds still (EBUSY when it never does). Half of a policy can be a valid policy that allows more, because its
 * `deny` comes last: a file that is being written must not count.
 */
export async function readSettled(
  file: string,
  reads: Reads,
  maxBytes = MAX_POLICY_BYTES,
): Promise<TextFile> {
  let last = await reads.text(file, maxBytes);
  for (let look = 1; look < MOST_LOOKS; look += 1) {
    if (!last.ok && last.why === 'unanswered') return last;
    await sleep(SETTLE_MS);
    const next = await reads.text(file, maxBytes);
    if (JSON.stringify(next) === JSON.stringify(last)) return next;
    last = next;
  }
  return { ok: false, why: 'unreadable', code: 'EBUSY' };
}

function unreadable(file: string, found: Exclude<TextFile, { ok: true }>): Read {
  switch (found.why) {
    case 'too_large': {
      const message = `The file is larger than ${MAX_POLICY_BYTES / 1024} KiB.`;
      return unread(file, message, 'Is this the right file? A policy has a few dozen lines.');
    }
    case 'not_utf8':
      return unread(file, 'The file is not UTF-8 text.', 'Save it as UTF-8 text.');
    case 'not_a_file':
      return unread(file, 'The file is not a regular file.', 'Name a file.');
    case 'unanswered':
      return unread(file, `The file is on ${found.mount}, which doesn’t answer.`, 'Check that mount.');
    case 'unreadable': {
      const [message, hint] =
        found.code === 'ENOENT'
          ? ['The file does not exist.', 'Put it back, or unset the variable that names it and restart.']
          : [`The file can’t be read (${found.code}).`, 'Give the bot’s user the right to read it.'];
      return unread(file, message, hint);
    }
  }
}

function broken(file: string, message: string, hint: string): Read {
  return { policy: null, problems: [{ file, ...START, field: '', message, hint }] };
}

function unread(file: string, message: string, hint: string): Read {
  return { ...broken(file, message, hint), unread: true };
}
