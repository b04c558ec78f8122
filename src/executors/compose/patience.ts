import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatDuration } from '../../core/text/format.js';
import type { HealthCheck } from '../docker/container.js';
import type { ComposeService } from './config.js';
import type { ServiceContainer } from './containers.js';

/** The engine's own, where a check names none. */
const DEFAULTS: HealthCheck = { startPeriodMs: 0, intervalMs: 30_000, retries: 3 };

/** Warns where a service's health check can need more time to say yes or no than the intent gives it. */
export function timeoutWarning(
  service: ComposeService,
  containers: readonly ServiceContainer[],
  timeoutSeconds: number,
): readonly Notice[] {
  const check = checkOf(service, containers);
  if (check === null) return [];
  const timeoutMs = timeoutSeconds * 1000;
  const { startPeriodMs } = check;
  const verdictMs = check.intervalMs * check.retries;
  if (timeoutMs >= startPeriodMs + verdictMs) return [];
  const need = phrase`The health check of ${code(service.name)} can need ${formatDuration(startPeriodMs + verdictMs)}`;
  return [
    notice(
      'timeout_short',
      startPeriodMs === 0
        ? phrase`${need}; the intent’s ${code('timeout')} is ${formatDuration(timeoutMs)}.`
        : phrase`${need}, with a start period of ${formatDuration(startPeriodMs)}; the intent’s ${code('timeout')} of ${formatDuration(timeoutMs)} counts from the end of that.`,
    ),
  ];
}

/** What the file names comes before what the image brought. */
function checkOf({ traits }: ComposeService, containers: readonly ServiceContainer[]): HealthCheck | null {
  const running = containers.find(({ check }) => check !== null)?.check ?? null;
  if (traits.check === null) return running;
  return { ...DEFAULTS, ...running, ...traits.check };
}
