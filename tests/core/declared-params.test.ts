import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { examine } from '../../src/core/admission/admission.js';
import { checkArtifacts, missingParams } from '../../src/core/admission/params.js';
import { patternFault, withPatterns } from '../../src/core/documents/pattern.js';
import { readIntent } from '../../src/core/intent/read-intent.js';
import type { Artifact } from '../../src/core/model/artifact.js';
import type { Intent } from '../../src/core/model/intent.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Params } from '../../src/core/model/request.js';
import { hostileValue } from '../support/hostile-values.js';
import { asChildrenGet } from '../support/real-argv.js';
import { rulesOf } from '../support/rules.js';
import { catalogueOf, request } from './harness.js';

// The engine for patterns.
await withPatterns(() => patternFault('x'));

const PHOTOS = `action: backup
backup_type: files
stack: photos
source: /srv/photos/{{ album }}
destination: /mnt/nas/{{ place }}/{{ date }}
exclude: ["{{ skip }}", "*.{{ skip }}"]
retention_days: "{{ days }}"
require_mount: "{{ mounted }}"
params:
  album: { type: string, description: Which album. }
  place: { type: choice, choices: [nas, cloud], default: nas }
  skip: { type: string, default: tmp, pattern: "[^/]*" }
  days: { type: integer, min: 1, max: 90, default: 30 }
  mounted: { type: boolean, default: false }
`;
const AT = new Date('2026-11-22T23:59:00Z');

function intentOf(text: string, name = 'photos'): Intent {
  const { intent, problems } = readIntent(text, `/intents/${name}.yaml`);
  if (!intent) throw new Error(JSON.stringify(problems));
  return intent;
}

/** What a request for an intent becomes, as if it stood in a catalogue with these. */
function ask(params: Params, intents: readonly Intent[] = [intentOf(PHOTOS)]) {
  const name = intents.at(-1)?.name ?? '';
  const deps = {
    catalogue: catalogueOf([...intents]),
    executors: new Map([['files', {}]]),
    policy: rulesOf(),
    now: () => AT,
    settings: { confirmTtlSeconds: 900, approvedLabel: null },
  };
  return examine(deps as unknown as Parameters<typeof examine>[0], request(name, { params }), AT);
}

function fieldsFor(params: Params, intents?: readonly Intent[]): readonly unknown[] {
  const admission = ask(params, intents);
  if (!admission.ok) throw new Error(plain(admission.notice.message));
  return admission.ticket.chain.flatMap(({ steps }) => steps.map(({ fields }) => fields));
}

function refusalFor(params: Params, intents?: readonly Intent[]): string {
  const admission = ask(params, intents);
  if (admission.ok) return 'admitted';
  return `${admission.notice.code}: ${plain(admission.notice.message)} ${plain(admission.notice.remedy)}`;
}

