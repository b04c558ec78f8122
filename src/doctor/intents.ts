import type { Config } from '../config.js';
import type { Reads } from '../core/documents/reads.js';
import { openCatalogue } from '../core/intent/catalogue.js';
import type { Check } from '../core/model/diagnosis.js';
import type { Intent } from '../core/model/intent.js';
import { openSchedules, type ScheduleSource } from '../core/schedule/source.js';
import { formatCount } from '../core/text/format.js';
import { inFile, passed, warning } from './check.js';

/** The intents that can be used, and what is wrong with the others. */
export interface ExaminedIntents {
  readonly intents: readonly Intent[];
  readonly checks: readonly Check[];
}

const AREA = 'intents';

export async function examineIntents(
  {
    intentsDir,
    approvedLabel,
    schedulesFile,
  }: Pick<Config, 'intentsDir' | 'approvedLabel' | 'schedulesFile'>,
  reads: Reads,
): Promise<ExaminedIntents> {
  const catalogue = await openCatalogue({ dir: intentsDir, reads });
  const [intents, problems] = [catalogue.all(), catalogue.problems()];
  const schedules = await openSchedules({ file: schedulesFile, catalogue, reads });
  schedules.close();
  catalogue.close();
  const broken = problems.map((one) => inFile(AREA, 'intents.file', one));
  const checks = [...countChecks(intents, intentsDir, broken.length > 0), ...broken];
  return {
    intents,
    checks: [...checks, ...labelChecks(intents, approvedLabel), ...scheduleChecks(schedules, schedulesFile)],
  };
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

function scheduleChecks(schedules: ScheduleSource, file: string | null): readonly Check[] {
  const broken = schedules.problems().map((one) => inFile(AREA, 'schedules.file', one));
  const count = schedules.all().filter(({ enabled }) => enabled).length;
  if (broken.length > 0 || (count === 0 && file === null)) return broken;
  return [passed(AREA, 'schedules.valid', `${formatCount(count, 'schedule')} can run.`)];
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
