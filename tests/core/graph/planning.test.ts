import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Installation, type Process, previewed } from '../harness.js';
import { backupText, intentOf } from './media.js';

let installation: Installation;
let process: Process;

beforeEach(async () => {
  installation = await Installation.create();
  process = await installation.start();
});
afterEach(() => installation.end());

const ALBUM = 'params:\n  album: { type: string, default: all }\n';

test('a file with steps becomes a plan with a graph', async () => {
  installation.intents.push(
    intentOf('disk', backupText('disk')),
    intentOf('plex', backupText('plex/{{ album }}', ALBUM)),
    intentOf(
      'update',
      `action: steps
depends_on: disk
max_parallel: 2
params:
  full: { type: boolean, default: false }
  which: { type: string, default: x }
steps:
  roll:
    action: backup
    backup_type: files
    source: /srv/inline
    destination: /mnt/{{ which }}
    needs: backup
  backup:
    intent: plex
    params: { album: "{{ which }}" }
    on_failure: continue
  tell:
    intent: photos
    needs: [backup]
    when: steps.backup == "failed"
  rest:
    intent: films
    needs: [roll]
    when: full
    on_failure: rollback
`,
    ),
  );
  const { plan, action, stack, state } = await previewed(process, 'update', { params: { which: 'b' } });
  expect({ action, stack, state }).toEqual({ action: 'steps', stack: 'update', state: 'awaiting' });
  expect(plan.graph).toEqual({
    maxParallel: 2,
    nodes: [
      { name: 'disk', parts: [0], needs: [], when: null, onFailure: 'stop' },
      { name: 'backup', parts: [1], needs: ['disk'], when: null, onFailure: 'continue' },
      { name: 'roll', parts: [2], needs: ['backup'], when: null, onFailure: 'stop' },
      { name: 'tell', parts: [3], needs: ['backup'], when: 'steps.backup == "failed"', onFailure: 'stop' },
      { name: 'rest', parts: [], needs: ['roll'], when: 'full', onFailure: 'rollback', skipped: true },
    ],
  });
  expect(plan.parts.map(({ intent, step, touches }) => [intent, step, ...touches])).toEqual([
    ['disk', 0, 'path:/mnt/disk'],
    ['plex', 0, 'path:/mnt/plex/b'],
    ['update', 0, 'path:/mnt/b'],
    ['photos', 0, 'path:/dst/photos'],
  ]);
});

test('what waits for a skipped step is decided in the preview too', async () => {
  const text = `action: steps
params:
  full: { type: boolean, default: false }
steps:
  a: { intent: photos, when: full }
  b: { intent: films, needs: a, when: steps.a == "succeeded" }
  c: { intent: films, needs: b, when: steps.b == "skipped" }
`;
  installation.intents.push(intentOf('update', text));
  const skipped = async (full: boolean) => {
    const { plan } = await previewed(process, 'update', { params: { full } });
    return plan.graph?.nodes.map((node) => node.skipped === true);
  };
  expect(await skipped(false)).toEqual([true, true, false]);
  expect(await skipped(true)).toEqual([false, false, false]);
});

test('how steps wait for each other, and what their failure means, is part of what was shown', async () => {
  const shown = 'a: { intent: photos }\n  b: { intent: films, needs: a }\n';
  const others = [
    shown.replace(', needs: a', ''),
    shown.replace('needs: a', 'needs: a, on_failure: rollback'),
    shown.replace('b:', 'c:'),
  ];
  const prints = new Set<string>();
  for (const [index, steps] of [shown, ...others].entries()) {
    installation.intents.push(intentOf(`update${index}`, `action: steps\nsteps:\n  ${steps}`));
    prints.add((await previewed(process, `update${index}`)).plan.fingerprint);
  }
  expect(prints.size).toBe(4);
});
