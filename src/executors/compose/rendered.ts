import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Host } from '../../core/ports/host.js';
import { joined } from '../shared/wording.js';
import { type Config, imageOf } from './config.js';
import type { ServiceContainer } from './containers.js';
import { madeOtherwise } from './difference/as-shown.js';
import { renderedHash } from './difference/fingerprint.js';
import type { StackInputs } from './inputs.js';
import { readConfig } from './project.js';

/** What of a service people agreed to. */
interface Planned {
  readonly service: string;
  readonly image: string;
  /** Empty in plans of before it was kept. */
  readonly rendered: string;
}

/**
 * Is what Compose would make of a service still what was shown? Null: it is, or Compose can't read the stack now, which the
 * call itself says better.
 */
export async function checkRendered(
  host: Host,
  inputs: StackInputs,
  planned: Planned,
): Promise<Phrase | null> {
  const seen = await look(host, inputs, planned);
  return seen?.isShown === false ? phrase`${editedWords(planned)}.` : null;
}

/**
 * Is what Compose has made of a service what was shown? It has read the files by itself, so what it made tells best: also
 * of an edit that is undone by now.
 */
export async function checkMade(
  host: Host,
  inputs: StackInputs,
  planned: Planned,
  made: readonly ServiceContainer[],
): Promise<Phrase | null> {
  const seen = await look(host, inputs, planned);
  if (seen === null) return null;
  if (!seen.isShown) return phrase`${editedWords(planned)}.`;
  const other = await madeOtherwise(host, { inputs, config: seen.config }, planned.service, made);
  if (other.length === 0) return null;
  return phrase`${editedWords(planned)} and undone, but Compose used the edit: ${joined(other)}.`;
}

function editedWords({ service }: Planned): Phrase {
  return phrase`The configuration of ${code(service)} was edited after the preview`;
}

async function look(
  host: Host,
  inputs: StackInputs,
  { service, image, rendered }: Planned,
): Promise<{ readonly config: Config; readonly isShown: boolean } | null> {
  if (rendered === '') return null;
  const config = await readConfig(host, inputs);
  if (config === null) return null;
  const isShown = imageOf(config, service) === image && renderedHash(config, service) === rendered;
  return { config, isShown };
}
