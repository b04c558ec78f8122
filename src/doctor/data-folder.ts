import { join } from 'node:path';
import type { Check } from '../core/model/diagnosis.js';
import type { FreeSpace, Host } from '../core/ports/host.js';
import { formatBytes } from '../core/text/format.js';
import { nearestExisting } from '../executors/shared/paths.js';
import { passed, problem, warning } from './check.js';
import { isNetwork, mountOf } from './mounts.js';
import { deadShare, readMounts } from './shares.js';
import type { DoctorWorld, Machine, PathFacts } from './world.js';

const AREA = 'data';
const GIB = 1024 ** 3;
const LOW = 0.05;
/** With less than this, not even one run can be recorded. */
const FULL = 1024 ** 2;
const OTHERS = 0o077;

/** The data directory: there or to be made, writable, closed to others, on a local disk with space. */
export interface ExaminedFolder {
  /** It is a folder that answers, so what is in it can be looked at. */
  readonly canLookInside: boolean;
  readonly checks: readonly Check[];
}

export async function examineDataFolder(
  world: DoctorWorld,
  dataDir: string,
  host: Host,
): Promise<ExaminedFolder> {
  const mounts = await readMounts(host, world.mountsFile);
  const dead = await deadShare(host, mounts, dataDir, AREA);
  if (dead) return { canLookInside: false, checks: [dead] };
  const facts = await world.machine.look(dataDir);
  if (facts !== null && facts.type !== 'directory') {
    const remedy = `Move it away, ${ELSEWHERE}.`;
    const file = problem(AREA, 'data.folder', `${dataDir} is a file, not a folder.`, remedy);
    return { canLookInside: false, checks: [file] };
  }
  const nearest = await nearestExisting(host, dataDir);
  const mount = mountOf(mounts, nearest);
  const fault = await world.machine.writeFault(nearest);
  // What is closed to this user says nothing about what is in it.
  const canLookInside = fault === null || fault === 'EROFS';
  const checks = [
    placeCheck(world.machine, dataDir, facts, { nearest, fault }),
    ...(facts === null || !canLookInside ? [] : await ownerChecks(world, dataDir, facts)),
    ...(mount !== null && isNetwork(mount) ? [networkCheck(dataDir, mount.type)] : []),
    spaceCheck(await host.free(nearest), nearest, dataDir),
  ];
  return { canLookInside, checks };
}

const WHY: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};
const ELSEWHERE = 'or set CHATOPS_DATA_DIR to another folder';

/** Where it lies or will lie, and why this user can't write there. */
interface Place {
  readonly nearest: string;
  readonly fault: string | null;
}

function placeCheck(
  machine: Machine,
  dataDir: string,
  facts: PathFacts | null,
  { nearest, fault }: Place,
): Check {
  const id = 'data.folder';
  const user = machine.nameOf(machine.userId);
  if (fault === null) {
    const later = `${dataDir} is not there yet; the first start makes it.`;
    return passed(AREA, id, facts === null ? later : `${dataDir} can be written.`);
  }
  const why = WHY[fault] ?? fault;
  const remedy =
    fault === 'EROFS'
      ? `Mount it for writing (\`mount -o remount,rw …\`; look into the system’s log why it is not), ${ELSEWHERE}.`
      : `Give ${user} the right to write to ${nearest} (\`chown ${user} ${nearest}\`), ${ELSEWHERE}.`;
  return facts === null
    ? problem(AREA, id, `${dataDir} is not there and can’t be made in ${nearest}: ${why}.`, remedy)
    : problem(AREA, id, `${dataDir} can’t be written by ${user}: ${why}.`, remedy);
}

/** Who may look in, and whether everything in it belongs to the one who must write it. */
async function ownerChecks(
  { machine }: DoctorWorld,
  dataDir: string,
  facts: PathFacts,
): Promise<readonly Check[]> {
  const open = (facts.mode & OTHERS) !== 0;
  const mode = facts.mode.toString(8).padStart(3, '0');
  const modeCheck = open
    ? warning(
        AREA,
        'data.mode',
        `${dataDir} is open to other users of this machine (mode ${mode}); it holds the logs of all runs.`,
        `Close it: \`chmod 700 ${dataDir}\`.`,
      )
    : passed(AREA, 'data.mode', `${dataDir} is closed to others.`);
  const files = await Promise.all(
    FILES.map(async (name) => ({ name, facts: await machine.look(join(dataDir, name)) })),
  );
  const strangers = files.filter((file) => file.facts !== null && file.facts.owner !== facts.owner);
  const [first] = strangers;
  if (first?.facts == null) return [modeCheck];
  const owner = machine.nameOf(facts.owner);
  const names = strangers.map(({ name }) => name).join(', ');
  return [
    modeCheck,
    warning(
      AREA,
      'data.owner',
      `${names} in ${dataDir} belongs to ${machine.nameOf(first.facts.owner)}, and the folder to ${owner}: a command was probably run as another user, and the bot may be locked out.`,
      `Give everything in it back: \`chown -R ${owner} ${dataDir}\`.`,
    ),
  ];
}

const FILES = ['chatops.db', 'chatops.db-wal', 'chatops.db-shm', 'audit.head'];

function networkCheck(dataDir: string, type: string): Check {
  return warning(
    AREA,
    'data.network',
    `${dataDir} lies on a network share (${type}). SQLite’s locks are not reliable there: the database can be damaged.`,
    'Set CHATOPS_DATA_DIR to a folder on a local disk, and move the files there while the bot is stopped.',
  );
}

function spaceCheck({ available, total }: FreeSpace, nearest: string, dataDir: string): Check {
  const share = total === 0 ? 0 : Math.floor((available / total) * 100);
  const left = `The disk of ${dataDir} has ${formatBytes(available)} free (${share} %)`;
  const remedy = `Free some space on it (\`du -xh ${nearest} | sort -h | tail\` shows what is large in the folder).`;
  if (available < FULL) {
    return problem(AREA, 'data.space', `${left}: nothing can be recorded, so nothing runs.`, remedy);
  }
  if (available < GIB || available < total * LOW) return warning(AREA, 'data.space', `${left}.`, remedy);
  return passed(AREA, 'data.space', `${left}.`);
}
