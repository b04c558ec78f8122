import { posix } from 'node:path';
import type { Fault } from '../documents/forms.js';
import { firstHidden } from '../text/characters.js';

export type Resolved = { readonly ok: true; readonly path: string } | ({ readonly ok: false } & Fault);

/**
 * A path of this host, absolute. Relative ones start at the YAML file's folder, as in Compose, and may begin
 * with `..`; a `..` after a folder's name is refused, so that a path means what it looks like.
 */
export function localPath(value: string, folder: string): Resolved {
  const path = posix.resolve(folder, value);
  const fault = localFault(value) ?? kernelFault(path);
  return fault ? { ok: false, ...fault } : { ok: true, path };
}

/** What is wrong with a path of this host wherever its file lies; null when nothing is. */
export function localFault(value: string): Fault | null {
  const fault = lexicalFault(value);
  if (fault) return fault;
  if (namesHost(value)) {
    return {
      why: 'it names another host, and this must be a folder of this host',
      hint: 'Write a path such as /srv/data; if it is a folder with a colon in its name, put ./ before it.',
    };
  }
  if (climbsAfterName(value)) {
    return {
      why: '.. may only stand at the beginning of a relative path',
      hint: `Write the path that is meant: ${posix.normalize(value)}.`,
    };
  }
  return value.startsWith('/') ? kernelFault(posix.resolve(value)) : null;
}

/** Devices and what the kernel shows of itself; below `/dev/shm` are files like others. */
const KERNEL = /^\/(proc|sys|dev(?!\/shm\/.))(\/|$)/;

/** Is an absolute path `/dev`, `/proc` or `/sys`, or below it, and so nothing that holds anybody's files? */
export function isOfKernel(path: string): boolean {
  return KERNEL.test(posix.resolve(path));
}

function kernelFault(path: string): Fault | null {
  if (!isOfKernel(path)) return null;
  return {
    why: '/dev, /proc and /sys hold devices and what the kernel shows of itself, not files to copy or a place for them',
    hint: 'Write the folder that holds the data, such as /srv/data.',
  };
}

/** A path inside a container: absolute, without `..`. */
export function containerPath(value: string): Resolved {
  const fault = containerFault(value);
  return fault ? { ok: false, ...fault } : { ok: true, path: posix.resolve(value) };
}

/** What is wrong with a path inside a container; null when nothing is. */
export function containerFault(value: string): Fault | null {
  const fault = lexicalFault(value);
  if (fault) return fault;
  if (value.startsWith('/') && !/(^|\/)\.\.(\/|$)/.test(value)) return kernelFault(value);
  return {
    why: 'a path inside a container must be absolute, with no .. in it',
    hint: 'Write it like /config/data.',
  };
}

/** Something written to: like {@link localPath}, but never the root of the file system. */
export function localDestination(value: string, folder: string): Resolved {
  return notRoot(localPath(value, folder));
}

/** Like {@link containerPath}, but never the root of the file system. */
export function containerDestination(value: string): Resolved {
  return notRoot(containerPath(value));
}

const HOST = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])`;
const USER = '(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@)?';
// Nothing that a remote shell would expand: rsync before 3.2.4 hands the path to one.
const REMOTE_PATH = String.raw`[\p{L}\p{N}\p{M}._/@%+=:,-]`;
const SSH = new RegExp(`^${USER}${HOST}:/(?!/)${REMOTE_PATH}+$`, 'u');
const DAEMON = new RegExp(`^rsync://${USER}${HOST}(?::[0-9]{1,5})?/[A-Za-z0-9_]${REMOTE_PATH}*$`, 'u');

/** A folder of this host, `[user@]host:/path` (ssh) or `rsync://[user@]host[:port]/module/path`. */
export function destination(value: string, folder: string): Resolved {
  if (!namesHost(value)) return localDestination(value, folder);
  const fault = destinationFault(value);
  return fault ? { ok: false, ...fault } : { ok: true, path: value.replace(/\/+$/, '') };
}

/** What is wrong with a {@link destination} wherever its file lies; null when nothing is. */
export function destinationFault(value: string): Fault | null {
  if (!namesHost(value)) return localDestinationFault(value);
  const fault = lexicalFault(value);
  if (fault) return fault;
  const isUrl = value.startsWith('rsync://');
  const form = isUrl ? DAEMON : SSH;
  const path = isUrl ? value.slice('rsync://'.length) : value.slice(value.indexOf(':/') + 1);
  if (form.test(value) && !/(^|\/)\.{1,2}(\/|$)/.test(path) && !/^\/+$/.test(path)) {
    return isUrl ? null : kernelFault(path);
  }
  return {
    why: 'it is not a place on another host that can be used',
    hint:
      'Write host:/path, user@host:/path or rsync://host/module/path: the path absolute, below /, ' +
      'without .. and without spaces or characters that a shell would expand.',
  };
}

/** Is there a `..` anywhere but at the beginning of a relative path? */
function climbsAfterName(value: string): boolean {
  const parts = value.split('/').filter((part) => part !== '' && part !== '.');
  const firstName = value.startsWith('/') ? 0 : parts.findIndex((part) => part !== '..');
  return firstName >= 0 && parts.slice(firstName).includes('..');
}

/** rsync takes a colon before the first slash for a host. */
function namesHost(value: string): boolean {
  return /^[^/]*:/.test(value);
}

const ROOT: Fault = {
  why: 'that is the root of the file system, and nothing is ever written there',
  hint: 'Write a folder such as /srv/backups.',
};

/** What is wrong with a folder of this host that is written to; a relative one may still lead to the root. */
export function localDestinationFault(value: string): Fault | null {
  return localFault(value) ?? (value.startsWith('/') && posix.resolve(value) === '/' ? ROOT : null);
}

function notRoot(resolved: Resolved): Resolved {
  return resolved.ok && resolved.path === '/' ? { ok: false, ...ROOT } : resolved;
}

function lexicalFault(value: string): Fault | null {
  if (value === '') return { why: 'it is empty', hint: 'Write a path such as /srv/data.' };
  if (value.length > 4096) return { why: 'at most 4,096 characters fit', hint: 'Write a shorter path.' };
  const hidden = firstHidden(value);
  if (hidden !== null) {
    return {
      why: `it holds a line break or another character that can’t be seen (${hidden})`,
      hint: 'Type the path again, on one line.',
    };
  }
  if (value !== value.trim()) {
    return { why: 'it begins or ends with a space', hint: 'Remove the space.' };
  }
  if (value.startsWith('~')) {
    return { why: '~ is not expanded here', hint: 'Write the whole path, such as /home/alice/data.' };
  }
  if (value.startsWith('$')) {
    return {
      why: 'variables are not expanded here',
      hint: 'Write the whole path, such as /home/alice/data.',
    };
  }
  if (value.startsWith('-')) {
    return { why: 'it begins with a dash and would look like an option', hint: 'Put ./ before it.' };
  }
  return null;
}
