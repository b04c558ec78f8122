import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Argv, Effect, PlanStep } from '../../core/model/plan.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import type { Container } from '../docker/container.js';
import { deletionEffects, type OldArchives } from '../files/old-archives.js';
import { deletionTitle } from '../files/steps.js';
import { type HoldTold, holdEffects, holdSteps, releaseSteps } from '../quiesce/steps.js';
import type { PlexData } from './data.js';
import { packOf } from './direct.js';

/** What the titles need besides the plan's data. */
export interface Told extends HoldTold {
  readonly container: Container | null;
  /** By archive, how old it is. */
  readonly ages: ReadonlyMap<string, string>;
}

/** The plan as people read it, in the order of `stepsOf`. */
export function steps(data: PlexData, told: Told): readonly PlanStep[] {
  return [
    ...holdSteps(data.quiesce, told),
    { title: copyTitle(data, told), commands: packOf(data), insteadOf: data.pack },
    ...releaseSteps(data.quiesce, told),
    { title: checkTitle(data), commands: data.read },
    ...(data.deletions.length > 0
      ? [{ title: deletionTitle(data.deletions, told.ages, data.kept), commands: [] as Argv[] }]
      : []),
  ];
}

function copyTitle(data: PlexData, { container }: Told): Phrase {
  const size = data.expectedSize === null ? unknownSize(data) : expectedSize(data.expectedSize);
  const state = container === null ? phrase`` : stateText(container, data);
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

/** What the copy finds of a container that is left as it is. */
function stateText({ id, name, status }: Container, { quiesce }: PlexData): Phrase {
  if (quiesce?.containers.some((held) => held.id === id)) return phrase``;
  if (status === 'running') return phrase` ${code(name)} goes on running.`;
  return status === 'paused'
    ? phrase` ${code(name)} is paused and has to stay so.`
    : phrase` ${code(name)} is not running and has to stay so.`;
}

function checkTitle({ sqlite }: PlexData): Phrase {
  const databases =
    sqlite === null
      ? phrase`. ${code('sqlite3')} is not installed here, so the databases in it are not opened.`
      : phrase`, open the databases in it.`;
  return phrase`Check the archive: read all of it back, compare it with what was packed, count its files${databases}`;
}

export function effects(data: PlexData, old: OldArchives): readonly Effect[] {
  const { archive, destination, bytes, files, measured, quiesce } = data;
  return [
    ...holdEffects(quiesce),
    { kind: 'write', target: archive, bytes, files, estimate: !measured },
    ...deletionEffects(destination, old),
  ];
}
