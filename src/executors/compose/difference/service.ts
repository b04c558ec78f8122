import { code, type Phrase, phrase } from '../../../core/model/phrase.js';
import type { Change } from './read.js';
import type { Setting } from './setting.js';
import { changeWords } from './words.js';

/** What of a service's configuration is another thing than in its containers. */
export interface ServiceChange {
  readonly isChanged: boolean;
  readonly settings: readonly Setting[];
  /** In short pieces for a list. */
  readonly words: readonly Phrase[];
  /** Why Compose would replace containers that are left as they are. */
  readonly note: Phrase | null;
}

/** Of all containers of a service together; each thing once. */
export function changeOf(changes: readonly (Change | undefined)[]): ServiceChange {
  const settings = once(changes.flatMap((change) => (change?.state === 'changed' ? change.settings : [])));
  const isUnseen = changes.some((change) => change?.state === 'unseen');
  const other = changes.find((change) => change?.state === 'other_version');
  return {
    isChanged: settings.length > 0 || isUnseen,
    settings,
    words: settings.length === 0 && isUnseen ? [UNSEEN] : changeWords(settings),
    note:
      other?.state === 'other_version'
        ? phrase`made by Compose ${code(other.made)}: ${code('docker compose up')} with ${code(other.now)} would replace it`
        : null,
  };
}

const UNSEEN = phrase`something that its containers don’t show`;

/** Each thing once. */
export function once(settings: readonly Setting[]): readonly Setting[] {
  const keyed = settings.map((setting) => [`${setting.topic} ${setting.name}`, setting] as const);
  return [...new Map(keyed).values()];
}
