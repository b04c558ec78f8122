import { readdirSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import type { StoredMessage } from '../../src/playground/world/world.js';
import { runIdIn, Stage } from './stage.js';

/** A tar that fails once, or waits, where the test wants it. */
const TAR = `#!/bin/sh
case "$*" in *checkpoint=1000*second*)
  if [ -e $HERE/broken ]; then rm $HERE/broken; echo "tar: second: the disk hiccupped" >&2; exit 2; fi
  while [ -e $HERE/slow ]; do sleep 0.05; done;;
esac
exec /bin/tar "$@"
`;

let stage: Stage;

const backup = (source: string, more = ''): string => `
action: backup
backup_type: files
stack: media
source: ${stage.path('src', source)}
destination: ${stage.path('dst')}/${source}
compress: none
${more}`;

beforeEach(async () => {
  stage = await Stage.create({ discord: { seed: { members: { alice: { roles: ['Admin'] } } } } });
  await stage.files('src', { 'first/a.txt': 'a', 'second/b.txt': 'b', 'third/c.txt': 'c' });
  await stage.intent('first', backup('first'));
  await stage.intent('second', backup('{{ what }}', 'params:\n  what: { type: string, default: second }'));
  await stage.intent(
    'evening',
    `action: steps
description: What is done in the evening.
stack: media
params:
  full: { type: boolean, description: The third step too? }
  what: { type: choice, choices: [second, other], default: second }
steps:
  back_up_first:
    intent: first
  back_up_second:
    intent: second
    params: { what: "{{ what }}" }
    needs: back_up_first
  back_up_third:
    action: backup
    backup_type: files
    stack: media
    source: ${stage.path('src', 'third')}
    destination: ${stage.path('dst', 'third')}
    compress: none
    needs: back_up_second
    when: full
`,
  );
  await stage.files('bin', { tar: TAR.replaceAll('$HERE', stage.dir) });
  await chmod(stage.path('bin', 'tar'), 0o755);
  await stage.start({ PATH: `${stage.path('bin')}:${process.env.PATH}` });
}, 60_000);

afterEach(async () => {
  expect(await stage.end()).toEqual([]);
}, 30_000);

const alice = () => stage.discord.as('alice');
const now = (message: StoredMessage) => stage.discord.message(message.id) ?? message;
const archives = (folder: string) => {
  try {
    return readdirSync(stage.path('dst', folder)).filter((name) => name.endsWith('.tar')).length;
  } catch {
    return 0;
  }
};

describe('an evening’s work', () => {
  /** The form for what is missing, then the preview. */
  async function previewed() {
    const asked = alice().slash('steps', { intent: 'evening' });
    await asked.settled();
    const [field] = asked.modal()?.components ?? [];
    expect([field?.label, field?.description]).toEqual(['full', 'The third step too?']);
    return alice()
      .submitModal(asked, { full: ['true'] })
      .waitForMessage('In total');
  }
  const ended = (after: StoredMessage) =>
    alice().waitForMessage(/Steps (succeeded|failed|cancelled)/, { after, timeoutMs: 20_000 });
  const shows = (message: StoredMessage, words: string) =>
    stage.discord.waitFor(() => textOf(now(message)).includes(words), { what: words, timeoutMs: 15_000 });

  test('values by form, the whole graph, a step that fails, Resume, success', async () => {
    const offered = await alice().autocomplete('steps', 'params', '', { options: { intent: 'evening' } });
    expect(offered.slice(0, 2).map(({ value }) => value)).toEqual(['full=', 'what=']);
    const preview = await previewed();
    const text = textOf(preview);
    expect(text).toContain('**Steps · evening**');
    expect(text).toMatch(
      /`back_up_first`[\s\S]*`back_up_second`\*\* · runs `second` · after `back_up_first`/,
    );
    expect(text).toMatch(/`back_up_third`\*\* · after `back_up_second` · only if `full`/);
    expect(text).toContain('**In total:** 3 steps');
    expect(buttonsOf(preview)).toEqual(['Confirm steps', 'Cancel', 'Show commands']);

    await writeFile(stage.path('slow'), '');
    alice().press(preview, 'Confirm steps');
    await shows(preview, '✓ `back_up_first` succeeded');
    expect(textOf(now(preview))).toContain('▸ `back_up_second` running');
    expect(textOf(now(preview))).toContain('· `back_up_third` waiting');
    alice().press(now(preview), 'Stop');
    const stopped = await ended(preview);
    expect(textOf(stopped)).toContain('Not begun: `back_up_third`');
    expect(buttonsOf(stopped)).toEqual(['Resume', 'Retry all steps', 'Details']);
    const first = runIdIn(textOf(stopped));
    expect([archives('first'), archives('second')]).toEqual([1, 0]);

    await rm(stage.path('slow'));
    await writeFile(stage.path('broken'), '');
    const rest = await alice().press(stopped, 'Resume').waitForMessage('Goes on from');
    expect(textOf(rest)).toContain(`✓ **\`back_up_first\`** · done in \`${first}\`, not repeated`);
    alice().press(rest, 'Confirm steps');
    const failed = await ended(rest);
    expect(textOf(failed)).toContain('the disk hiccupped');

    const again = await alice().press(failed, 'Resume').waitForMessage('Goes on from');
    alice().press(again, 'Confirm steps');
    expect(textOf(await ended(again))).toContain('Steps succeeded');
    expect([archives('first'), archives('second'), archives('third')]).toEqual([1, 1, 1]);
    await alice()
      .press(stopped, 'Resume')
      .waitForMessage(/has resumed/);
  }, 90_000);

  test('changed in the middle: it pauses, and what is left waits below the outcome', async () => {
    const preview = await previewed();
    await writeFile(stage.path('slow'), '');
    alice().press(preview, 'Confirm steps');
    await shows(preview, '▸ `back_up_second` running');
    await stage.files('src', { 'third/much-more.bin': Buffer.alloc(1024 * 1024, 'x') });
    await rm(stage.path('slow'));
    const paused = await alice().waitForMessage('Steps paused', { after: preview, timeoutMs: 20_000 });
    expect(textOf(paused)).toMatch(/`back_up_third` would do something else now[\s\S]*Goes on from/);
    expect(archives('third')).toBe(0);
    expect(buttonsOf(paused)).toEqual(['Confirm steps', 'Cancel', 'Show commands']);
    alice().press(paused, 'Confirm steps');
    expect(textOf(await ended(paused))).toContain('Steps succeeded');
    expect([archives('first'), archives('second'), archives('third')]).toEqual([1, 1, 1]);
  }, 90_000);
});
