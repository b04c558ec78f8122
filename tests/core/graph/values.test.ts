import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { examine } from '../../../src/core/admission/admission.js';
import { checkArtifacts } from '../../../src/core/admission/params.js';
import { patternFault, withPatterns } from '../../../src/core/documents/pattern.js';
import type { Intent } from '../../../src/core/model/intent.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Params } from '../../../src/core/model/request.js';
import { hostileValue } from '../../support/hostile-values.js';
import { asChildrenGet } from '../../support/real-argv.js';
import { rulesOf } from '../../support/rules.js';
import { catalogueOf, request } from '../harness.js';
import { backupText, intentOf } from './media.js';

const AT = new Date('2026-11-22T23:59:00Z');
await withPatterns(() => patternFault('x'));
const PLEX = intentOf(
  'plex',
  backupText(
    'plex/{{ album }}',
    `exclude: ["{{ skip }}", "*.{{ skip }}"]
retention_days: "{{ keep }}"
params:
  album: { type: string, pattern: '[^/]+', example: x }
  skip: { type: string, default: tmp, pattern: '[^/]*' }
  keep: { type: integer, min: 1, max: 9, default: 3 }
`,
  ),
);
const SCALE = intentOf('worker', 'action: scale\nstack: media\nservice: worker\nmax: 5\n');
const STEPS = `action: steps
params:
  which: { type: string, pattern: '[^/]*', example: x, max_length: 1000 }
  skip: { type: string, default: tmp, pattern: '[^/]*' }
  keep: { type: integer, default: 3 }
  workers: { type: integer, default: 2 }
  full: { type: boolean, default: false }
steps:
  save:
    intent: plex
    params: { album: "{{ which }}", skip: "{{ skip }}", keep: "{{ keep }}" }
  inline:
    action: backup
    backup_type: files
    source: /srv/{{ which }}
    destination: /mnt/{{ date }}
    exclude: "{{ skip }}"
    needs: save
  scale:
    intent: worker
    params: { replicas: "{{ workers }}" }
    when: workers > 0
  later:
    intent: plex
    params: { album: "{{ which | upper }}", keep: 9 }
    needs: [save]
    when: full
`;

const EVENING = intentOf('evening', STEPS);

function ask(params: Params, evening = EVENING, others: readonly Intent[] = [PLEX, SCALE]) {
  const deps = {
    catalogue: catalogueOf([...others, evening]),
    executors: new Map([
      ['files', {}],
      ['scale', {}],
    ]),
    policy: rulesOf(),
    now: () => AT,
    settings: { confirmTtlSeconds: 900, approvedLabel: null },
  };
  return examine(deps as unknown as Parameters<typeof examine>[0], request('evening', { params }), AT);
}

function fieldsOf(params: Params): Record<string, unknown> {
  const admission = ask(params);
  if (!admission.ok) throw new Error(plain(admission.notice.message));
  const nodes = admission.ticket.nodes ?? [];
  return Object.fromEntries(
    nodes.map(({ name, work }) => [
      name,
      work.flatMap(({ intent, steps }) => steps.map((index) => intent.steps[index]?.fields)),
    ]),
  );
}

function refusalOf(params: Params): string {
  const admission = ask(params);
  if (admission.ok) return 'admitted';
  return `${admission.notice.code}: ${plain(admission.notice.message)} ${plain(admission.notice.remedy)}`;
}

test('values go through to the intents of the steps, each with those of its own', () => {
  expect(fieldsOf({ which: 'a b', keep: 5, full: true, workers: 4 })).toEqual({
    save: [
      expect.objectContaining({ source: '/srv/plex/a b', retention_days: 5, exclude: ['tmp', '*.tmp'] }),
    ],
    inline: [
      expect.objectContaining({ source: '/srv/a b', destination: '/mnt/2026-11-22', exclude: ['tmp'] }),
    ],
    scale: [expect.objectContaining({ replicas: 4 })],
    later: [expect.objectContaining({ source: '/srv/plex/A B', retention_days: 9 })],
  });
});

