import type { LeftOut, LogFacts } from './log-facts.js';

/** A line of vzdump's log, and what it means for the facts. Texts as in pve-manager, qemu-server and pve-container. */
interface Rule {
  readonly pattern: RegExp;
  readonly note: (facts: LogFacts, found: readonly string[]) => void;
}

/** For so many of a kind lines are kept; a log of a broken file system can hold a million. */
const KEPT = 100;

function keep<T>(list: T[], item: T): void {
  if (list.length < KEPT) list.push(item);
}

const leaves =
  (kind: LeftOut['kind']) =>
  (facts: LogFacts, [, name = '', path = '']: readonly string[]): void =>
    keep(facts.leftOut, { kind, name, path });

const holds =
  (held: NonNullable<LogFacts['held']>) =>
  (facts: LogFacts): void => {
    facts.held = held;
    facts.heldSeconds = null;
  };

const runsAgain = (facts: LogFacts, [, seconds = '']: readonly string[]): void => {
  facts.heldSeconds = seconds;
};

/** What was said without a level, or as INFO. */
const SAID: readonly Rule[] = [
  { pattern: /^include disk '([^']+)'/, note: (facts, [, name = '']) => keep(facts.included, name) },
  {
    pattern: /^including mount point (\S+) \(/,
    note: (facts, [, name = '']) => keep(facts.included, name),
  },
  { pattern: /^exclude disk '([^']+)'/, note: leaves('disk') },
  { pattern: /^excluding bind mount point (\S+) \('(.*)'\) from backup/, note: leaves('bind mount') },
  { pattern: /^excluding device mount point (\S+) \('(.*)'\) from backup/, note: leaves('device mount') },
  { pattern: /^excluding (?:\w+ )?mount point (\S+) \('(.*)'\) from backup/, note: leaves('mount point') },
  { pattern: /^skip unused drive '(.+)' \(not included into backup\)/, note: leaves('unused disk') },
  { pattern: /^(.+) found \(not included into backup\)/, note: leaves('other') },
  {
    pattern: /^backup contains no disks/,
    note: (facts) => {
      facts.diskless = true;
    },
  },
  {
    pattern: /disabling xattr and acl support/,
    note: (facts) => {
      facts.attributesLost = true;
    },
  },
  {
    pattern: /^mode failure - (.+)/,
    note: (facts, [, why = '']) => {
      facts.fellBack = why;
    },
  },
  {
    pattern: /^backup mode: (\w+)/,
    note: (facts, [, mode = '']) => {
      facts.mode = mode;
    },
  },
  {
    pattern: /^status = running/,
    note: (facts) => {
      facts.ran = true;
    },
  },
  { pattern: /^stopping (?:virtual guest|vm)\b/, note: holds('stopped') },
  { pattern: /^suspend vm to make snapshot/, note: holds('for the snapshot') },
  { pattern: /^suspend(?:ing)? (?:guest|vm)$/, note: holds('suspended') },
  { pattern: /^(?:guest|vm) is online again after (\S+) seconds/, note: runsAgain },
  { pattern: /^resuming VM again after (\S+) seconds/, note: runsAgain },
  {
    pattern: /^(skipping guest-agent 'fs-freeze', .+)/,
    note: (facts, [, why = '']) => {
      facts.notFrozen = why;
    },
  },
  {
    pattern: /attaching fleecing image/,
    note: (facts) => {
      facts.fleecing = true;
    },
  },
  {
    pattern:
      /(.*(?:file will be padded with zeros|padding with zeros|: access denied|: Cannot (?:open|stat|read)|[Rr]ead error|I\/O error|Input\/output error).*)/,
    note: (facts, [, line = '']) => keep(facts.damaged, line),
  },
  {
    pattern:
      /(.*(?:file will be truncated|file changed as we read it|[Ff]ile removed before we read it|file vanished|file has vanished).*)/,
    note: (facts, [, line = '']) => keep(facts.changed, line),
  },
];

/** What was said as ERROR beside the failure itself. */
const WRONG: readonly Rule[] = [
  {
    pattern: /(.*\bfs-?(?:freeze-)?thaw.*)/,
    note: (facts, [, why = '']) => {
      facts.notThawed = why;
    },
  },
  {
    pattern: /(.*\bfs-?freeze.*)/,
    note: (facts, [, why = '']) => {
      facts.notFrozen = why;
    },
  },
];

/** Notes what an ordinary line says. */
export function noteSaid(facts: LogFacts, text: string): void {
  apply(SAID, facts, text);
}

/** Notes an error that is not the end of the backup. */
export function noteWrong(facts: LogFacts, text: string): void {
  if (!apply(WRONG, facts, text)) keep(facts.errors, text);
}

/** Notes a warning. */
export function noteWarned(facts: LogFacts, text: string): void {
  keep(facts.warned, text);
}

function apply(rules: readonly Rule[], facts: LogFacts, text: string): boolean {
  for (const { pattern, note } of rules) {
    const found = pattern.exec(text);
    if (!found) continue;
    note(facts, found);
    return true;
  }
  return false;
}
