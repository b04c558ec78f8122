import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { tryExamples } from '../../../src/core/access/examples.js';
import { openCatalogue } from '../../../src/core/intent/catalogue.js';
import { ENDPOINTS, RIGHTS } from '../../../src/core/model/policy.js';
import { readRbac } from '../../../src/core/policy/rbac.js';
import { MAX_POLICY_BYTES } from '../../../src/core/policy/read-policy.js';
import { DENY, LIMITS, ROLE, SECTIONS, TIMES, WEBHOOK } from '../../../src/core/policy/schema.js';
import { unusedNames } from '../../../src/core/policy/unused-names.js';
import { policyOf } from '../../support/policy.js';
import { ROOT } from '../intent/folder.js';

const page = readFileSync(join(ROOT, 'docs/policy.md'), 'utf8');
const example = readFileSync(join(ROOT, 'docs/examples/policy.yaml'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

describe('the example that ships', () => {
  test('passes its own tests with the intents that ship', async () => {
    const catalogue = await openCatalogue({ dir: join(ROOT, 'intents') });
    const policy = policyOf(example);
    const tried = tryExamples({ kind: 'policy', policy }, catalogue);
    expect(tried.filter(({ ok }) => !ok)).toEqual([]);
    expect(tried.map(({ expected }) => expected)).toEqual(expect.arrayContaining(['allowed', 'refused']));
    expect(unusedNames(policy, catalogue.all())).toEqual([]);
  });

  test('has every section', () => {
    for (const section of [...Object.keys(SECTIONS), 'limits', 'timezone']) {
      expect(example).toMatch(new RegExp(`^${section}:`, 'm'));
    }
  });
});

describe('docs/policy.md', () => {
  test('its examples are valid, and pass their own tests', () => {
    expect(blocks).toHaveLength(2);
    for (const yaml of blocks) {
      const rules = { kind: 'policy', policy: policyOf(yaml) } as const;
      expect(tryExamples(rules, { find: () => null }).filter(({ ok }) => !ok)).toEqual([]);
    }
  });

  test('its older form is understood', () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(readRbac(JSON.parse(json), 'docs', () => {}).problems).toEqual([]);
  });

  test.each([
    ['roles', ROLE],
    ['deny', DENY],
    ['freezes', TIMES],
    ['webhooks', WEBHOOK],
    ['limits', LIMITS],
  ])('names every field of %s', (_, schema) => {
    for (const field of Object.keys(schema.shape)) expect(page).toContain(`\`${field}`);
  });

  test('names every right, every endpoint and the largest size', () => {
    for (const word of [...RIGHTS, ...ENDPOINTS]) expect(page).toContain(`\`${word}\``);
    expect(page).toContain(`${MAX_POLICY_BYTES / 1024} KiB`);
  });
});
