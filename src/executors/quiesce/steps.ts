import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Effect, PlanStep } from '../../core/model/plan.js';
import { formatDuration } from '../../core/text/format.js';
import type { Container } from '../docker/container.js';
import type { Quiesce } from './data.js';
import { holdCommand } from './hold.js';
import { releaseCommand } from './release.js';

/** What the titles need besides the plan's data. */
export interface HoldTold {
  /** Those that are held, as they are now. */
  readonly containers: readonly Container[];
  /** The preview's instant. */
  readonly at: Date;
  /** How long they were down last time, in ms. */
  readonly lastDownMs: number | null;
}

/** A step for each container that is stopped or paused, in their order. */
export function holdSteps(quiesce: Quiesce | null, told: HoldTold): readonly PlanStep[] {
  if (quiesce === null) return [];
  return quiesce.containers.map(({ id, name }, index) => ({
    title: holdTitle(
      quiesce.hold,
      name,
      told.containers.find((one) => one.id === id),
      told,
      index === 0,
    ),
    commands: [holdCommand(quiesce, name)],
  }));
}

function holdTitle(
  hold: Quiesce['hold'],
  name: string,
  container: Container | undefined,
  { at, lastDownMs }: HoldTold,
  isFirst: boolean,
): Phrase {
  if (hold === 'pause') {
    const after = isFirst ? ' The copy is then as after a power cut.' : '';
    return phrase`Pause ${code(name)} while it is copied.${after}`;
  }
  const upMs = container === undefined ? 0 : at.getTime() - Date.parse(container.startedAt);
  return phrase`Stop ${code(name)} (running for ${formatDuration(upMs)}).${isFirst ? ` ${downText(lastDownMs)}` : ''}`;
}

function downText(lastDownMs: number | null): string {
  return lastDownMs === null
    ? 'Down while it is copied; for how long is not known before the first run.'
    : `Down for about ${formatDuration(lastDownMs)}, as last time.`;
}

/** A step for each that is put back, in reverse order. */
export function releaseSteps(quiesce: Quiesce | null, { containers }: HoldTold): readonly PlanStep[] {
  if (quiesce === null) return [];
  return [...quiesce.containers].reverse().map(({ id, name }) => ({
    title: releaseTitle(
      quiesce.hold,
      name,
      containers.find((one) => one.id === id),
    ),
    commands: [releaseCommand(quiesce.hold, name)],
  }));
}

function releaseTitle(hold: Quiesce['hold'], name: string, container: Container | undefined): Phrase {
  if (hold === 'pause') return phrase`Let ${code(name)} go on.`;
  const until = container === undefined || container.health === 'none' ? 'is up' : 'is healthy';
  return phrase`Start ${code(name)} and wait until it ${until}.`;
}

export function holdEffects(quiesce: Quiesce | null): readonly Effect[] {
  const names = quiesce?.containers.map(({ name }) => name) ?? [];
  return [
    ...names.map((target) => ({ kind: 'stop', target }) as const),
    ...names.toReversed().map((target) => ({ kind: 'start', target }) as const),
  ];
}
