import { basename } from 'node:path';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Right, Role, Rules, Subject, Times } from '../model/policy.js';
import { type Notice, notice } from '../model/reasons.js';
import type { Actor } from '../model/request.js';
import { momentText } from './calendar.js';
import { covers, gives, isAbout, mayAnything, rolesOf, type Why } from './judge.js';
import { opensAt, policyOf } from './opening.js';

/** Whom the sentence speaks to: the one who asked, or everybody who reads it. */
export type Voice = 'you' | 'name';

/** What was judged, for the sentence that says how. */
export interface Judged {
  readonly rules: Rules;
  readonly actor: Actor;
  readonly right: Right;
  readonly subject: Subject;
  readonly now: Date;
}

const VERBS: Readonly<Record<Right, string>> = {
  run: 'run',
  view: 'see',
  stop: 'stop',
  approve: 'approve',
  lock: 'lock',
};

/** How many roles are named as those to ask. */
const ASK_MOST = 3;

/** Says what is refused, by which rule, and what to ask for. */
export function refusedBy(why: Why, judged: Judged, voice: Voice): Notice {
  const lead = phrase`${subjectOf(judged.actor, voice)} can’t ${VERBS[judged.right]} ${what(judged)}`;
  switch (why.kind) {
    case 'administrators_only':
      return notice(
        'not_allowed',
        phrase`${lead}. Only administrators of this server may.`,
        phrase`Ask a server administrator to do it.`,
      );
    case 'closed':
      return closedNotice(phrase`${lead}.`, why.file);
    case 'denied': {
      const { name, reason, path } = why.rule;
      const because = reason === null ? phrase`` : phrase` ${reason}`;
      return notice(
        'not_allowed',
        phrase`${lead}. The rule ${code(name)} forbids it.${because}`,
        phrase`An admin can change it: ${place(path)}.`,
      );
    }
    case 'not_granted':
      return notice('not_allowed', phrase`${lead}. ${allowance(judged, voice)}`, wayOut(judged));
    case 'time':
      return atAnotherTime(why.times, why.freeze, judged, lead);
  }
}

/** The one answer about names that there are not and names that this person may not see. */
export function hiddenOrUnknown(actor: Actor, intent: string, near: readonly string[], voice: Voice): Notice {
  return notice(
    'not_allowed',
    phrase`there is no intent ${code(intent)} that ${subjectOf(actor, voice)} may see.`,
    near.length > 0
      ? phrase`Did you mean ${either(near)}?`
      : phrase`Ask an admin which intents your roles allow.`,
  );
}

/**
 * The one answer to somebody who has no right at all here, whether or not there is what they asked for; null
 * when they have any.
 */
export function barred(rules: Rules, actor: Actor, voice: Voice): Notice | null {
  if (mayAnything(rules, actor)) return null;
  const lead = phrase`${subjectOf(actor, voice)} can’t run or see anything here.`;
  switch (rules.kind) {
    case 'closed':
      return closedNotice(lead, rules.file);
    case 'open':
      return notice(
        'not_allowed',
        actor.kind === 'user' ? phrase`${lead} Only administrators of this server may.` : lead,
        actor.kind === 'user' ? phrase`Ask a server administrator to do it.` : undefined,
      );
    case 'policy': {
      const elsewhere = rules.policy.roles.find((role) => isAbout({ ...role, channels: null }, actor));
      return notice(
        'not_allowed',
        lead,
        elsewhere?.channels
          ? phrase`The role ${code(elsewhere.name)} counts in ${either(elsewhere.channels)} only: ask there.`
          : phrase`Ask an admin for a role in the bot’s policy.`,
      );
    }
  }
}

function closedNotice(lead: Phrase, file: string): Notice {
  return notice(
    'policy_broken',
    phrase`${lead} The policy ${code(basename(file))} can’t be read.`,
    phrase`An operator can mend it: ${code('chatops policy check')} says what is wrong. The command line works meanwhile.`,
  );
}

/** `a` or `b` */
function either(names: readonly string[]): Phrase {
  return names.flatMap((name, index) => (index === 0 ? [code(name)] : [' or ', code(name)]));
}

/** `policy.yaml` › roles › Viewer › actions */
export function place(path: readonly string[]): Phrase {
  const [file = '', ...rest] = path;
  return [code(file), ...rest.map((part) => ` › ${part}`)];
}

function subjectOf(actor: Actor, voice: Voice): string {
  return voice === 'you' ? 'you' : actor.name;
}

