import { expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { INSTANCES, type Json, type PlanPart } from '../../../src/core/model/plan.js';
import type { RolloutData } from '../../../src/executors/rollout/data.js';
import { differs } from '../../../src/executors/rollout/differs.js';

/** As far as it is compared: nothing is replaced, so all is about what is left alone. */
function part(...services: readonly Record<string, Json>[]): PlanPart<RolloutData> {
  return { data: { replacements: [] }, targets: { services } } as unknown as PlanPart<RolloutData>;
}

const current = (service: string, replicas: number, ...ids: string[]): Record<string, Json> => ({
  service,
  state: 'current',
  replicas,
  rendered: 'as it was',
  [INSTANCES]: ids,
});
const web = current('web', 2, 'one', 'two');

test.each<[string, PlanPart<RolloutData>, string]>([
  ['scaled', part(current('web', 3, 'one', 'two', 'three')), 'web has 3 replicas now, not 2.'],
  ['stopped', part({ service: 'web', state: 'off' }), 'web doesn’t run any more.'],
  ['made again', part(current('web', 2, 'one', 'other')), 'The containers of web were made again.'],
  [
    'edited',
    part({ ...web, rendered: 'edited' }),
    'web, which is left alone, is configured in another way now.',
  ],
  ['gained', part(web, current('db', 1, 'x')), 'db is new in the stack.'],
  ['gone', part(), 'web is no longer in the stack.'],
])('a service that is left alone and was %s is named', async (_, now, words) => {
  expect((await differs(part(web), now)).map(plain)).toEqual([words]);
});

test('one that was started runs now', async () => {
  const off = part({ service: 'web', state: 'off' });
  expect((await differs(off, part(web))).map(plain)).toEqual(['web runs now.']);
});
