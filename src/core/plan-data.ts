import type { CoreDeps } from './deps.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { PlanPart } from './plan.js';

type FormatDeps = Pick<CoreDeps, 'executors'>;

/**
 * A part as this version of its executor reads it; null when another version made it, or somebody changed what was
 * stored: then it is neither run, undone, rolled back nor recovered with.
 */
export async function readPart({ executors }: FormatDeps, part: PlanPart): Promise<PlanPart | null> {
  const format = executors.get(part.kind)?.data;
  if (!format) return part;
  const { dataVersion } = part;
  if (dataVersion !== undefined && dataVersion !== format.version) return null;
  const data = dataVersion === undefined ? (format.earlier?.(part.data) ?? part.data) : part.data;
  if (!(await format.schema()).safeParse(data).success) return null;
  // The very same where nothing is converted: whether it is run as planned is told by that.
  return data === part.data ? part : { ...part, data };
}

/** Does this version read every part of a stored plan just as it is? */
export async function isReadable(deps: FormatDeps, parts: readonly PlanPart[]): Promise<boolean> {
  for (const part of parts) if ((await readPart(deps, part)) !== part) return false;
  return true;
}

/** What people read where a part can't be used any more, and what to look at by hand. */
export function otherVersionWords({ touches }: Pick<PlanPart, 'touches'>): Phrase {
  const things = touches.map((key) => code(key.slice(key.indexOf(':') + 1)));
  const named = things.flatMap((thing, at) => (at === 0 ? [thing] : [', ', thing]));
  return phrase`Its plan was made by another version of ChatOps. Look by hand at what it was about: ${named}.`;
}