test('a step that is skipped asks for nothing', () => {
  expect(fieldsOf({ which: 'x', workers: 0 })).toMatchObject({ scale: [], later: [] });
});

describe('refused, with the step that it is about', () => {
  test.each<[Params, string]>([
    [
      { which: 'x', keep: 10 },
      'params_invalid: In the step save: keep is 10, but it must be a whole number from 1 to 9.',
    ],
    [
      { which: 'x', workers: 6 },
      'params_invalid: In the step scale: replicas must be a whole number from 0 to 5, and 6 is not.',
    ],
    [{ which: 'x', replicas: 3 }, 'params_invalid: evening has no parameter replicas.'],
    [{ which: 'a/b' }, 'params_invalid: which is "a/b"'],
    [{ which: '..' }, 'params_invalid: which is "..", but no part of it may be ..'],
  ])('%j', (params, said) => {
    expect(refusalOf(params)).toContain(said);
  });

  test.each([
    [201, 'In the step save: album is "xxx'],
    [1_000_000, 'which is "xxx'],
  ])('a value of %i characters, without repeating all of it', (length, said) => {
    const told = refusalOf({ which: 'x'.repeat(length) });
    expect(told).toContain(`params_invalid: ${said}`);
    expect(told.length).toBeLessThan(500);
  });
});

test('refused, or one inert piece of one argument, in the intents of the steps as well', () => {
  const sent: string[] = [];
  const evening = intentOf('evening', STEPS.replace(/ {2}scale:[\s\S]*$/, ''));
  fc.assert(
    fc.property(hostileValue, hostileValue, (which, skip) => {
      const admission = ask({ which, skip }, evening, [PLEX]);
      if (!admission.ok) {
        expect(admission.notice.code).toBe('params_invalid');
        return;
      }
      const { nodes = [] } = admission.ticket;
      expect(nodes.map(({ name, work }) => [name, work.length])).toEqual([
        ['save', 1],
        ['inline', 1],
      ]);
      for (const { name, work } of nodes) {
        const [{ intent, steps } = { intent: PLEX, steps: [] }] = work;
        const [step, ...more] = steps.map((index) => intent.steps[index]);
        expect(more).toEqual([]);
        if (step?.kind !== 'files') throw new Error('another kind of step');
        const { source, exclude } = step.fields;
        const folder = name === 'save' ? '/srv/plex' : '/srv';
        expect(source).toBe(which === '.' ? folder : `${folder}/${which}`);
        expect(exclude).toEqual(name === 'save' ? [skip, `*.${skip}`] : [skip]);
        expect(step.fields).toMatchObject({ retention_days: name === 'save' ? 3 : null });
        sent.push(source, ...exclude);
      }
    }),
    { numRuns: 5000 },
  );
  expect(sent.length).toBeGreaterThan(1500);
  expect(asChildrenGet(sent)).toEqual(sent);
});

test('a backup that a step is given must be one that is still there', async () => {
  const restore = intentOf(
    'again',
    backupText('again', 'notes: "{{ from }}"\nparams:\n  from: { type: artifact, intent: plex }\n'),
  );
  const evening = intentOf(
    'evening',
    `action: steps
params:
  from: { type: artifact, intent: plex }
steps:
  a: { intent: again, params: { from: /backups/gone.tar.gz } }
`,
  );
  const admission = ask({ from: '/backups/there.tar.gz' }, evening, [restore]);
  if (!admission.ok) throw new Error(plain(admission.notice.message));
  const list = async () => [{ path: '/backups/there.tar.gz' }];
  const artifacts = { list } as unknown as Parameters<typeof checkArtifacts>[0];
  const denied = await checkArtifacts(artifacts, admission.ticket);
  expect(plain(denied?.message ?? [])).toBe('from is "/backups/gone.tar.gz", but plex has no such backup.');
});
