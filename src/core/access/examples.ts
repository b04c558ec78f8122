import type { Catalogue } from '../model/intent.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Example, Rules } from '../model/policy.js';
import type { Actor } from '../model/request.js';
import { judgeAll } from '../policy/judge.js';
import { place, refusedBy } from '../policy/wording.js';
import { isId } from '../text/discord-id.js';
import { chainSubjects, type Subjects } from './authorize.js';

/** How one example of the policy file came out. */
export interface Tried {
  readonly name: string;
  /** Its line in the file. */
  readonly line: number;
  readonly ok: boolean;
  readonly expected: Example['expect'];
  /** Null: it could not be tried. */
  readonly got: Example['expect'] | null;
  readonly because: Phrase;
}

/** Tries the examples that the policy file holds, with the intents as they are now. */
export function tryExamples(rules: Rules, catalogue: Pick<Catalogue, 'find'>): readonly Tried[] {
  if (rules.kind !== 'policy') return [];
  return rules.policy.examples.map((example) => {
    const { name, line, expect: expected } = example;
    const subjects = subjectsOfExample(example, catalogue);
    if (subjects === null) {
      const because = phrase`There is no intent ${code(example.subject.intent ?? '')}. Write its action and stack too.`;
      return { name, line, expected, ok: false, got: null, because };
    }
    const { got, because } = judged(rules, example, subjects);
    return { name, line, expected, ok: got === expected, got, because };
  });
}

function judged(rules: Rules, { actor: who, right, at }: Example, subjects: Subjects) {
  const actor = actorOf(who);
  const judgement = judgeAll(rules, actor, right, subjects, at);
  if (!judgement.allowed) {
    const { why, subject } = judgement;
    const now = at ?? new Date(0);
    const { message } = refusedBy(why, { rules, actor, right, subject, now }, 'name');
    return { got: 'refused', because: message } as const;
  }
  const { by } = judgement;
  const because = typeof by === 'string' ? phrase`It is allowed.` : phrase`${place(by.path)} allows it.`;
  return { got: 'allowed', because } as const;
}

function subjectsOfExample({ subject }: Example, catalogue: Pick<Catalogue, 'find'>): Subjects | null {
  const { intent: name, action, stack } = subject;
  const intent = name === null ? null : catalogue.find(name);
  if (intent && action === null && stack === null) return chainSubjects(catalogue, intent);
  if (intent) return [{ intent: name, action: action ?? intent.action, stack: stack ?? intent.stack }];
  return name !== null && (action === null || stack === null) ? null : [subject];
}

function actorOf({ kind, id, roles, channel }: Example['actor']): Actor {
  if (kind !== 'user') return { kind, id, name: id };
  return {
    kind,
    id,
    name: id === '' ? 'somebody' : id,
    roleIds: roles.filter(isId),
    roleNames: roles.filter((role) => !isId(role)),
    atHome: true,
    ...(channel === null ? {} : { channel: { id: channel, name: channel } }),
  };
}
