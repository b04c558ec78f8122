import * as z from 'zod';
import { described, remark, secretName, wholeNumber } from '../documents/forms.js';
import {
  anyName,
  clock,
  day,
  hash,
  moment,
  pattern,
  rate,
  some,
  timezone,
  userId,
} from '../documents/policy-forms.js';
import { ACTIONS } from '../intent/kind-of.js';
import { ENDPOINTS, RIGHTS } from '../model/policy.js';

const everything = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  some(z.enum([...words, '*'] as [Words[number], ...Words[number][], '*']));

const SCOPE = {
  actions: described(everything(ACTIONS).default(['*']), 'Only these actions; all when left out.', 'backup'),
  stacks: described(some(pattern).default(['*']), 'Only these stacks; all when left out.', 'media'),
  intents: described(some(pattern).default(['*']), 'Only these intents; all when left out.', 'backup_*'),
};

const WHO = {
  discord_roles: described(some(anyName).optional(), 'Discord roles, by id or by exact name.', 'Operator'),
  users: described(some(userId).optional(), 'Discord users, by id.', '112233445566778899'),
  api_keys: described(some(anyName).optional(), 'API keys, by name.', 'ci'),
  schedules: described(some(anyName).optional(), 'Schedules, by name.', '*'),
  webhooks: described(some(anyName).optional(), 'Webhooks, by name.', '*'),
  channels: described(some(anyName).optional(), 'Only in these channels, by id or by name.', 'ops'),
};

export const ROLE = z.object({
  ...WHO,
  rights: described(everything(RIGHTS), 'What they may do.', '[run, view]'),
  ...SCOPE,
  endpoints: described(
    everything(ENDPOINTS).default(['run', 'orchestrate']),
    'What its API keys may call; run and orchestrate when left out.',
    '[run, schedules]',
  ),
});

export const DENY = z.object({
  ...WHO,
  rights: described(everything(RIGHTS).default(['*']), 'What they may not do; nothing when left out.', 'run'),
  ...SCOPE,
  reason: described(remark.optional(), 'Why; people read it.', 'Ask Alice first.'),
});

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export const TIMES = z.object({
  days: described(some(z.enum(DAYS)).default([...DAYS]), 'Days on which it begins; all when left out.', [
    'fri',
    'sat',
  ]),
  from: described(clock.default(0), 'When it begins; 00:00 when left out.', '19:00'),
  to: described(clock.default(0), 'When it ends, if need be on the next day; 00:00 when left out.', '23:30'),
  first_day: described(day.optional(), 'The first day on which it begins.', '2026-12-20'),
  last_day: described(day.optional(), 'The last day on which it begins.', '2027-01-02'),
  timezone: described(timezone.optional(), 'The file’s `timezone` when left out.', 'Europe/Berlin'),
  ...SCOPE,
  except: described(some(anyName).optional(), 'Roles of this file that it does not hold back.', 'Admin'),
  reason: described(remark.optional(), 'Why; people read it.', 'Movie night.'),
});

export const CONFIRM = z.object({
  ...SCOPE,
  confirm: described(z.enum(['never', 'person', 'two_people']), 'Who must agree first.', 'two_people'),
  approver_role: described(anyName.optional(), 'The second person’s Discord role, by id or name.', 'Admin'),
});

export const API_KEY = z.object({
  sha256: described(hash.optional(), 'The key’s sha256 in hex.'),
  secret: described(secretName.optional(), 'The environment variable that holds the key.', 'CI_KEY'),
});

export const WEBHOOK = z.object({
  provider: described(z.enum(['github', 'gitlab']).optional(), 'Both when left out.', 'github'),
  repositories: described(some(anyName), 'owner/name; * stands for any text.', 'me/site'),
  branches: described(some(anyName).optional(), 'The default branch when left out.', 'main'),
});

export const LIMITS = z.object({
  per_person: described(rate.optional(), 'Runs that one person may ask for.', '10 per 1h'),
  per_person_at_once: described(wholeNumber(1, 1000).optional(), 'Runs of one person at once.', 2),
  per_intent: described(rate.optional(), 'Runs of one intent.', '3 per 10m'),
  per_intent_at_once: described(wholeNumber(1, 1000).optional(), 'Runs of one intent at once.', 1),
  at_once: described(wholeNumber(1, 1000).optional(), 'Runs at once on one host.', 4),
});

export const TEST = z.object({
  user: described(anyName.optional(), 'A Discord user’s id, or any name.', 'alice'),
  discord_roles: described(some(anyName).optional(), 'Their Discord roles, by id or name.', 'Operator'),
  channel: described(anyName.optional(), 'Where they speak, by id or name.', 'ops'),
  api_key: described(anyName.optional(), 'Or an API key, by name.', 'ci'),
  schedule: described(anyName.optional(), 'Or a schedule, by name.', 'nightly'),
  webhook: described(anyName.optional(), 'Or a webhook, by name.', 'github'),
  right: described(z.enum(RIGHTS).default('run'), 'What they want to do.', 'run'),
  intent: described(pattern.optional(), 'With which intent.', 'backup_media'),
  action: described(z.enum(ACTIONS).optional(), 'The intent’s own when left out.', 'backup'),
  stack: described(pattern.optional(), 'The intent’s own when left out.', 'media'),
  at: described(moment.optional(), 'When; at no time in particular when left out.', '2026-11-22T14:00:00Z'),
  expect: described(z.enum(['allowed', 'refused']), 'What the policy must say.', 'allowed'),
});

/** The sections whose entries have names of people's own. */
export const SECTIONS = {
  roles: ROLE,
  deny: DENY,
  freezes: TIMES,
  windows: TIMES,
  confirm: CONFIRM,
  api_keys: API_KEY,
  webhooks: WEBHOOK,
  tests: TEST,
} as const;

export type SectionName = keyof typeof SECTIONS;
