import { basename } from 'node:path';
import type * as z from 'zod';
import { checkFields } from '../documents/check-fields.js';
import type { YamlProblem } from '../documents/flat-document.js';
import { type Outline, outline, within } from '../documents/outline.js';
import { timezone } from '../documents/policy-forms.js';
import type { IntentProblem } from '../model/intent.js';
import { NO_LIMITS, type Policy, type Times } from '../model/policy.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { START } from '../text/problem.js';
import { apiKey, confirm, deny, example, limits, type Place, role, times, webhook } from './entries.js';
import { LIMITS, SECTIONS, type SectionName } from './schema.js';

/** Larger files are refused unread: the time to read one is bounded. */
export const MAX_POLICY_BYTES = 256 * 1024;
const MAX_PROBLEMS = 50;

/** One thing wrong with a policy file. */
export type PolicyProblem = IntentProblem;

export type ReadPolicy =
  | { readonly policy: Policy; readonly problems: readonly [] }
  | { readonly policy: null; readonly problems: readonly PolicyProblem[] };

/** Reads a policy from its file's text, or lists everything that is wrong with it. Never throws. */
export function readPolicy(text: string, file: string): ReadPolicy {
  const found: YamlProblem[] = [];
  const report = (problem: YamlProblem): void => void found.push(problem);
  const policy = assemble(text, basename(file), report);
  if (found.length === 0) return { policy, problems: [] };
  const problems = found
    .map((problem) => ({ file, ...problem }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  return { policy: null, problems: problems.slice(0, MAX_PROBLEMS) };
}

function assemble(text: string, file: string, report: (problem: YamlProblem) => void): Policy {
  const whole = outline(text, Object.keys(SECTIONS), report);
  const zone = zoneOf(whole, report);
  const read = <Name extends SectionName, Made>(
    section: Name,
    make: (fields: z.output<(typeof SECTIONS)[Name]>, place: Place) => Made,
  ): readonly Made[] =>
    (whole.sections.get(section) ?? []).flatMap(({ name, at, fields }) => {
      const path = `${section} › ${name}`;
      const values = checkFields(fields, SECTIONS[section], within(path, report));
      if (values === null) return [];
      const fault = (message: string, hint: string): void =>
        report({ ...at, field: path, message: `${path}: ${message}`, hint });
      const place = { name, path: [file, section, name], line: at.line, timezone: zone, fault };
      return [make(values as z.output<(typeof SECTIONS)[Name]>, place)];
    });
  if (whole.fields && !whole.fields.values.has('roles') && !whole.fields.refused.has('roles')) {
    const hint = 'Add it, with a role below it: docs/policy.md has examples.';
    report({ ...START, field: 'roles', message: 'roles is missing.', hint });
  }
  const policy: Policy = {
    roles: read('roles', role),
    deny: read('deny', deny),
    freezes: read('freezes', times),
    windows: read('windows', times),
    confirm: read('confirm', confirm),
    apiKeys: read('api_keys', apiKey),
    webhooks: whole.sections.has('webhooks') ? read('webhooks', webhook) : null,
    limits: limitsOf(whole, report),
    examples: read('tests', example),
  };
  checkExceptions(policy, whole, report);
  return policy;
}

function zoneOf({ fields }: Outline, report: (problem: YamlProblem) => void): string {
  const value = fields?.values.get('timezone');
  if (value === undefined || fields === null) return 'UTC';
  const parsed = timezone.safeParse(value);
  if (parsed.success) return parsed.data;
  const hint = 'Write it like timezone: Europe/Berlin.';
  report({
    ...fields.locate(['timezone']),
    field: 'timezone',
    message: 'timezone is not a time zone that this machine knows.',
    hint,
  });
  return 'UTC';
}

function limitsOf({ limits: fields }: Outline, report: (problem: YamlProblem) => void): Policy['limits'] {
  const values = fields && checkFields(fields, LIMITS, within('limits', report));
  return values ? limits(values) : NO_LIMITS;
}

/** `except` names roles of the file itself; a mistyped one would hold back those who must not be. */
function checkExceptions(policy: Policy, whole: Outline, report: (problem: YamlProblem) => void): void {
  const roles = (whole.sections.get('roles') ?? []).map(({ name }) => name);
  const unknown = (section: 'freezes' | 'windows') => (one: Times) => {
    const fields = whole.sections.get(section)?.find(({ name }) => name === one.name)?.fields;
    for (const name of one.except.filter((wanted) => !roles.includes(wanted))) {
      const [near] = closest(name, roles);
      const hint = near ? `Did you mean ${near}?` : `The roles here are ${listed(roles, 'and')}.`;
      const path = `${section} › ${one.name}`;
      const message = `${path}: except names ${name}, and there is no such role in this file.`;
      report({ ...(fields?.locate(['except']) ?? START), field: `${path} › except`, message, hint });
    }
  };
  policy.freezes.forEach(unknown('freezes'));
  policy.windows.forEach(unknown('windows'));
}
