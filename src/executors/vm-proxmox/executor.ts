import type { Executor } from '../../core/executor.js';
import { phrase } from '../../core/phrase.js';
import type { VmData } from './data.js';
import { notMade } from './ends.js';
import { planVm } from './plan.js';
import { recoverVm } from './recover.js';
import { runThroughApi } from './run-api.js';
import { runCommand } from './run-command.js';
import type { VmProxmoxSettings } from './way.js';

/** Backs up VMs and containers of Proxmox VE: through its API when one is set, else with `vzdump` here. */
export function createVmProxmox(settings: VmProxmoxSettings): Executor<'vm_proxmox', VmData> {
  const { api } = settings;
  return {
    kind: 'vm_proxmox',
    plan: (fields, ctx) => planVm(settings, fields, ctx),
    run: async ({ data }, ctx) => {
      if (data.way === 'command') return runCommand(data, ctx);
      if (api === null)
        return notMade('service_unreachable', [phrase`No Proxmox API is configured any more.`]);
      return runThroughApi({ ...settings, api }, data, ctx);
    },
    recover: ({ data }, journal, ctx) => recoverVm(settings, data, journal, ctx),
  };
}