describe('what a request gives', () => {
  test('goes into the fields, and what it leaves out has its default', () => {
    expect(fieldsFor({ album: 'Sommer 2026' })).toEqual([
      expect.objectContaining({
        source: '/srv/photos/Sommer 2026',
        destination: '/mnt/nas/nas/2026-11-22',
        exclude: ['tmp', '*.tmp'],
        retention_days: 30,
        require_mount: false,
      }),
    ]);
  });

  test('may be text for every type, and the run keeps what its type makes of it', () => {
    const admission = ask({ album: 'x', days: '7', mounted: 'yes', place: 'cloud' });
    expect(admission.ok && admission.ticket.request.params).toEqual({
      album: 'x',
      place: 'cloud',
      skip: 'tmp',
      days: 7,
      mounted: true,
    });
  });

  test('is missing: which, what for, and what it must be', () => {
    expect(refusalFor({})).toBe(
      'params_invalid: photos needs album: Which album. Give album as text of up to 200 letters, digits, spaces and . _ @ : + = , -.',
    );
    expect(missingParams(intentOf(PHOTOS), {}).map(({ name }) => name)).toEqual(['album']);
    expect(missingParams(intentOf(PHOTOS), { album: 'x' })).toEqual([]);
  });

  test.each<[Params, string]>([
    [{ album: 'x', days: 91 }, 'days is 91, but it must be a whole number from 1 to 90.'],
    [{ album: 'x', days: '1e1' }, 'days is "1e1", but it must be a whole number'],
    [{ album: 'x', days: 2.5 }, 'days is 2.5, but it must be a whole number'],
    [{ album: 'x', place: 'naas' }, 'place is "naas", but it can be nas or cloud. Did you mean nas?'],
    [{ album: 'x', mounted: 'maybe' }, 'mounted is "maybe", but it must be true or false.'],
    [{ album: '' }, 'album is "", but it is empty.'],
    [{ album: '../etc' }, 'album is "../etc", but no part of it may be ...'],
    [{ album: 'a/b' }, 'album is "a/b", but it must be text of up to 200'],
    [{ album: '-rf' }, 'album is "-rf", but it must be text'],
    [{ album: 'a\nb' }, 'album is "a\\u000ab", but it holds a line break'],
    [{ album: '$(reboot)' }, 'album is "$(reboot)", but it must be text'],
    [{ album: 'x', skip: '..' }, 'skip is "..", but no part of it may be ..'],
    [{ album: 'x'.repeat(1_000_000) }, 'but at most 200 characters fit.'],
    [{ album: 'x', albun: 'y' }, 'photos has no parameter albun. Did you mean album?'],
    [
      { album: 'x', skip: '- evil' },
      'With these values photos can’t be used: exclude[0] is "- evil", but a pattern',
    ],
  ])('%j is refused', (params, said) => {
    const text = refusalFor(params);
    expect(text).toContain(`params_invalid: ${said}`.slice(0, 16));
    expect(text).toContain(said);
    expect(text.length).toBeLessThan(500);
  });

  test('an intent that it depends on has its defaults, and must have them', () => {
    const first = intentOf(
      PHOTOS.replace('type: string, description', 'type: string, default: all, description'),
      'first',
    );
    const second = { ...intentOf(PHOTOS, 'second'), dependsOn: ['first'] };
    expect(fieldsFor({ album: 'x' }, [first, second])).toMatchObject([
      { source: '/srv/photos/all' },
      { source: '/srv/photos/x' },
    ]);
    const silent = intentOf(PHOTOS, 'first');
    expect(refusalFor({ album: 'x' }, [silent, second])).toContain('first needs album: Which album.');
  });
});

test('a backup must be one that is still there', async () => {
  const text = `${PHOTOS}  from: { type: artifact, intent: plex }\n`;
  const path = '/srv/backups/plex_1.tar.gz';
  const artifact: Artifact = {
    runId: 'r-0001',
    intent: 'plex',
    path,
    kind: 'archive',
    size: 1,
    sha256: null,
    files: 1,
    createdAt: AT.toISOString(),
    verified: 'read',
    deletedAt: null,
    origin: null,
  };
  const list = async (intent: string) => (intent === 'plex' ? [artifact] : []);
  const check = async (from: string) => {
    const admission = ask({ album: 'x', from }, [intentOf(text)]);
    if (!admission.ok) throw new Error('refused');
    const denied = await checkArtifacts({ list }, admission.ticket);
    return denied && `${plain(denied.message)} ${plain(denied.remedy)}`;
  };
  expect(await check(path)).toBeNull();
  expect(await check('/etc/shadow')).toBe(
    `from is "/etc/shadow", but plex has no such backup. Its newest is ${path}.`,
  );
});

describe('a value is data', () => {
  const text = PHOTOS.replace('description: Which album.', "pattern: '[^/]+', example: x");
  const intent = intentOf(text);

  test('refused, or one inert piece of one argument: seen in the argv that a child really got', () => {
    const sent: string[] = [];
    fc.assert(
      fc.property(hostileValue, hostileValue, (album, skip) => {
        const admission = ask({ album, skip }, [intent]);
        if (!admission.ok) {
          expect(admission.notice.code).toBe('params_invalid');
          return;
        }
        const [step, ...more] = admission.ticket.intent.steps;
        expect(more).toEqual([]);
        if (step?.kind !== 'files') throw new Error('another kind of step');
        const { source, exclude } = step.fields;
        expect(source).toBe(album === '.' ? '/srv/photos' : `/srv/photos/${album}`);
        expect(exclude).toEqual([skip, `*.${skip}`]);
        expect(step.fields).toMatchObject({ destination: '/mnt/nas/nas/2026-11-22', retention_days: 30 });
        sent.push(source, ...exclude);
      }),
      { numRuns: 10_000 },
    );
    expect(sent.length).toBeGreaterThan(3000);
    expect(asChildrenGet(sent)).toEqual(sent);
  });
});
