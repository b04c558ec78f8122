import type { Config } from '../config.js';
import type { Check } from '../core/model/diagnosis.js';
import type { VmProxmoxFields } from '../core/model/fields.js';
import type { Host } from '../core/ports/host.js';
import { gather } from '../executors/vm-proxmox/facts.js';
import { findWay, type Way } from '../executors/vm-proxmox/way.js';
import { ofNotice, passed, skipped } from './check.js';
import type { ExaminedConfig } from './configuration.js';
import { type AnyUse, grouped, namesIn, only, type Use } from './uses.js';
import type { DoctorWorld } from './world.js';

const AREA = 'proxmox';

/** Proxmox, as far as intents need it: reached, let in, and the guests and storages there. */
export async function examineProxmox(
  world: DoctorWorld,
  { config, broken }: ExaminedConfig,
  host: Host,
  uses: readonly AnyUse[],
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const users = only(uses, 'vm_proxmox');
  if (users.length === 0) return [skipped(AREA, 'proxmox.api', 'No intent needs Proxmox.')];
  if ([...broken].some((name) => name.startsWith('PVE_'))) {
    return [skipped(AREA, 'proxmox.api', 'Proxmox was not looked at: see the configuration.')];
  }
  const way = await findWay({ api: await apiOf(world, config, host) }, host, signal);
  const names = namesIn(users);
  const blocked = way.blockers.map((notice) => ofNotice(AREA, 'proxmox.api', 'problem', notice, names));
  const warned = way.warnings.map((notice) => ofNotice(AREA, 'proxmox.api', 'warning', notice, names));
  const guests = grouped(users, ({ step }) => `${step.fields.vm_id} ${step.fields.storage}`);
  const found = await Promise.all(guests.map(([, its]) => guestChecks(way, its)));
  // An API that does not answer says the same of every guest.
  const checks = [...new Map(found.flat().map((check) => [check.message, check])).values()];
  return [...blocked, ...warned, ...checks];
}

async function apiOf({ http }: DoctorWorld, { pve }: Config, host: Host) {
  if (pve.apiUrl === null || pve.apiToken === null) return null;
  const ca = pve.caFile === null ? null : await host.readText(pve.caFile);
  const token = { secret: 'PVE_API_TOKEN' };
  return { url: pve.apiUrl, http: http({ ca, secret: pve.apiToken }), token };
}

async function guestChecks(
  { access, where }: Way,
  uses: readonly Use<'vm_proxmox'>[],
): Promise<readonly Check[]> {
  const fields: VmProxmoxFields | undefined = uses[0]?.step.fields;
  if (access === null || fields === undefined) return [];
  const gathered = await gather(access, fields, where);
  // Proxmox works on a locked guest: that passes.
  const lasting = gathered.blockers.filter(({ code }) => code !== 'guest_locked');
  if (lasting.length > 0) {
    // Not for each guest: what the address or the token is to blame for is the same for all of them.
    const all = lasting.some(({ code }) => ABOUT_ALL.includes(code)) ? '' : namesIn(uses);
    return lasting.map((notice) => ofNotice(AREA, 'proxmox.guest', 'problem', notice, all));
  }
  const unread = gathered.ok ? gathered.facts.about.unread : null;
  if (unread) return [ofNotice(AREA, 'proxmox.guest', 'warning', unread, namesIn(uses))];
  const node = gathered.ok ? ` on ${gathered.facts.guest.node}` : '';
  const message = `Proxmox shows VM ${fields.vm_id}${node}, and the storage ${fields.storage} takes its backups.`;
  return [passed(AREA, 'proxmox.guest', message)];
}

const ABOUT_ALL: readonly string[] = ['service_unreachable', 'certificate_untrusted', 'token_refused'];
