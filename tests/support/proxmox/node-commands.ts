import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guest, Storage, Volume } from './world.js';

/** What the commands of a Proxmox node work on; a file, because each command is a process of its own. */
export interface NodeState {
  guests: Guest[];
  storages: Storage[];
  volumes: Volume[];
  /** What vzdump writes before it ends, and how it ends. */
  vzdump: { lines: string[]; exitCode: number; makesVolume: boolean; sleepMs: number; others?: string[] };
}

/** A folder with `vzdump`, `pvesh` and `uname` that behave like a node's. */
export interface NodeCommands {
  /** To be put before PATH. */
  readonly folder: string;
  read(): NodeState;
  change(change: (state: NodeState) => void): void;
  /** The argv of every call, in order. */
  calls(): string[][];
}

const SHARED = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const file = __dirname + '/state.json';
const state = JSON.parse(readFileSync(file, 'utf8'));
const save = () => writeFileSync(file, JSON.stringify(state));
const args = process.argv.slice(2);
const name = require('node:path').basename(__filename);
appendFileSync(__dirname + '/calls', JSON.stringify([name, ...args]) + '\\n');
const option = (name) => args[args.indexOf('--' + name) + 1];
`;

const VZDUMP = `${SHARED}
const { lines, exitCode, makesVolume, sleepMs } = state.vzdump;
for (const line of lines) process.stderr.write(line + '\\n');
setTimeout(() => {
  for (const volid of state.vzdump.others ?? []) {
    state.volumes.push({ volid, vmid: Number(args[0]), size: 1, ctime: 2e9, protected: 0 });
    save();
  }
  if (makesVolume) {
    const volid = option('storage') + ':backup/vzdump-qemu-' + args[0] + '-new.vma.zst';
    state.volumes.push({ volid, vmid: Number(args[0]), size: 5000000, ctime: Math.floor(Date.now() / 1000), protected: 0 });
    save();
  }
  process.exit(exitCode);
}, sleepMs);
`;

const PVESH = `${SHARED}
const [verb, path] = args;
const [, volid] = /content\\/(.+)$/.exec(path) ?? [];
if (verb === 'delete') {
  state.volumes = state.volumes.filter((volume) => volume.volid !== volid);
  save();
  process.exit(0);
}
const guest = () => state.guests.find(({ vmid }) => String(vmid) === path.split('/')[4]);
const answers = {
  '/cluster/resources': () => state.guests,
  storage: () => state.storages,
  content: () => state.volumes,
  defaults: () => ({}),
  config: () => guest().config,
  feature: () => ({ hasFeature: guest().hasSnapshots ? 1 : 0 }),
  current: () => ({ status: guest().staysDown ? 'stopped' : guest().status }),
  prunebackups: () => {
    const keep = Number(option('prune-backups').split('=')[1]);
    return [...state.volumes].sort((a, b) => b.ctime - a.ctime).map((volume, index) => ({ ...volume, mark: index < keep ? 'keep' : 'remove' }));
  },
};
const answer = answers[path] ?? answers[path.split('/').pop()];
if (!answer) {
  process.stderr.write("No '" + verb + "' handler defined for '" + path + "'\\n");
  process.exit(2);
}
process.stdout.write(JSON.stringify(answer()));
`;

/** `qm` and `pct`: each knows the guests of its own type. */
const CONFIG = (type: string) => `${SHARED}
const guest = state.guests.find(({ vmid, type }) => String(vmid) === args[1] && type === '${type}');
if (!guest) {
  process.stderr.write("Configuration file 'nodes/pve1/" + args[1] + ".conf' does not exist\\n");
  process.exit(2);
}
const lines = Object.entries(guest.config).flatMap(([key, value]) =>
  key === 'lxc' ? value.map((pair) => pair.join(': ')) : [key + ': ' + value]);
process.stdout.write(lines.join('\\n') + '\\n');
`;

/** `without` leaves programs out. */
export function makeNodeCommands(
  root: string,
  state: NodeState,
  without: readonly string[] = [],
): NodeCommands {
  const folder = join(root, 'node-commands');
  const file = join(folder, 'state.json');
  mkdirSync(folder);
  writeFileSync(file, JSON.stringify(state));
  writeFileSync(join(folder, 'calls'), '');
  const scripts = {
    vzdump: VZDUMP,
    pvesh: PVESH,
    qm: CONFIG('qemu'),
    pct: CONFIG('lxc'),
    uname: "process.stdout.write('pve1\\n');",
  };
  for (const [name, script] of Object.entries(scripts)) {
    if (without.includes(name)) continue;
    writeFileSync(join(folder, name), `#!${process.execPath}\n${script}`);
    chmodSync(join(folder, name), 0o755);
  }
  const read = (): NodeState => JSON.parse(readFileSync(file, 'utf8')) as NodeState;
  return {
    folder,
    read,
    change: (change) => {
      const now = read();
      change(now);
      writeFileSync(file, JSON.stringify(now));
    },
    calls: () =>
      readFileSync(join(folder, 'calls'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as string[]),
  };
}
