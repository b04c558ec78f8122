import { phrase } from '../../core/model/phrase.js';
import type { Executor } from '../../core/ports/executor.js';
import type { VmData } from './data.js';
import type { Gathered } from './facts.js';
import { createSharedQuestions } from './shared-questions.js';
import type { VmProxmoxSettings } from './way.js';

/** Backs up VMs and containers of Proxmox VE: through its API when one is set, else with `vzdump` here. */
export function createVmProxmox(settings: VmProxmoxSettings): Executor<'vm_proxmox', VmData> {
  const { api } = settings;
  const questions = createSharedQuestions<Gathered>();
  let planning: Promise<typeof import('./plan.js')> | null = null;
  return {
    kind: 'vm_proxmox',
    data: {
      version: 1,
      schema: async () => (await import('./data.js')).VM_SCHEMA,
    },
    asksElsewhere: api !== null,
    plan: async (fields, ctx) => {
      // Kept: an import that is repeated asks the loader each time.
      planning ??= import('./plan.js').catch((error: unknown) => {
        planning = null;
        throw error;
      });
      return (await planning).planVm(settings, questions, fields, ctx);
    },
    run: async ({ data }, ctx) => {
      if (data.way === 'command') return (await import('./run-command.js')).runCommand(data, ctx);
      if (api !== null) {
        const { runThroughApi } = await import('./run-api.js');
        return runThroughApi({ ...settings, api }, data, ctx).finally(questions.outdate);
      }
      const { notMade } = await import('./ends.js');
      return notMade('service_unreachable', [phrase`No Proxmox API is configured any more.`]);
    },
    recover: async ({ data }, journal, ctx) => {
      const { recoverVm } = await import('./recover.js');
      return recoverVm(settings, data, journal, ctx).finally(questions.outdate);
    },
  };
}
