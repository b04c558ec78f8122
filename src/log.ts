import { type Logger, pino } from 'pino';
import type { Redactor } from './core/redact.js';

/**
 * JSON lines on stderr, each one redacted as a whole just before it is written. Synchronous, so that the
 * last line before an exit is not lost.
 * @param level `fatal` to `trace`, or `silent`
 */
export function createLog(level: string, redactor: Redactor): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redactor.text },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
