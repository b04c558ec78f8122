import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { expectBlocked, expectQuiet } from './answers.js';
import { runIdIn, Stage } from './stage.js';

/** How many old files the destination has. A tenth is as far beyond every limit of a list or a message. */
const COUNT = Number(process.env.CHATOPS_TEST_DELETIONS ?? 10_000);
const COUNTED = COUNT.toLocaleString('en-US');
const WITH_FOLDER = (COUNT + 1).toLocaleString('en-US');

let stage: Stage;

afterEach(async () => {
  await stage.end();
}, 120_000);

/** Empty files with names as long as those of real ones. */
function names(): string[] {
  return Array.from({ length: COUNT }, (_, index) => `old-recording-${String(index).padStart(6, '0')}.tmp`);
}

async function intent(more: string): Promise<void> {
  await stage.intent(
    'mirror',
    `action: backup\nbackup_type: docker_volumes\nstack: data\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'mirror')}\noptions: ["--delete"]\n${more}`,
  );
}

test(`${COUNTED} deletions: refused above the limit; with it raised listed in full, and exactly these are made`, async () => {
  stage = await Stage.create();
  await stage.files('src', { 'kept.txt': 'kept', 'sub/new.txt': 'new' });
  await stage.files('dst/mirror', { 'kept.txt': 'kept' });
  const mirror = stage.path('dst', 'mirror');
  mkdirSync(`${mirror}/old`);
  const old = names();
  execFileSync('xargs', ['touch', '--'], { cwd: `${mirror}/old`, input: old.join('\n') });
  await intent('');
  await expectBlocked(stage, 'mirror', {
    code: 'delete_limit',
    message: `${WITH_FOLDER} files and folders would be deleted at ${mirror}, and the limit is 1,000.`,
    remedy: `Check the source. If this is right, set max_delete: ${COUNT + 1} in the intent.`,
  });
  expect(readdirSync(`${mirror}/old`)).toHaveLength(COUNT);

  await intent(`max_delete: ${COUNT + 1}\n`);
  await stage.start();
  const alice = stage.discord.as('alice');
  const asked = performance.now();
  const shown = await alice
    .slash('backup', { intent: 'mirror' })
    .waitForMessage(/Confirm/, { timeoutMs: 120_000 });
  const previewMs = performance.now() - asked;
  const id = runIdIn(textOf(shown));
  expect(textOf(shown)).toContain(`and more: all ${WITH_FOLDER} are in`);
  expect(textOf(shown).length).toBeLessThan(4096);
  expect(buttonsOf(shown)).toEqual(['Confirm backup', 'Cancel', 'Show commands']);
  const [attached] = shown.attachments;
  if (!attached) throw new Error('The list is not attached.');
  expect(attached.filename).toBe(`${id}-deletions.txt`);
  const listed = stage.discord.file(attached).toString('utf8').trimEnd().split('\n');
  expect(listed.sort()).toEqual([`${mirror}/old/`, ...old.map((name) => `${mirror}/old/${name}`)].sort());

  const confirmed = performance.now();
  const form = alice.press(shown, 'Confirm');
  await form.settled();
  alice.submitModal(form, { text: 'mirror' });
  const outcome = await alice.waitForMessage(
    ({ content }) => content.includes(id) && content.includes('succeeded'),
    { timeoutMs: 400_000 },
  );
  const runMs = performance.now() - confirmed;
  expect(textOf(outcome)).toContain(`${COUNTED} files and 1 folder deleted, as shown.`);
  expect(readdirSync(mirror).sort()).toEqual(['kept.txt', 'sub']);
  expect(outcome.pings).toEqual({ users: [alice.id], roles: [], everyone: false });
  expectQuiet(stage, [outcome]);
  console.info(
    `${WITH_FOLDER} deletions: preview ${seconds(previewMs)}, from Confirm to the outcome ${seconds(runMs)}`,
  );
}, 600_000);

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
