import type { Config } from '../config.js';
import type { Check } from '../core/diagnosis.js';
import { formatCount } from '../core/format.js';
import { openCatalogue } from '../core/intent/catalogue.js';
import type { Intent } from '../core/intent/intent.js';
import { passed, problem, warning } from './check.js';

/** The intents that can be used, and what is wrong with the others. */
export interface ExaminedIntents {
  readonly intents: readonly Intent[];
  readonly checks: readonly Check[];
}

const AREA = 'intents';

export async function examineIntents({
  intentsDir,
  approvedLabel,
}: Pick<Config, 'intentsDir' | 'approvedLabel'>): Promise<ExaminedIntents> {
  const catalogue = await openCatalogue({ dir: intentsDir });
  const [intents, problems] = [catalogue.all(), catalogue.problems()];
  catalogue.close();
  const broken = problems.map(({ file, line, column, message, hint }) =>
    problem(AREA, 'intents.file', `${file}:${line}:${column} ${message}`, hint),
  );
  const checks = [...countChecks(intents, intentsDir, broken.length > 0), ...broken];
  return { intents, checks: [...checks, ...labelChecks(intents, approvedLabel)] };
}

function countChecks(intents: readonly Intent[], dir: string, anyBroken: boolean): readonly Check[] {
  if (intents.length > 0) {
    const count = formatCount(intents.length, 'intent');
    return [passed(AREA, 'intents.valid', `${count} in ${dir} can be used.`)];
  }
  if (anyBroken) return [];
  const remedy = 'Put intent files there; docs/intents.md shows how to write one.';
  return [warning(AREA, 'intents.none', `There are no intents in ${dir}, so nothing can be run.`, remedy)];
}

function labelChecks(intents: readonly Intent[], approved: string | null): readonly Check[] {
  if (approved === null) return [];
  return intents
    .filter(({ labelRequired }) => labelRequired !== null && labelRequired !== approved)
    .map(({ name, labelRequired }) =>
      warning(
        AREA,
        'intents.label',
        `${name} asks for the label ${labelRequired}, and APPROVED_LABEL is ${approved}: it is always refused.`,
        'Change APPROVED_LABEL or the intent’s label_required, or leave the intent to another installation.',
      ),
    );
}
