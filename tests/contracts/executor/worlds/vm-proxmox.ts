import { plain } from '../../../../src/core/model/phrase.js';
import { startProxmox } from '../../../support/proxmox/double.js';
import { World as Cluster, TOKEN } from '../../../support/proxmox/world.js';
import type { ExecutorUnderTest } from '../under-test.js';

const VM = 101;

/** A virtual machine behind Proxmox's API, which is doubled: strict, over TLS, with tasks that take their time. */
export const vmProxmox: ExecutorUnderTest = {
  name: 'vm_proxmox',
  create: async () => {
    const double = await startProxmox();
    const { world } = double;
    const now = (): number => Math.floor(Date.now() / 1000);
    let old: Cluster['volumes'] = [];
    let runs = 0;
    return {
      intent: `action: backup
backup_type: vm_proxmox
stack: lab
vm_id: ${VM}
storage: nas
retention_days: 7
min_keep: 1
`,
      env: { PVE_API_URL: double.url, PVE_API_TOKEN: TOKEN, TEST_PVE_CA: double.certificates.ca },
      history: [20, 9],
      kept: [],
      change: async () => {
        old = world.volumes;
      },
      reset: async () => {
        const { guests, storages, behaviour } = new Cluster();
        const ages = [20, 9];
        Object.assign(world, { guests, storages, behaviour, tasks: [] });
        if (old.length > 0) world.volumes = [...old];
        world.now = old.length > 0 ? now() : now() - (ages[runs] ?? 0) * 86_400;
        runs += 1;
      },
      look: async (end) => {
        const names = world.volumes.map(({ volid }) => volid);
        const made = names.filter((name) => !old.some(({ volid }) => volid === name));
        const gone = old.filter(({ volid }) => !names.includes(volid));
        const listed = end?.artifacts.map(({ path }) => path) ?? names;
        const running = world.tasks.filter(({ done }) => !done);
        const said = end?.run?.outcome?.summary.map(plain).join(' ') ?? '';
        const isTold = /may have started|not known whether|may still be running/.test(said);
        const failed = end !== null && !end.succeeded && end.run?.outcome?.state === 'failed';
        return [
          // What Proxmox never said can only be told.
          ...(isTold ? [] : running).map(({ upid }) => `a task still runs: ${upid}`),
          ...world.guests
            .filter(({ status }) => status !== 'running')
            .map(({ name }) => `${name} is stopped`),
          ...listed.filter((name) => !names.includes(name)).map((name) => `only the catalogue has ${name}`),
          ...(end?.succeeded ? names : [])
            .filter((name) => !listed.includes(name))
            .map((name) => `the catalogue lacks ${name}`),
          ...(gone.length > 0 && made.length === 0 ? ['old ones are gone without a new one'] : []),
          ...(end?.succeeded && made.length !== 1 ? [`succeeded with ${made.length} new backups`] : []),
          ...(failed && gone.length > 0 ? ['failed, and old ones are gone'] : []),
          ...double.violations.map((errors) => `not Proxmox’s API: ${JSON.stringify(errors)}`),
        ];
      },
      clean: () => double.close(),
    };
  },
};
