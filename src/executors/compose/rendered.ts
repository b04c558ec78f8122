import type { Host } from '../../core/host.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { StackInputs } from './inputs.js';
import { readProject } from './project.js';

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
  const read = await readProject(host, inputs);
  if (!read.ok) return null;
  const now = read.project.services.get(planned.service);
  if (now?.image === planned.image && now.rendered === planned.rendered) return null;
  return phrase`The configuration of ${code(planned.service)} was edited after the preview.`;
}