/** Who may not see something is not told its name. */
function what({ right, subject: { intent, action, stack } }: Judged): Phrase {
  if (right === 'view') return phrase`this`;
  const about = stack === null ? phrase`` : phrase`${action ?? 'anything'} on ${code(stack)}`;
  if (intent === null) return stack === null ? phrase`anything` : phrase`${code(stack)}`;
  return stack === null ? phrase`${code(intent)}` : phrase`${code(intent)} (${about})`;
}

/** "Your roles allow `status` and `runs`." */
function allowance({ rules, actor }: Judged, voice: Voice): Phrase {
  const held = heldRoles(rules, actor);
  if (held.length === 0) {
    return phrase`${voice === 'you' ? 'You have' : `${actor.name} has`} no role in the policy here.`;
  }
  const words = [
    ...(held.some((role) => gives(role, 'view')) ? ['status', 'runs'] : []),
    ...new Set(held.filter((role) => gives(role, 'run')).flatMap(({ actions }) => actions)),
    ...(['stop', 'approve', 'lock'] as const).filter((right) => held.some((role) => gives(role, right))),
  ];
  const listed = words.flatMap((word, index) => {
    const before = index === 0 ? [] : [index === words.length - 1 ? ' and ' : ', '];
    return [...before, word === '*' ? 'every action' : code(word)];
  });
  const owner = voice === 'you' ? 'Your roles' : 'Their roles';
  return phrase`${owner} allow ${listed}, and not this.`;
}

function heldRoles(rules: Rules, actor: Actor): readonly Role[] {
  const policy = policyOf(rules);
  return policy ? rolesOf(policy, actor) : [];
}

/** `not_granted` in few words, where what the roles allow is listed beside it. */
export function ungranted(judged: Judged, voice: Voice): Pick<Notice, 'message' | 'remedy'> {
  const whose = voice === 'you' ? 'your' : 'their';
  return { message: phrase`none of ${whose} roles allows it.`, remedy: wayOut(judged) };
}

/** Whom to ask, and where an admin would allow it. */
function wayOut({ rules, actor, right, subject }: Judged): Phrase {
  const roles = policyOf(rules)?.roles ?? [];
  const able = roles
    .filter((role) => role.discordRoles.length + role.users.length > 0)
    .filter((role) => gives(role, right) && covers(role, subject))
    .slice(0, ASK_MOST);
  const elsewhere = able.find((role) => isAbout({ ...role, channels: null }, actor));
  if (elsewhere?.channels) {
    return phrase`The role ${code(elsewhere.name)} allows it in ${either(elsewhere.channels)} only: ask for it there.`;
  }
  const ask = either(able.map(({ name }) => name));
  const [nearest] = heldRoles(rules, actor)
    .map((role) => ({ role, missing: missing(role, right, subject) }))
    .sort((a, b) => a.missing.length - b.missing.length);
  const where = nearest ? place([...nearest.role.path, nearest.missing[0] ?? 'rights']) : placeOfRoles(roles);
  if (able.length === 0) return phrase`An admin can allow it: ${where}.`;
  return phrase`Ask somebody with the role ${ask} to do it, or an admin to allow it: ${where}.`;
}

function placeOfRoles([first]: readonly Role[]): Phrase {
  return place(first ? first.path.slice(0, 2) : ['policy.yaml', 'roles']);
}

/** The fields of a role that stand in the way. */
function missing(role: Role, right: Right, { action, stack, intent }: Subject): readonly string[] {
  const open = { actions: ['*'], stacks: ['*'], intents: ['*'] };
  const nothing: Subject = { action: null, stack: null, intent: null };
  return [
    ...(gives(role, right) ? [] : ['rights']),
    ...(covers({ ...open, actions: role.actions }, { ...nothing, action }) ? [] : ['actions']),
    ...(covers({ ...open, stacks: role.stacks }, { ...nothing, stack }) ? [] : ['stacks']),
    ...(covers({ ...open, intents: role.intents }, { ...nothing, intent }) ? [] : ['intents']),
  ];
}

function atAnotherTime(times: Times, freeze: boolean, judged: Judged, lead: Phrase): Notice {
  const { name, reason, timezone, path } = times;
  const { rules, actor, right, subject, now } = judged;
  const next = opensAt(rules, actor, right, [subject], now);
  const because = reason === null ? phrase`` : phrase` ${reason}`;
  const rule = freeze
    ? phrase`The freeze ${code(name)} is on.${because}`
    : phrase`The window ${code(name)} is shut.${because}`;
  const when = next
    ? phrase`It can run again from ${momentText(next, timezone)}.`
    : phrase`It can’t run in the next two weeks.`;
  return notice(
    'outside_window',
    phrase`${lead} now. ${rule} ${when}`,
    phrase`Ask again then, or ask an admin for an exception: ${place([...path, 'except'])}.`,
  );
}
