import type { RunContext } from '../../core/ports/executor.js';
import { noteCause } from './causes.js';
import { type LogFacts, noFacts } from './log-facts.js';
import { noteSaid, noteWarned, noteWrong } from './log-rules.js';
import { amountIn, archiveIn, endIn, failureIn, finishedIn, guestBegunIn } from './task-log.js';

/** What vzdump's log has said so far. */
export interface LogWatch {
  readonly onLine: (line: string) => void;
  readonly facts: Readonly<LogFacts>;
}

/**
 * Reads vzdump's log as it comes, and reports progress. A log may be about several guests: only this one's part, and
 * what is said about the whole job, is read.
 */
export function watchLog(vmId: number, ctx: Pick<RunContext, 'progress'>): LogWatch {
  const facts = noFacts();
  let isOthers = false;
  const onLine = (line: string): void => {
    if (line.trim() === '') return;
    facts.end = endIn(line);
    const begun = guestBegunIn(line);
    if (begun !== null) isOthers = begun !== vmId;
    if (begun === vmId) facts.begun = true;
    const failure = failureIn(line);
    const finished = finishedIn(line);
    if (finished === vmId) facts.finished = true;
    if (failure?.vmId === vmId) {
      facts.failed = failure.why;
      noteCause(facts, failure.why);
    }
    if (failure === null && finished === null) {
      if (!isOthers) own(line);
    } else isOthers = false;
  };
  const own = (line: string): void => {
    const amount = amountIn(line);
    if (amount) {
      ctx.progress({ ...amount, unit: 'bytes' });
      return;
    }
    const archive = archiveIn(line);
    if (archive !== null && !facts.archives.includes(archive)) facts.archives.push(archive);
    const [, level = 'INFO', text = ''] = /^(?:(INFO|WARN(?:ING)?|ERROR): )?(.*)/.exec(line) ?? [];
    noteCause(facts, text);
    if (level === 'ERROR') noteWrong(facts, text);
    else if (level === 'INFO') noteSaid(facts, text);
    else noteWarned(facts, text);
  };
  return { onLine, facts };
}
