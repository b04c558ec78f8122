import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Host } from '../../core/ports/host.js';
import { imageOf } from './config.js';
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
 * Is what Compose would make of a service still what was shown? Asked right before and right after it makes it. Null: it
 * is, or Compose can't read the stack now, which the call itself says better.
 */
export async function checkRendered(
  host: Host,
  inputs: StackInputs,
  planned: Planned,
): Promise<Phrase | null> {
  if (planned.rendered === '') return null;
  const config = await readConfig(host, inputs);
  if (config === null) return null;
  const { service } = planned;
  if (imageOf(config, service) === planned.image && renderedHash(config, service) === planned.rendered)
    return null;
  return phrase`The configuration of ${code(planned.service)} was edited after the preview.`;
}
