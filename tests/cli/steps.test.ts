import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { phrase } from '../../src/core/model/phrase.js';
import { backupText } from '../core/graph/media.js';
import { Installation } from './harness.js';

let here: Installation;
beforeEach(async () => {
  here = await Installation.create();
  here.work.titles = [phrase`Copy it.`];
  const write = (name: string, text: string) => writeFile(join(here.intentsDir, `${name}.yaml`), text);
  await write('disk', backupText('disk'));
  await write('films', backupText('films'));
  await write(
    'update',
    `action: steps
params:
  full: { type: boolean, default: false }
steps:
  first:
    intent: disk
  second:
    intent: films
    needs: first
  third:
    intent: photos
    needs: [second]
  extra:
    action: backup
    backup_type: files
    source: /srv/extra
    destination: /mnt/extra
    needs: [first]
    when: full
`,
  );
});
afterEach(() => here.remove());

/** The second part that runs fails, once. */
function failOnce(): void {
  const run = here.work.run;
  here.work.run = async (ctx) => {
    if (here.work.ran !== 2) return run(ctx);
    return { state: 'failed', reason: 'command_failed', summary: [phrase`It broke.`] };
  };
}
const idIn = (out: string) => /r-[a-z0-9]{4,}/.exec(out)?.[0] ?? '';

describe('steps', () => {
  test('plan shows the whole graph with its total', async () => {
    const { exitCode, out } = await here.run(['plan', 'update']);
    expect(exitCode).toBe(0);
    expect(out.split('\n').slice(3, 14)).toEqual([
      'What will happen',
      '  • first · runs disk · writes 1000 B (3 files)',
      '      1. Copy it.',
      '  • second · runs films · after first · writes 1000 B (3 files)',
      '      2. Copy it.',
      '  – extra · skipped: its condition does not hold',
      '  • third · runs photos · after second · writes 1000 B (3 files)',
      '      3. Copy it.',
      '  In total: 3 steps · up to 4 at once · writes 2.9 KiB (9 files)',
      expect.stringContaining('How long'),
      '',
    ]);
    const json = await here.json(['plan', 'update', '-p', 'full=true']);
    expect(json.value.plan.graph.nodes).toHaveLength(4);
  });

  test('a failed run says how each step stands, and is resumed from there', async () => {
    failOnce();
    const failed = await here.run(['run', 'update', '--yes']);
    const id = idIn(failed.out);
    expect(failed.exitCode).toBe(1);
    const lines = failed.out.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['✓ first succeeded', '✗ second failed', 'second failed: It broke.']),
    );
    expect(lines).toContain('Not begun: third.');
    expect(lines).toContain(`  chatops run update --resume ${id}`);

    const shown = await here.run(['show', id]);
    expect(shown.out).toMatch(
      /✓ first {3}succeeded\n {2}✗ second {2}failed\n {2}– extra {3}skipped\n {2}· third {3}not started\n/,
    );

    const ran = here.work.ran;
    const resumed = await here.run(['run', 'update', '--resume', id, '--yes']);
    expect([resumed.exitCode, here.work.ran - ran]).toEqual([0, 2]);
    expect(resumed.out).toContain(`  Goes on from ${id}: 2 of 4 steps are done and not repeated.`);
    expect(resumed.out).toContain(`  ✓ first · done in ${id}, not repeated`);
    expect(resumed.out).toContain('✅ Steps succeeded');
    expect((await here.run(['show', idIn(resumed.out)])).out).toContain(`resumes       ${id}`);

    const again = await here.run(['run', 'update', '--resume', id, '--yes']);
    expect([again.exitCode, again.err]).toEqual([3, expect.stringContaining('did the rest')]);
  });

  test('on a terminal, what runs now stands in one line', async () => {
    const run = here.work.run;
    here.work.run = async (ctx) => {
      ctx.step(0, 'running');
      here.now = new Date(here.now.getTime() + 1000);
      ctx.progress({ done: 1, total: 2, unit: 'files' });
      await new Promise((resolve) => setTimeout(resolve, 1200));
      return run(ctx);
    };
    const { out } = await here.run(['run', 'update', '--yes'], { tty: true, columns: 100 });
    expect(out).toMatch(/0 of 4 steps ended|1 of 4 steps ended/);
    expect(out).toContain('▸ first');
    expect(out).toContain('succeeded');
  });

  test('a resumed run keeps its parameters', async () => {
    const { exitCode, err } = await here.run(['run', 'update', '--resume', 'r-2222', '-p', 'full=true']);
    expect([exitCode, err]).toEqual([2, expect.stringContaining('keeps the parameters of r-2222')]);
    const gone = await here.run(['run', 'update', '--resume', 'r-2222']);
    expect([gone.exitCode, gone.err]).toEqual([3, expect.stringContaining('r-2222 can’t be resumed')]);
  });

  test('changed in the middle: what is left is shown, and goes on once somebody says yes', async () => {
    const run = here.work.run;
    here.work.run = async (ctx) => {
      here.work.plan = { targets: 'another disk' };
      return run(ctx);
    };
    const { exitCode, out } = await here.run(['run', 'update', '--yes']);
    expect(exitCode).not.toBe(0);
    expect(out).toContain('Steps paused, something changed');
    expect(out).toContain('Here is what is left.');
    expect(out).toContain(`Go on with: chatops run update --resume ${idIn(out)}`);
    here.work.run = run;
    const resumed = await here.run(['run', 'update', '--resume', idIn(out), '--yes']);
    expect(resumed.exitCode).toBe(0);
  });
});
