import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { Access } from './access.js';
import { apiAccess, type ProxmoxApi } from './api-access.js';
import { pveshAccess } from './pvesh-access.js';

export interface VmProxmoxSettings {
  /** Null: `vzdump` on this host. */
  readonly api: ProxmoxApi | null;
  /** Milliseconds between two looks at a task; 2 s by default. */
  readonly pollMs?: number;
  /**
   * Milliseconds that may have passed since Proxmox was asked for what a dry run shows; 250 by default. Proxmox's
   * own view of guests and storages is up to ten seconds old (pvestatd), and pvedaemon has 3 workers for everybody:
   * one preview after the other should not keep them busy.
   */
  readonly dryRunOldestMs?: number;
  /** Milliseconds for which Proxmox may not answer while it works; 3 minutes by default. */
  readonly patienceMs?: number;
  /** Milliseconds that a stopped task gets until it has ended; 1 minute by default. */
  readonly stopMs?: number;
}

/** How Proxmox is reached, and what stands in the way already. */
export interface Way {
  readonly kind: 'api' | 'command';
  /** The API's address, or `pvesh`; for messages. */
  readonly where: string;
  /** Null: neither an API nor `pvesh`. */
  readonly access: Access | null;
  /** This node's name, when the bot runs on one. */
  readonly here: string | null;
  readonly blockers: readonly Notice[];
  readonly warnings: readonly Notice[];
}

/** Finds the way for a plan: the API when there is one, else the commands of this host. */
export async function findWay({ api }: VmProxmoxSettings, host: Host, signal: AbortSignal): Promise<Way> {
  if (api !== null) return apiWay(api, signal);
  const blank = {
    kind: 'command',
    where: 'pvesh',
    access: null,
    here: null,
    blockers: [],
    warnings: [],
  } as const;
  if (!(await isInstalled(host, 'vzdump'))) return { ...blank, blockers: [vzdumpMissing()] };
  if (!(await isInstalled(host, 'pvesh'))) return { ...blank, warnings: [pveshMissing()] };
  const name = await host.exec(['uname', '-n'], { log: 'none' });
  return { ...blank, access: pveshAccess(host), here: name.stdout.trim().split('.')[0] || null };
}

/** Asks without starting the program: `vzdump` has no option that surely does nothing. */
async function isInstalled(host: Host, program: string): Promise<boolean> {
  const found = await host.exec(['which', program], { log: 'none' });
  return found.ok || found.notFound;
}

function apiWay(api: ProxmoxApi, signal: AbortSignal): Way {
  const plain = new URL(api.url).protocol === 'http:';
  const warnings = plain
    ? [
        notice(
          'connection_plain',
          phrase`${code(api.url)} is not encrypted: the token can be read on the way.`,
        ),
      ]
    : [];
  return { kind: 'api', where: api.url, access: apiAccess(api, signal), here: null, blockers: [], warnings };
}

function vzdumpMissing(): Notice {
  return notice(
    'tool_missing',
    phrase`${code('vzdump')} is not installed on this host, and no Proxmox API is configured.`,
    phrase`Set ${code('PVE_API_URL')} and ${code('PVE_API_TOKEN')}, or run the bot on a Proxmox node.`,
  );
}

function pveshMissing(): Notice {
  return notice(
    'tool_missing',
    phrase`${code('pvesh')} is not installed on this host: size, space and old backups can’t be seen, and nothing old is deleted.`,
    phrase`Set ${code('PVE_API_URL')} and ${code('PVE_API_TOKEN')}, or run the bot on a Proxmox node.`,
  );
}

/** The settings' times with their defaults. */
export function followTimes({ pollMs = 2000, patienceMs = 180_000, stopMs = 60_000 }: VmProxmoxSettings) {
  return { pollMs, patienceMs, stopMs };
}
