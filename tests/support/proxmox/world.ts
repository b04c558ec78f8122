/** A cluster as the double keeps it. Times are seconds, sizes bytes. */

export interface Guest {
  vmid: number;
  type: 'qemu' | 'lxc';
  node: string;
  name: string;
  status: 'running' | 'stopped';
  maxdisk: number;
  lock?: string;
  /** What HA is to keep it in. */
  hastate?: string;
  /** Its configuration, as the API gives it. */
  config: Record<string, unknown>;
  /** Do the storages of all its volumes have snapshots? */
  hasSnapshots: boolean;
  /** What stays down when vzdump can't start it again. */
  staysDown?: boolean;
}

export interface Storage {
  storage: string;
  type: string;
  content: string;
  active: 0 | 1;
  enabled: 0 | 1;
  avail: number;
  total: number;
}

export interface Volume {
  volid: string;
  vmid: number;
  size: number;
  ctime: number;
  protected: 0 | 1;
}

/** How the next backups behave. */
export interface Behaviour {
  /** What POST vzdump answers; null: a UPID. */
  answer: string | null;
  exitStatus: string;
  /** Seconds that a backup takes. */
  duration: number;
  /** Lines of progress that are written meanwhile. */
  lines: number;
  /** Lines before the archive is begun, such as what is left out. */
  firstLines: string[];
  /** Lines before the end, such as errors. */
  lastLines: string[];
  makesVolume: boolean;
  saysArchive: boolean;
  saysFinished: boolean;
  /** Does the log have the line that ends every log? */
  saysEnd: boolean;
  /** Seconds by which Proxmox dates the volume later than it was made. */
  ctimeOff: number;
  /** Bytes of the new volume. */
  size: number;
  /** Seconds that it goes on after it was told to stop; Infinity: for ever. */
  stopsAfter: number;
}

export interface Task {
  upid: string;
  type: Guest['type'];
  /** What its log calls the archive, and the volume's id. */
  archive: string;
  volid: string;
  node: string;
  vmid: number;
  starttime: number;
  endtime: number;
  exitstatus: string;
  stopRequested: boolean;
  done: boolean;
  params: Readonly<Record<string, string>>;
  behaviour: Behaviour;
}

export const TOKEN = 'chatops@pve!backup=0d8a4b3e-5f2c-4d1a-9b6e-7c8d9e0f1a2b';

/** Everything that a token needs for backups. */
export const RIGHTS = ['VM.Audit', 'VM.Backup', 'Datastore.Audit', 'Datastore.AllocateSpace'] as const;

export class World {
  /** The cluster's clock. Each look at a task moves it on by `secondsPerLook`. */
  now = 1_795_000_000;
  secondsPerLook = 1;
  token = TOKEN;
  readonly rights = new Set<string>(RIGHTS);
  guests: Guest[] = [
    {
      ...{ vmid: 101, type: 'qemu', node: 'pve1', name: 'web', status: 'running', maxdisk: 32 * 1024 ** 3 },
      config: { name: 'web', agent: '1', scsi0: 'local-lvm:vm-101-disk-0,size=32G', digest: 'abc' },
      hasSnapshots: true,
    },
    {
      ...{ vmid: 200, type: 'lxc', node: 'pve2', name: 'dns', status: 'running', maxdisk: 8 * 1024 ** 3 },
      config: { hostname: 'dns', rootfs: 'local-lvm:vm-200-disk-0,size=8G', digest: 'abc' },
      hasSnapshots: true,
    },
  ];
  storages: Storage[] = [
    storage('local', 'iso,vztmpl'),
    storage('nas', 'backup,iso'),
    { ...storage('offline', 'backup'), active: 0 },
  ];
  volumes: Volume[] = [];
  /** What `vzdump/defaults` answers. */
  defaults: Record<string, unknown> = { 'prune-backups': 'keep-all=1' };
  tasks: Task[] = [];
  behaviour: Behaviour = {
    answer: null,
    exitStatus: 'OK',
    duration: 4,
    lines: 4,
    firstLines: ['INFO: backup mode: snapshot'],
    lastLines: [],
    makesVolume: true,
    saysArchive: true,
    saysFinished: true,
    saysEnd: true,
    ctimeOff: 0,
    size: 3_435_973_837,
    stopsAfter: 1,
  };
  #tasks = 0;

  addVolume(vmid: number, ctime: number, more: Partial<Volume> = {}): Volume {
    const volume = {
      volid: volidOf(vmid, ctime),
      vmid,
      size: 3_000_000_000,
      ctime,
      protected: 0 as const,
      ...more,
    };
    this.volumes.push(volume);
    return volume;
  }

