import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { formatCount } from '../../core/text/format.js';
import { type Failure, failure, STOPPED } from '../shared/failure.js';
import { callRsync, failureOf, targetOf } from './call.js';
import { rsyncEnvironment } from './commands.js';
import type { MirrorData } from './data.js';
import { JOURNAL } from './incomplete.js';
import { itemIn } from './listing.js';
import { readable } from './names.js';
import { placeKind } from './place.js';
import { type Probe, removeRules } from './probe-commands.js';
import { type Findings, findingsIn } from './probe-findings.js';
import { probeTree } from './probe-tree.js';
import { unholdableReader } from './unholdable.js';

export const UNTOUCHED = phrase`Nothing was copied, replaced or deleted.`;

type Tried =
  | { readonly ok: true; readonly left: readonly Notice[] }
  | { readonly ok: false; readonly failure: Failure; readonly left: readonly Notice[] };

/**
 * Copies a scratch folder with everything that a file system can be unable to keep, looks what arrived, and removes it. What
 * didn't ends the run if the source has such a thing.
 */
export async function tryDestination(data: MirrorData, ctx: RunContext): Promise<Tried> {
  const { probe } = data;
  if (probe === null) return { ok: true, left: [] };
  ctx.step(0, 'running');
  await ctx.journal(JOURNAL.probe, null);
  let found: Failure | Findings | null;
  let left: readonly Notice[] = [];
  try {
    found = await look(data, probe, ctx);
  } finally {
    left = await removeProbe(data, probe, ctx);
  }
  const failed = found === null || 'reason' in found ? found : await neededOf(data, probe, found, ctx);
  ctx.step(0, failed === null ? 'done' : 'failed');
  return failed === null ? { ok: true, left } : { ok: false, failure: failed, left };
}

const MAKE = ['--extract', '--preserve-permissions', '--same-owner', '--numeric-owner', '--acls', '--xattrs'];

async function look(data: MirrorData, probe: Probe, ctx: RunContext): Promise<Failure | Findings | null> {
  const { folder, name } = probe;
  const { host } = ctx;
  const made = await host.exec(['mkdir', '--mode=700', '--', folder]);
  const tar = ['tar', ...MAKE, '--xattrs-include=*', `--directory=${folder}`];
  const filled = made.ok ? await host.exec(tar, { stdin: probeTree(name), log: 'none' }) : made;
  if (ctx.signal.aborted) return STOPPED;
  // Some of it can't be made here, either: it is not looked for, then.
  if ((await host.stat(`${folder}/${name}`)) === null || filled.notFound)
    return failure('command_failed', phrase`The scratch folder ${code(folder)} could not be made.`);
  const copied = await callRsync(data, probe.copy, ctx, { log: 'none' });
  const failed = copied.exitCode === 23 && !ctx.signal.aborted ? null : await failureOf(copied, data, ctx);
  if (failed) return failed;
  const lines: string[] = [];
  const looked = await callRsync(data, probe.check, ctx, {
    log: 'none',
    onStdout: (line) => void lines.push(line),
  });
  if (ctx.signal.aborted) return STOPPED;
  // A module that nobody may read tells nothing; 23 is for names that can’t even be asked for.
  const isTold = looked.ok || looked.exitCode === 23;
  return isTold ? findingsIn(lines, name, `${copied.stderr}\n${looked.stderr}`) : null;
}

/** Removes both scratch folders, also when the run was stopped. Gives what could not be. */
export async function removeProbe(
  data: MirrorData,
  probe: Probe,
  { host }: Pick<RunContext, 'host'>,
): Promise<readonly Notice[]> {
  const { folder, name, remove } = probe;
  const options = { uninterruptible: true, timeoutMs: 60_000 };
  const isLocal = placeKind(data.destination) === 'local';
  if (!isLocal) await host.exec(['mkdir', '-p', '--', `${folder}/empty`], options);
  const removed = await host.exec(remove, {
    ...options,
    env: rsyncEnvironment(targetOf(data)),
    ...(isLocal ? {} : { stdin: removeRules(probe) }),
  });
  await host.exec(['rm', '-rf', '--one-file-system', '--', folder], options);
  // Nothing is there, not even the destination's own folder.
  if (removed.ok || (removed.exitCode === 23 && /No such file or directory/.test(removed.stderr))) return [];
  const where = code(`${data.destination}/${name}`);
  return [
    notice(
      'destination_limits',
      phrase`The scratch folder ${where} could not be removed.`,
      phrase`Remove it by hand.`,
    ),
  ];
}

/** Does the source have what the destination can't keep? */
async function neededOf(
  data: MirrorData,
  { list }: Probe,
  found: Findings,
  ctx: RunContext,
): Promise<Failure | null> {
  const reader = unholdableReader(found.system);
  const linked: string[] = [];
  const options = { log: 'none', keep: 64 * 1024, env: { LC_ALL: 'C', TZ: 'UTC0' } } as const;
  await ctx.host.exec(list, {
    ...options,
    onStdout: (line) => {
      reader.onLine(line);
      const item = itemIn(line);
      if (item?.isLink) linked.push(readable(item.name));
    },
  });
  if (ctx.signal.aborted) return STOPPED;
  const { destination } = data;
  const [blocker] = reader.blockers(destination);
  if (blocker) return failure(blocker.code, blocker.message, blocker.remedy);
  if (found.hardLinks && linked.length > 0)
    return cannot(destination, 'hard links', formatCount(linked.length, 'name'), '--no-hard-links');
  const [acls, xattrs] = found.acls || found.xattrs ? await attributesIn(data, ctx) : [0, 0];
  if (found.acls && acls > 0)
    return cannot(destination, 'ACLs', formatCount(acls, 'file or folder', 'files and folders'), '--no-acls');
  if (found.xattrs && xattrs > 0) {
    const what = formatCount(xattrs, 'file or folder', 'files and folders');
    return cannot(destination, 'extended attributes', what, '--no-xattrs');
  }
  return null;
}

function cannot(destination: string, what: string, count: string, option: string): Failure {
  return failure(
    'destination_limits',
    phrase`${code(destination)} can’t keep ${what}, which ${count} of the source ${/^1 /.test(count) ? 'has' : 'have'}.`,
    phrase`Add ${code(option)} to the intent’s options to leave them out, or choose another destination.`,
  );
}

/** How many entries have ACLs, and how many have extended attributes; none where nothing tells. */
async function attributesIn(
  { source }: MirrorData,
  { host }: RunContext,
): Promise<readonly [number, number]> {
  let [acls, xattrs] = [0, 0];
  let has = { acl: false, xattr: false };
  const next = (): void => {
    if (has.acl) acls += 1;
    if (has.xattr) xattrs += 1;
    has = { acl: false, xattr: false };
  };
  const argv = ['getfattr', '-R', '-P', '-h', '-m', '^(user|security\\.capability|system\\.posix_acl)'];
  await host.exec([...argv, '--absolute-names', '--', source], {
    ...{ log: 'none', keep: 64 * 1024 },
    onStdout: (line) => {
      if (line === '') next();
      else if (line.startsWith('system.posix_acl')) has.acl = true;
      else if (!line.startsWith('# file: ')) has.xattr = true;
    },
  });
  return [acls, xattrs];
}
