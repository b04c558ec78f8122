import { afterEach, describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { TOKEN, volidOf } from '../../support/proxmox/world.js';
import { codes } from '../support/lab.js';
import { type Bench, bench, DAY, FIELDS, oldBackups } from './setup.js';

let open: Bench[] = [];
async function start(...settings: Parameters<typeof bench>): Promise<Bench> {
  const one = await bench(...settings);
  open.push(one);
  return one;
}
afterEach(async () => {
  for (const one of open) {
    expect(one.double.violations).toEqual([]);
    await one.close();
  }
  open = [];
});

const text = (
  notices: readonly { message: Parameters<typeof plain>[0]; remedy: Parameters<typeof plain>[0] }[],
) => notices.map(({ message, remedy }) => `${plain(message)} ${plain(remedy)}`).join('\n');

function setAll<Item extends object>(items: Item[], change: Partial<Item>): void {
  for (const item of items) Object.assign(item, change);
}

describe('the preview', () => {
  test('names guest, node, storage and an estimate with its source; nothing but GETs was sent', async () => {
    const b = await start();
    oldBackups(b, [2]);
    const plan = await b.lab.plan(b.executor, { ...FIELDS, notes: 'Before 9.0\nby {{node}}' });
    expect(codes(plan.blockers)).toEqual([]);
    expect(plain(plan.steps[0]?.title ?? [])).toBe(
      'Back up VM 101 (web) on node pve1 to the storage nas, about 2.8 GiB, as last time. It keeps running.',
    );
    expect(plan.steps[0]?.commands).toEqual([
      [
        'POST',
        '/nodes/pve1/vzdump',
        'vmid=101',
        'storage=nas',
        'mode=snapshot',
        'compress=zstd',
        'remove=0',
        'notes-template=Before 9.0\\nby {{node}}',
      ],
    ]);
    expect(plan.touches).toEqual(['vm:101', 'stack:media']);
    expect(plan.effects).toEqual([
      { kind: 'write', target: 'nas', bytes: 3_000_000_000, files: 1, estimate: true },
    ]);
    expect(b.double.calls.map(({ method }) => method)).not.toContain('POST');
    expect(JSON.stringify(plan)).not.toContain(TOKEN.split('=')[1]);
  });

  test('before the first backup the size is only an upper bound', async () => {
    const b = await start();
    const plan = await b.lab.plan(b.executor, FIELDS);
    expect(plain(plan.steps[0]?.title ?? [])).toContain('at most about 32 GiB, the size of its disk');
  });

  test('mode stop is said with its stop and start', async () => {
    const b = await start();
    const plan = await b.lab.plan(b.executor, { ...FIELDS, mode: 'stop' });
    expect(plain(plan.steps[0]?.title ?? [])).toContain(
      'Proxmox shuts it down for that and starts it again.',
    );
    expect(plan.effects.map(({ kind }) => kind)).toEqual(['stop', 'start', 'write']);
  });

  test('deletes only what the catalogue knows, retention gives up and Proxmox would give up too', async () => {
    const b = await start();
    const [old, guarded] = oldBackups(b, [50, 45, 3, 2, 1]);
    const unknown = b.double.world.addVolume(101, b.double.world.now - 60 * DAY);
    const volume = b.double.world.volumes.find(({ volid }) => volid === guarded);
    if (volume) volume.protected = 1;
    const plan = await b.lab.plan(b.executor, { ...FIELDS, retention_days: 30 });
    expect(plan.data.deletions).toEqual([old]);
    expect(plan.effects.at(-1)).toMatchObject({ kind: 'delete', target: 'nas', paths: [old], of: 5 });
    expect(plain(plan.steps.at(-1)?.title ?? [])).toBe(`Delete 1 old backup: ${old} (50 days). 5 stay.`);
    expect(codes(plan.warnings)).toEqual(['archives_unknown']);
    expect(text(plan.warnings)).toContain(unknown.volid);
  });

  test('without retention nothing is deleted, and what the new backup makes superfluous stays within min_keep', async () => {
    const b = await start();
    oldBackups(b, [90, 60, 1]);
    expect((await b.lab.plan(b.executor, FIELDS)).data.deletions).toEqual([]);
    const kept = await b.lab.plan(b.executor, { ...FIELDS, retention_days: 30, min_keep: 3 });
    expect(kept.data.deletions).toEqual([volidOf(101, b.double.world.now - 90 * DAY)]);
  });
});

describe('the fingerprint’s facts', () => {
  test('another node is another plan, another size is not', async () => {
    const b = await start();
    const before = await b.lab.plan(b.executor, FIELDS);
    const [guest] = b.double.world.guests;
    if (guest) guest.maxdisk *= 2;
    expect((await b.lab.plan(b.executor, FIELDS)).targets).toEqual(before.targets);
    if (guest) guest.node = 'pve2';
    expect((await b.lab.plan(b.executor, FIELDS)).targets).not.toEqual(before.targets);
  });
});

describe('blockers say what is wrong and what to do', () => {
  test.each<[string, Parameters<typeof bench>[0], (b: Bench) => void, string, RegExp]>([
    [
      'an unknown guest',
      {},
      (b) => void b.double.world.guests.splice(0),
      'guest_unknown',
      /no VM or container 101.*VM\.Audit/,
    ],
    [
      'a locked guest',
      {},
      (b) => setAll(b.double.world.guests, { lock: 'migrate' }),
      'guest_locked',
      /locked by Proxmox \(migrate\).*qm unlock 101 on pve1/,
    ],
    [
      'an unknown storage',
      {},
      (b) => b.double.world.storages.splice(1, 1),
      'storage_unknown',
      /no storage nas.*For backups there are: offline/,
    ],
    [
      'a storage without backups',
      {},
      (b) => setAll(b.double.world.storages, { content: 'iso' }),
      'storage_unsuitable',
      /nas takes no backups/,
    ],
    [
      'a storage that is not active',
      {},
      (b) => setAll(b.double.world.storages, { active: 0 }),
      'storage_inactive',
      /not active on pve1/,
    ],
    [
      'a disabled storage',
      {},
      (b) => setAll(b.double.world.storages, { enabled: 0 }),
      'storage_inactive',
      /is disabled/,
    ],
    [
      'a full storage',
      {},
      (b) => {
        oldBackups(b, [1]);
        setAll(b.double.world.storages, { avail: 88 * 1024 ** 2 });
      },
      'destination_full',
      /2\.8 GiB needed, 88 MiB free on nas/,
    ],
    [
      'a wrong token',
      { token: 'a@pve!b=0000' },
      () => {},
      'token_refused',
      /does not accept the token.*PVE_API_TOKEN/,
    ],
    [
      'a certificate of another authority',
      { ca: null },
      () => {},
      'certificate_untrusted',
      /not trusted.*PVE_CA_FILE/,
    ],
    [
      'a token that may not see the storage',
      {},
      (b) =>
        (b.double.intercept = ({ template }) =>
          template.endsWith('/content')
            ? {
                status: 403,
                reason: 'Permission check failed (/storage/nas, Datastore.Audit|Datastore.AllocateSpace)',
              }
            : undefined),
      'right_missing',
      /Datastore\.Audit\|Datastore\.AllocateSpace on \/storage\/nas/,
    ],
    [
      'a node that is down',
      {},
      (b) =>
        (b.double.intercept = ({ template }) =>
          template === '/nodes/{node}/storage' ? { status: 595, reason: 'No route to host' } : undefined),
      'service_unreachable',
      /its node does not: No route to host/,
    ],
    [
      'a service that is not Proxmox',
      {},
      (b) => (b.double.intercept = () => ({ status: 404, reason: 'Not Found' })),
      'command_failed',
      /Not Found/,
    ],
  ])('%s', async (_name, settings, arrange, code, message) => {
    const b = await start(settings);
    arrange(b);
    const plan = await b.lab.plan(b.executor, FIELDS);
    expect(codes(plan.blockers)).toEqual([code]);
    expect(text(plan.blockers)).toMatch(message);
  });

  test('an API that nobody listens on', async () => {
    const b = await start();
    await b.double.close();
    const plan = await b.lab.plan(b.executor, FIELDS);
    expect(codes(plan.blockers)).toEqual(['service_unreachable']);
    expect(text(plan.blockers)).toMatch(/does not answer at https:\/\/localhost:\d+.*ECONNREFUSED.*pveproxy/);
  });
});

describe('a dry run', () => {
  const titleOf = (plan: Awaited<ReturnType<Bench['lab']['plan']>>) => plain(plan.steps[0]?.title ?? []);
  const rename = (b: Bench, name: string) => setAll(b.double.world.guests, { name });

  test('shows what Proxmox said a moment ago, and asks nothing again', async () => {
    const b = await start({ dryRunOldestMs: 60_000 });
    b.lab.dryRun = true;
    const first = await b.lab.plan(b.executor, FIELDS);
    const asked = b.double.calls.length;
    rename(b, 'renamed');
    expect(titleOf(await b.lab.plan(b.executor, FIELDS))).toBe(titleOf(first));
    expect(b.double.calls).toHaveLength(asked);
  });

  test('asks again after a moment', async () => {
    const b = await start({ dryRunOldestMs: 20 });
    b.lab.dryRun = true;
    await b.lab.plan(b.executor, FIELDS);
    rename(b, 'renamed');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(titleOf(await b.lab.plan(b.executor, FIELDS))).toContain('VM 101 (renamed)');
  });

  test('lends nothing to a preview that can be confirmed', async () => {
    const b = await start({ dryRunOldestMs: 60_000 });
    b.lab.dryRun = true;
    await b.lab.plan(b.executor, FIELDS);
    rename(b, 'renamed');
    b.lab.dryRun = false;
    expect(titleOf(await b.lab.plan(b.executor, FIELDS))).toContain('VM 101 (renamed)');
  });

  test('sees what a run has just done', async () => {
    const b = await start({ dryRunOldestMs: 60_000 });
    const plan = await b.lab.plan(b.executor, FIELDS);
    b.lab.dryRun = true;
    expect((await b.lab.plan(b.executor, FIELDS)).data.kept).toBe(1);
    expect((await b.executor.run(plan, b.lab.runContext())).state).toBe('succeeded');
    expect((await b.lab.plan(b.executor, FIELDS)).data.kept).toBe(2);
  });
});
