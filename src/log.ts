import { type Logger, pino } from 'pino';
import type { Redactor } from './core/ports/redact.js';

/** Characters that are kept for when they can be written; more are dropped. */
const MOST_UNWRITTEN = 1024 * 1024;

/**
 * JSON lines on stderr, each one redacted as a whole just before it is written. Synchronous, so that the
 * last line before an exit is not lost.
 * @param level `fatal` to `trace`, or `silent`
 */
export function createLog(level: string, redactor: Redactor): Logger {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN });
  // A terminal that is gone, a full disk: what can't be logged must not harm what was to be logged.
  destination.on('error', () => {});
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redactor.text },
    },
    destination,
  );
}
