import type { VmProxmoxFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import type { PlanDraft } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { type VmData, vzdumpParams } from './data.js';
import { type Facts, type Gathered, gather, gatherShared } from './facts.js';
import { noticeOf } from './faults.js';
import { guestNotices } from './guest-notices.js';
import { askTools } from './guest-tools.js';
import { meanwhileOf, meanwhileText, type Remembered, rememberedBy } from './meanwhile.js';
import { ruleNotices } from './node-rules.js';
import { NOTHING_OLD, type OldBackups, oldBackups, withWholeKept } from './old-backups.js';
import type { SharedQuestions } from './shared-questions.js';
import { checkStorageSpace, estimateSize } from './size.js';
import { effects, steps } from './steps.js';
import { findWay, type VmProxmoxSettings, type Way } from './way.js';

/** Asks Proxmox for the guest, its node, the storage and the old backups. Changes nothing. */
export async function planVm(
  settings: VmProxmoxSettings,
  questions: SharedQuestions<Gathered>,
  fields: VmProxmoxFields,
  ctx: PlanContext,
): Promise<PlanDraft<VmData>> {
  const { api, dryRunOldestMs = 250 } = settings;
  const way = await findWay(settings, ctx.host, ctx.signal);
  const gathered =
    api !== null
      ? await gatherShared(questions, api, fields, {
          signal: ctx.signal,
          oldestMs: ctx.dryRun ? dryRunOldestMs : 0,
        })
      : way.access && (await gather(way.access, fields, way.where));
  const facts = gathered?.ok ? gathered.facts : null;
  const guest = facts?.guest ?? (gathered?.ok === false ? gathered.guest : null);
  const elsewhere = guest && way.here !== null && guest.node !== way.here;
  const size = estimateSize(facts, await ctx.artifacts(), fields.storage);
  const space = facts ? checkStorageSpace(facts, size) : null;
  const last = rememberedBy(await ctx.remembered());
  const told = gathered === null && way.blockers.length === 0 ? await askTools(ctx.host, fields.vm_id) : null;
  const about = facts?.about ?? told?.about ?? null;
  const type = guest?.type ?? told?.type ?? null;
  const old = await whatIsOld(way, fields, facts, last, ctx);

  const data: VmData = {
    way: way.kind,
    vm_id: fields.vm_id,
    name: guest?.name ?? '',
    node: guest?.node ?? null,
    type,
    storage: fields.storage,
    params: vzdumpParams(fields),
    deletions: old.deletions,
    keepLast: old.keepLast,
    kept: old.kept + 1,
  };
  const running = guest?.status === undefined ? null : guest.status === 'running';
  const meanwhile = meanwhileOf(fields.mode, running, about, type, last);
  // Where something else is wrong already, only that is said.
  const notices = about ? guestNotices(data, guest, about, meanwhile, last) : { warnings: [], blockers: [] };
  return {
    steps: steps(data, size.text, meanwhileText(meanwhile, fields.mode, last), old.ages),
    effects: effects(data, size.bytes, running, old),
    touches: [`vm:${fields.vm_id}`, `stack:${ctx.stack}`],
    warnings: [
      ...way.warnings,
      ...notices.warnings,
      ...(facts ? ruleNotices(facts.rules, facts.guest.type, fields.storage, facts.backups) : []),
      ...(space?.code === 'destination_low' ? [space] : []),
      ...old.warnings,
    ],
    blockers: [
      ...way.blockers,
      ...(gathered?.blockers ?? []),
      ...(elsewhere ? [guestElsewhere(fields.vm_id, guest.node, way.here)] : []),
      ...notices.blockers,
      ...(space?.code === 'destination_full' ? [space] : []),
      ...old.blockers,
    ],
    targets: {
      ...{ where: way.where, node: data.node, type: data.type, params: data.params, meanwhile },
      leavesOut: about?.parts?.leftOut.map(({ name }) => name) ?? null,
    },
    data,
  };
}

async function whatIsOld(
  way: Way,
  fields: VmProxmoxFields,
  facts: Facts | null,
  last: Remembered,
  ctx: PlanContext,
): Promise<OldBackups & { readonly blockers: readonly Notice[] }> {
  const none = { ...NOTHING_OLD, blockers: [] };
  if (way.access === null || facts === null) return none;
  try {
    const old = await oldBackups(way.access, fields, facts, ctx);
    return { ...withWholeKept(old, facts.about.parts, last), blockers: [] };
  } catch (error) {
    const rights = phrase`${code('Datastore.Audit')} on ${code(`/storage/${fields.storage}`)}`;
    return { ...none, blockers: [noticeOf(error, { where: way.where, rights })] };
  }
}

function guestElsewhere(vmId: number, node: string, here: string): Notice {
  return notice(
    'guest_elsewhere',
    phrase`${code(vmId)} is on the node ${code(node)}, and this bot runs on ${code(here)}.`,
    phrase`Set ${code('PVE_API_URL')} and ${code('PVE_API_TOKEN')}, or run the bot on ${code(node)}.`,
  );
}
