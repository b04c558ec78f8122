import * as z from 'zod';
import { described, name, oneOrMore, seconds, wholeNumber } from '../../documents/forms.js';
import { defineKind } from './kind.js';
import { STACK, stackFields } from './stack.js';

const DAY = 86_400;
const service = name('web');
const timeout = described(
  seconds(DAY).default(120),
  'How long to wait until the new containers are healthy: seconds, or text such as 5m.',
  120,
);

const stableFor = described(
  seconds(DAY).default(10),
  'How long new containers must stay up, and healthy where they have a check: seconds, or text such as 30s.',
  10,
);

/** More or fewer containers of one service. */
export const scale = defineKind({
  kind: 'scale',
  action: 'scale',
  schema: z.strictObject({
    ...STACK,
    action: described(z.literal('scale'), 'What kind of thing this does.', 'scale'),
    service: described(service, 'The Compose service to scale.', 'web'),
    replicas: described(
      wholeNumber(0, 1000).optional(),
      'How many containers; when left out, the one who asks says it.',
      3,
    ),
    min: described(wholeNumber(0, 1000).default(0), 'The fewest that may be asked for.', 1),
    max: described(wholeNumber(0, 1000).default(50), 'The most that may be asked for.', 10),
    stable_for: stableFor,
    timeout,
  }),
  fields: (document, place) => {
    const { service, replicas, min, max, stable_for, timeout } = document;
    if (min > max) {
      place.problem(['min'], `min is ${min}, and max is ${max}.`, 'Make min the smaller one.');
    } else if (replicas !== undefined && (replicas < min || replicas > max)) {
      place.problem(
        ['replicas'],
        `replicas is ${replicas}, outside of min (${min}) and max (${max}).`,
        `Write a number from ${min} to ${max}, or change min or max.`,
      );
    }
    const stack = stackFields(document, place);
    return { service, replicas: replicas ?? null, min, max, ...stack, stable_for, timeout };
  },
});

/** New versions of a stack's services. */
export const rollout = defineKind({
  kind: 'rollout',
  action: 'rollout',
  schema: z.strictObject({
    ...STACK,
    action: described(z.literal('rollout'), 'What kind of thing this does.', 'rollout'),
    service: described(
      oneOrMore(service, 100).default([]),
      'The Compose services to roll out; all when left out.',
      ['web'],
    ),
    strategy: described(
      z.enum(['all_at_once', 'rolling']).optional(),
      'How the replicas of one service are replaced: all at once, or one after the other; all_at_once when left out.',
      'rolling',
    ),
    start: described(
      z.enum(['none', 'new', 'all']).optional(),
      'Which services that don’t run are started: none, those that the file has gained, or all; new when left out.',
      'none',
    ),
    stable_for: stableFor,
    timeout,
  }),
  fields: (document, place) => ({
    services: document.service,
    ...stackFields(document, place),
    ...(document.strategy === undefined ? {} : { strategy: document.strategy }),
    ...(document.start === undefined ? {} : { start: document.start }),
    stable_for: document.stable_for,
    timeout: document.timeout,
  }),
});
