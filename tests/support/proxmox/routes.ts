import type { Params } from './official.js';
import type { Guest, Task, World } from './world.js';

/** An answer: Proxmox's `data`, or a refusal with its status and reason. */
export type Answer = { readonly data: unknown } | { readonly status: number; readonly reason: string };

type Handler = (world: World, params: Params) => Answer;

const denied = (path: string, right: string): Answer => ({
  status: 403,
  reason: `Permission check failed (${path}, ${right})`,
});
const failed = (reason: string): Answer => ({ status: 500, reason });

const at = (params: Params, name: string): string => params[name] ?? '';

/** Answers about a guest, of its own node. */
function withGuest(world: World, params: Params, work: (guest: Guest) => unknown): Answer {
  const path = `/vms/${params.vmid}`;
  if (!world.rights.has('VM.Audit')) return denied(path, 'VM.Audit');
  const guest = world.guests.find(({ vmid, node }) => String(vmid) === params.vmid && node === params.node);
  return guest
    ? { data: work(guest) }
    : failed(`Configuration file 'nodes/${params.node}/${params.vmid}.conf' does not exist`);
}

/** The same call of VMs and of containers. */
function ofGuests(rest: string, work: (guest: Guest) => unknown): typeof ROUTES {
  return (['qemu', 'lxc'] as const).map((type) => ({
    method: 'GET',
    template: `/nodes/{node}/${type}/{vmid}/${rest}`,
    handle: (world, params) => withGuest(world, params, work),
  }));
}

/** By method and path template, as in the API's description. */
export const ROUTES: readonly { method: string; template: string; handle: Handler }[] = [
  ...ofGuests('config', ({ config }) => config),
  ...ofGuests('feature', ({ hasSnapshots }) => ({ hasFeature: hasSnapshots ? 1 : 0 })),
  ...ofGuests('status/current', ({ vmid, status, staysDown }) => ({
    vmid,
    status: staysDown ? 'stopped' : status,
  })),
  {
    method: 'GET',
    template: '/nodes/{node}/vzdump/defaults',
    handle: (world, params) =>
      world.rights.has('Datastore.Audit')
        ? { data: world.defaults }
        : denied(`/storage/${at(params, 'storage')}`, 'Datastore.Audit|Datastore.AllocateSpace'),
  },
  {
    method: 'GET',
    template: '/cluster/resources',
    handle: (world) => ({
      data: world.rights.has('VM.Audit')
        ? world.guests.map(({ config, hasSnapshots, staysDown, ...guest }) => ({
            ...guest,
            id: `${guest.type}/${guest.vmid}`,
          }))
        : [],
    }),
  },
  {
    method: 'GET',
    template: '/nodes/{node}/storage',
    handle: (world) => ({ data: world.rights.has('Datastore.Audit') ? world.storages : [] }),
  },
  {
    method: 'GET',
    template: '/nodes/{node}/storage/{storage}/content',
    handle: (world, params) => {
      const storage = at(params, 'storage');
      if (!world.rights.has('Datastore.Audit')) return denied(`/storage/${storage}`, 'Datastore.Audit');
      const own = world.volumes.filter(({ volid }) => volid.startsWith(`${storage}:`));
      return { data: own.filter(({ vmid }) => !params.vmid || String(vmid) === params.vmid) };
    },
  },
  {
    method: 'DELETE',
    template: '/nodes/{node}/storage/{storage}/content/{volume}',
    handle: (world, params) => {
      if (!world.rights.has('Datastore.AllocateSpace')) {
        return denied(`/storage/${at(params, 'storage')}`, 'Datastore.AllocateSpace');
      }
      const volume = world.volumes.find(({ volid }) => volid === params.volume);
      if (!volume) return failed(`volume '${params.volume}' does not exist`);
      if (volume.protected) return failed('cannot remove protected volume');
      world.volumes = world.volumes.filter((other) => other !== volume);
      return { data: null };
    },
  },
  {
    method: 'GET',
    template: '/nodes/{node}/storage/{storage}/prunebackups',
    handle: (world, params) => {
      const keep = Number(/^keep-last=(\d+)$/.exec(at(params, 'prune-backups'))?.[1] ?? Number.NaN);
      if (Number.isNaN(keep)) return failed('unable to parse prune-backups');
      const own = world.volumes
        .filter(({ vmid }) => String(vmid) === params.vmid)
        .sort((a, b) => b.ctime - a.ctime);
      let kept = 0;
      return {
        data: own.map((volume) => {
          if (volume.protected) return { ...mark(volume), mark: 'protected' };
          kept += 1;
          return { ...mark(volume), mark: kept <= keep ? 'keep' : 'remove' };
        }),
      };
    },
  },
  {
    method: 'POST',
    template: '/nodes/{node}/vzdump',
    handle: (world, params) => {
      if (!world.rights.has('VM.Backup')) return denied(`/vms/${params.vmid}`, 'VM.Backup');
      if (!world.rights.has('Datastore.AllocateSpace')) {
        return denied(`/storage/${params.storage}`, 'Datastore.AllocateSpace');
      }
      return { data: world.startTask(at(params, 'node'), params) };
    },
  },
  {
    method: 'GET',
    template: '/nodes/{node}/tasks/{upid}/status',
    handle: (world, params) =>
      withTask(world, params, (task) => {
        world.advance(world.secondsPerLook);
        const { upid, node, starttime } = task;
        const base = {
          upid,
          node,
          starttime,
          type: 'vzdump',
          id: String(task.vmid),
          user: 'chatops@pve!backup',
        };
        return task.done
          ? { ...base, status: 'stopped', exitstatus: task.exitstatus }
          : { ...base, status: 'running' };
      }),
  },
  {
    method: 'GET',
    template: '/nodes/{node}/tasks/{upid}/log',
    handle: (world, params) =>
      withTask(world, params, (task) => {
        const start = Number(params.start ?? 0);
        const all = world.logOf(task).map((t, index) => ({ n: index + 1, t }));
        return all.length === 0
          ? [{ n: 1, t: 'no content' }]
          : all.slice(start, start + Number(params.limit ?? 50));
      }),
  },
  {
    method: 'DELETE',
    template: '/nodes/{node}/tasks/{upid}',
    handle: (world, params) =>
      withTask(world, params, (task) => {
        world.stopTask(task);
        return null;
      }),
  },
];

function mark({ volid, vmid, ctime }: { volid: string; vmid: number; ctime: number }) {
  return { volid, vmid, ctime, type: 'qemu' };
}

function withTask(world: World, params: Params, work: (task: Task) => unknown): Answer {
  const task = world.tasks.find(({ upid, node }) => upid === params.upid && node === params.node);
  return task ? { data: work(task) } : failed(`no such task '${params.upid}'`);
}
