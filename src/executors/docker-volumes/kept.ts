import { code, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { attributeReader, type Lost, lostNotice } from './attributes.js';
import type { MirrorData } from './data.js';
import { leftOutIn, leftOutNotice } from './left-out.js';
import { placeKind } from './place.js';

/** What the destination did not keep and what was left out, counted in the look after the copy. */
export interface Kept {
  /** Takes the lines of the check. */
  readonly onLine: (line: string) => void;
  /** Takes the lines of {@link lookBackCommand}. */
  readonly onLineBack: (line: string) => void;
  /** That look failed: whether owners were kept is not known. */
  blind: boolean;
  readonly lost: () => Lost;
  readonly notices: (part: Pick<PlanPart<MirrorData>, 'data' | 'warnings'>) => readonly Notice[];
}

/** @param destination whose attributes are seen by the check, or only by looking back */
export function keptReader(destination: string): Kept {
  const seesBack = placeKind(destination) === 'daemon';
  const attributes = attributeReader();
  const leftOut: string[] = [];
  const kept: Kept = {
    blind: false,
    onLineBack: attributes.onLine,
    onLine: (line) => {
      if (!seesBack) attributes.onLine(line);
      const name = leftOutIn(line);
      if (name !== null) leftOut.push(name);
    },
    lost: attributes.lost,
    notices: ({ data, warnings }) => [
      // What reading could tell before is so now; what was counted anew replaces what was expected.
      ...warnings.filter(({ code }) => code === 'destination_limits'),
      ...[
        leftOutNotice(leftOut, data.check),
        kept.blind ? unseen(data.destination) : lostNotice(data.destination, attributes.lost()),
      ].flatMap((one) => (one === null ? [] : [one])),
    ],
  };
  return kept;
}

function unseen(destination: string): Notice {
  return notice(
    'attributes_lost',
    phrase`Whether ${code(destination)} keeps owners and modes can’t be seen: it does not let anybody read.`,
    phrase`Look at ${code('uid')} of the module in rsyncd.conf there: an rsync daemon writes as nobody unless it is told otherwise.`,
  );
}