  startTask(node: string, params: Readonly<Record<string, string>>): string {
    const { behaviour } = this;
    if (behaviour.answer !== null) return behaviour.answer;
    const vmid = Number(params.vmid);
    // A guest of another node: Proxmox answers 200 and backs up nothing.
    const guest = this.guests.find((one) => one.vmid === vmid && one.node === node);
    if (!guest) return 'OK';
    this.#tasks += 1;
    const hex = (value: number, width: number): string =>
      value.toString(16).toUpperCase().padStart(width, '0');
    const upid = `UPID:${node}:${hex(4000 + this.#tasks, 8)}:${hex(this.#tasks, 8)}:${hex(this.now, 8)}:vzdump:${vmid}:chatops@pve!backup:`;
    const endtime = this.now + behaviour.duration;
    const kept = this.storages.find(({ storage }) => storage === params.storage);
    this.tasks.push({
      ...namesOf(guest, params.storage ?? '', kept?.type === 'pbs', this.now),
      type: guest.type,
      ...{ upid, node, vmid, starttime: this.now, endtime, exitstatus: behaviour.exitStatus },
      ...{ stopRequested: false, done: false, params, behaviour: { ...behaviour } },
    });
    return upid;
  }

  /** Moves the clock on; tasks whose time has come end. */
  advance(seconds: number): void {
    this.now += seconds;
    for (const task of this.tasks) {
      if (!task.done && task.endtime <= this.now) this.#end(task);
    }
  }

  stopTask(task: Task): void {
    if (task.done || task.stopRequested) return;
    task.stopRequested = true;
    task.exitstatus = 'unexpected status';
    task.endtime = this.now + task.behaviour.stopsAfter;
  }

  logOf(task: Task): string[] {
    const { vmid, behaviour, starttime, archive, type } = task;
    const server = archive.startsWith('/') ? 'vzdump' : 'Proxmox Backup Server';
    const begun = [
      `INFO: starting new backup job: vzdump ${vmid}`,
      `INFO: Starting Backup of VM ${vmid} (${type})`,
      'INFO: status = running',
      ...behaviour.firstLines,
      ...(behaviour.saysArchive ? [`INFO: creating ${server} archive '${archive}'`] : []),
    ];
    const share = task.done ? 1 : (this.now - starttime) / behaviour.duration;
    const lines = Array.from(
      { length: Math.min(behaviour.lines, Math.floor(behaviour.lines * share)) },
      (_, index) => {
        const done = (index + 1) / behaviour.lines;
        return `INFO: ${String(Math.floor(done * 100)).padStart(3)}% (${(done * 32).toFixed(1)} GiB of 32.0 GiB) in ${index + 1}s, read: 1.2 GiB/s, write: 800.0 MiB/s`;
      },
    );
    if (!task.done) return [...begun, ...lines];
    const finished = `INFO: Finished Backup of VM ${vmid} (00:00:04)`;
    const end = /^(OK|WARNINGS)/.test(task.exitstatus)
      ? `TASK ${task.exitstatus}`
      : `TASK ERROR: ${task.exitstatus}`;
    const well = !task.stopRequested && behaviour.saysFinished;
    return [
      ...[...begun, ...lines, ...behaviour.lastLines],
      ...(well ? [finished] : []),
      ...(behaviour.saysEnd ? [end] : []),
    ];
  }

  #end(task: Task): void {
    task.done = true;
    const good = /^(OK|WARNINGS)/.test(task.exitstatus) && task.behaviour.makesVolume;
    if (!good) return;
    const { volid, behaviour } = task;
    this.addVolume(task.vmid, task.starttime + behaviour.ctimeOff, { volid, size: behaviour.size });
    // vzdump's own default: prune by the storage's rules, which here keep one.
    if (task.params.remove !== '0') {
      const own = this.volumes.filter(({ vmid }) => vmid === task.vmid).sort((a, b) => b.ctime - a.ctime);
      this.volumes = this.volumes.filter((volume) => volume.vmid !== task.vmid || volume === own[0]);
    }
  }
}

/** As vzdump names them: by the guest, and the local time or, on a backup server, the UTC time of its begin. */
function namesOf(
  { type, vmid }: Guest,
  storage: string,
  onServer: boolean,
  now: number,
): Pick<Task, 'archive' | 'volid'> {
  const iso = new Date(now * 1000).toISOString().slice(0, 19);
  if (onServer) {
    const archive = `${type === 'qemu' ? 'vm' : 'ct'}/${vmid}/${iso}Z`;
    return { archive, volid: `${storage}:backup/${archive}` };
  }
  const stamp = iso
    .replace('T', '-')
    .replaceAll(/[-:]/g, '_')
    .replace(/_(\d\d_\d\d_\d\d)$/, '-$1');
  const file = `vzdump-${type}-${vmid}-${stamp}.${type === 'qemu' ? 'vma' : 'tar'}.zst`;
  return { archive: `/mnt/pve/${storage}/dump/${file}`, volid: `${storage}:backup/${file}` };
}

function storage(name: string, content: string): Storage {
  return {
    storage: name,
    type: 'dir',
    content,
    active: 1,
    enabled: 1,
    avail: 500 * 1024 ** 3,
    total: 1024 ** 4,
  };
}

export function volidOf(vmid: number, ctime: number): string {
  const guest = { type: 'qemu', vmid } as Guest;
  return namesOf(guest, 'nas', false, ctime).volid;
}
