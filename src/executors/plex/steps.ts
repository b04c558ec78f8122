import { formatBytes, formatCount, formatDuration } from '../../core/format.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { Argv, Effect, PlanStep } from '../../core/plan.js';
import type { Container } from '../docker/container.js';
import { deletionEffects, type OldArchives } from '../files/old-archives.js';
import { deletionTitle } from '../files/steps.js';
import { holdCommand, releaseCommand } from '../quiesce/hold.js';
import type { PlexData, StepId } from './data.js';
import { packOf } from './direct.js';

/** What the titles need besides the plan's data. */
export interface Told {
  readonly container: Container | null;
  /** The preview's instant. */
  readonly at: Date;
  /** How long the container was down last time, in ms. */
  readonly lastDownMs: number | null;
  /** By archive, how old it is. */
  readonly ages: ReadonlyMap<string, string>;
}

/** The plan as people read it, in the order of `data.steps`. */
export function steps(data: PlexData, told: Told): readonly PlanStep[] {
  const write: Record<StepId, () => PlanStep> = {
    hold: () => ({ title: holdTitle(data, told), commands: [holdCommand(data)] }),
    copy: () => ({ title: copyTitle(data, told), commands: packOf(data), insteadOf: data.pack }),
    release: () => ({
      title: releaseTitle(data, told),
      commands: [releaseCommand({ name: data.container, hold: data.hold === 'pause' ? 'pause' : 'stop' })],
    }),
    check: () => ({ title: checkTitle(data), commands: data.read }),
    clean: () => ({ title: deletionTitle(data.deletions, told.ages, data.kept), commands: [] as Argv[] }),
  };
  return data.steps.map((id) => write[id]());
}

function holdTitle(data: PlexData, { container, at, lastDownMs }: Told): Phrase {
  const name = code(data.container);
  if (data.hold === 'pause') {
    return phrase`Pause ${name} while it is copied. The copy is then as after a power cut.`;
  }
  const upMs = container === null ? 0 : at.getTime() - Date.parse(container.startedAt);
  const down =
    lastDownMs === null
      ? 'Down while it is copied; for how long is not known before the first run.'
      : `Down for about ${formatDuration(lastDownMs)}, as last time.`;
  return phrase`Stop ${name} (running for ${formatDuration(upMs)}). ${down}`;
}

function copyTitle(data: PlexData, { container }: Told): Phrase {
  const size = data.expectedSize === null ? unknownSize(data) : expectedSize(data.expectedSize);
  const state = container !== null && data.hold === 'none' ? stateText(container) : phrase``;
  return phrase`Copy ${amount(data)} to ${code(data.archive)}${size}.${state}`;
}

function expectedSize(bytes: number): string {
  return `, about ${formatBytes(bytes)}, as the last one was packed`;
}

function unknownSize({ pack, bytes }: PlexData): string {
  return pack.length > 1 && bytes > 0 ? '. How small it packs is not known before the first run' : '';
}

function amount(data: PlexData): Phrase {
  const { source, bytes, files, measured, direct } = data;
  if (bytes === 0) return phrase`${code(source)} (its size is not known before the first run)`;
  const number = `${formatBytes(bytes)} (${formatCount(files, 'file')}${measured ? '' : ', as last time'})`;
  const place = direct === null ? phrase`` : phrase`, which is ${code(direct.folder.path)} here,`;
  return phrase`${measured ? '' : 'about '}${number} from ${code(source)}${place}`;
}

function stateText({ name, status }: Container): Phrase {
  if (status === 'running') return phrase` ${code(name)} goes on running.`;
  return status === 'paused'
    ? phrase` ${code(name)} is paused and stays so.`
    : phrase` ${code(name)} is not running and stays so.`;
}

function releaseTitle(data: PlexData, { container }: Told): Phrase {
  const name = code(data.container);
  if (data.hold === 'pause') return phrase`Let ${name} go on.`;
  const until = container?.health === 'none' ? 'is up' : 'is healthy';
  return phrase`Start ${name} and wait until it ${until}.`;
}

function checkTitle({ sqlite }: PlexData): Phrase {
  const databases =
    sqlite === null
      ? phrase`. ${code('sqlite3')} is not installed here, so the databases in it are not opened.`
      : phrase`, open the databases in it.`;
  return phrase`Check the archive: read all of it back, compare it with what was packed, count its files${databases}`;
}

export function effects(data: PlexData, old: OldArchives): readonly Effect[] {
  const { archive, destination, bytes, files, measured, container, hold } = data;
  return [
    ...(hold === 'none'
      ? []
      : ([
          { kind: 'stop', target: container },
          { kind: 'start', target: container },
        ] as const)),
    { kind: 'write', target: archive, bytes, files, estimate: !measured },
    ...deletionEffects(destination, old),
  ];
}
