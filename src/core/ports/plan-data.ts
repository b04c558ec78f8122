import { code, type Phrase, phrase } from '../model/phrase.js';
import type { PlanPart } from '../model/plan.js';
import type { CoreDeps } from './deps.js';
import type { DataFormat } from './executor.js';

type FormatDeps = Pick<CoreDeps, 'executors'>;

/**
 * A part as this version of its executor reads it, to tidy up, undo or roll back; null when a later version made it, or
 * somebody changed what was stored: then nothing at all is done with it.
 */
export async function readPart({ executors }: FormatDeps, part: PlanPart): Promise<PlanPart | null> {
  const format = executors.get(part.kind)?.data;
  if (!format) return part;
  const read = inShapeOf(format, part);
  return read && (await format.schema()).safeParse(read.data).success ? read : null;
}

function inShapeOf(format: DataFormat, part: PlanPart): PlanPart | null {
  const version = part.dataVersion ?? UNVERSIONED;
  if (version === format.version) return part;
  if (version > format.version) return null;
  if (!format.earlier) return isFirst(format, version) ? part : null;
  try {
    return { ...part, data: format.earlier(part.data, version), dataVersion: format.version };
  } catch {
    return null;
  }
}

/** Of before there were versions, and the first version took it as it was. */
function isFirst({ version }: DataFormat, found: number): boolean {
  return found === UNVERSIONED && version === 1;
}

const UNVERSIONED = 0;

/** Can every part of a stored plan be run just as it is? What was converted was not shown like that. */
export async function isRunnable(deps: FormatDeps, parts: readonly PlanPart[]): Promise<boolean> {
  for (const part of parts) if ((await readPart(deps, part)) !== part) return false;
  return true;
}

/** What people read where a part can't be used any more, and what to look at by hand. */
export function otherVersionWords({ touches }: Pick<PlanPart, 'touches'>): Phrase {
  const things = touches.map((key) => code(key.slice(key.indexOf(':') + 1)));
  const named = things.flatMap((thing, at) => (at === 0 ? [thing] : [', ', thing]));
  return phrase`Its plan was made by another version of ChatOps. Look by hand at what it was about: ${named}.`;
}
