import type { Check } from '../core/model/diagnosis.js';
import { plain } from '../core/model/phrase.js';
import { circuitNotice } from '../core/ports/circuit.js';
import type { Owner } from '../core/ports/store.js';
import type { DataSizes, StoreFacts } from '../core/ports/store-facts.js';
import { formatBytes, formatCount } from '../core/text/format.js';
import { passed, problem, warning } from './check.js';
import type { DoctorWorld } from './world.js';

const AREA = 'data';
/** An owner that can't be asked counts as alive this long after its last heartbeat, in ms. */
const FRESH_MS = 30_000;

/** The database, the audit trail's end, and whether ChatOps is at work now. */
export interface ExaminedDatabase {
  /** A process of this installation is alive. */
  readonly alive: boolean;
  readonly checks: readonly Check[];
}

export async function examineDatabase(world: DoctorWorld, dataDir: string): Promise<ExaminedDatabase> {
  const facts = await world.readStore(dataDir);
  if (facts.state !== 'readable') return { alive: false, checks: [unreadable(facts)] };
  const living = facts.owners.filter((owner) => isAlive(world, owner));
  const size = sizeCheck(dataDir, await world.dataSizes(dataDir), facts);
  const checks = [formatCheck(facts), size, auditCheck(facts), livingCheck(living), ...circuitChecks(facts)];
  return { alive: living.length > 0, checks };
}

function unreadable(facts: Exclude<StoreFacts, { state: 'readable' }>): Check {
  const id = 'data.database';
  switch (facts.state) {
    case 'absent':
      return passed(AREA, id, 'There is no database yet; the first start makes it.');
    case 'newer':
      return problem(
        AREA,
        id,
        `A newer version of ChatOps wrote the database (format ${facts.format}; this version knows up to ${facts.known}).`,
        'Start that version again, or put a backup of the data directory from before the update in its place.',
      );
    case 'unusable':
      return problem(AREA, id, `The database can’t be used: ${facts.why}.`, facts.wayOut);
  }
}

/** What doesn't answer is what somebody who runs the doctor looks for. */
function circuitChecks({ circuits = [] }: Extract<StoreFacts, { state: 'readable' }>): readonly Check[] {
  return circuits.map((circuit) => {
    const { message } = circuitNotice(circuit);
    const remedy = `Fix what keeps it from answering, then run \`chatops circuits retry ${circuit.target}\`.`;
    return warning(AREA, 'data.circuits', plain(message), remedy);
  });
}

type Readable = Extract<StoreFacts, { state: 'readable' }>;

function formatCheck({ format, known }: Readable): Check {
  const older = format < known ? `; the next start brings it to format ${known}` : '';
  return passed(AREA, 'data.database', `The database can be read (format ${format}${older}).`);
}

/** How large the data directory is, and what it is made of. */
function sizeCheck(dataDir: string, sizes: DataSizes, { rows }: Readable): Check {
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  const inside =
    rows === null
      ? ''
      : ` (${[
          formatCount(rows.runs, 'run'),
          `${formatCount(rows.plans, 'plan')} of ${formatBytes(rows.planBytes)}`,
          `${formatCount(rows.logs, 'log')} of ${formatBytes(rows.logBytes)}`,
          `${formatCount(rows.auditRows, 'row')} of the audit trail`,
          `${formatBytes(rows.freeBytes)} free`,
        ].join(', ')})`;
  const others = [
    [sizes.auditFiles, 'audit files'],
    [sizes.rescued, 'rescued databases'],
    [sizes.others, 'other files'],
  ] as const;
  const more = others.flatMap(([bytes, what]) => (bytes > 0 ? [`; ${what} ${formatBytes(bytes)}`] : []));
  const message = `${dataDir} has ${formatBytes(total)}: database ${formatBytes(sizes.database)}${inside}${more.join('')}.`;
  return passed(AREA, 'data.size', message);
}

function auditCheck({ auditRows, auditProblem }: Readable): Check {
  if (auditProblem === null) {
    const rows = formatCount(auditRows, 'row');
    return passed(AREA, 'data.audit', `The audit trail ends where audit.head says (${rows}).`);
  }
  return problem(
    AREA,
    'data.audit',
    auditProblem,
    'Run `chatops audit verify`, compare with a backup of the data directory, and find out who could write there.',
  );
}

function livingCheck(living: readonly Owner[]): Check {
  const pids = living.map(({ pid }) => pid).join(', ');
  const message = living.length === 0 ? 'ChatOps does not run now.' : `ChatOps runs now (process ${pids}).`;
  return passed(AREA, 'data.running', message);
}

function isAlive(world: DoctorWorld, owner: Owner): boolean {
  const liveness = world.liveness(owner);
  if (liveness !== 'unknown') return liveness === 'alive';
  return world.now() - Date.parse(owner.heartbeatAt) < FRESH_MS;
}
