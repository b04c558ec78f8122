import { code, type Phrase, phrase } from '../../core/model/phrase.js';

const AGAIN = 'then roll out again';

/** What to do about what Compose refused, in the words of what it names. */
export function nextByCompose(said: string): Phrase {
  const folder = /bind source path does not exist: (\S+)/.exec(said)?.[1];
  if (folder !== undefined) return phrase`Create ${code(folder)}, or mount what belongs there, ${AGAIN}.`;
  const network = /network (\S+) declared as external, but could not be found/.exec(said)?.[1];
  if (network !== undefined)
    return phrase`Create it with ${code(`docker network create ${network}`)}, or correct its name in the Compose file, ${AGAIN}.`;
  const volume = /external volume "([^"]+)" not found/.exec(said)?.[1];
  if (volume !== undefined)
    return phrase`Create it with ${code(`docker volume create ${volume}`)}, or correct its name in the Compose file, ${AGAIN}.`;
  return phrase`Fix what Compose names, ${AGAIN}.`;
}
