import type { Level } from '../../core/model/artifact.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import type { Databases } from './databases.js';

/** What was looked at in the archive: its databases too only when each of them was opened. */
export function levelOf({ found, intact, pages }: Databases): Level {
  return found > 0 && intact + pages === found ? 'opened' : 'read';
}

/** Which databases were opened, which weren't, and why. */
export function databaseText(databases: Databases): readonly Phrase[] {
  const { found, intact, pages, foreign } = databases;
  return [
    ...(intact > 0 ? [phrase`${numberOf(intact, found)} passed the integrity check.`] : []),
    ...(pages > 0
      ? [phrase`${numberOf(pages, found)} passed the quick check: the full one needs Plex’s own SQLite.`]
      : []),
    ...unopenedText(databases),
    ...(foreign.length > 0
      ? [phrase`Not opened, because it is no SQLite database: ${someOf(foreign)}.`]
      : []),
  ];
}

function numberOf(count: number, of: number): string {
  return count === of ? formatCount(count, 'database') : `${count} of ${formatCount(of, 'database')}`;
}

function unopenedText({ found, intact, pages, unopened }: Databases): readonly Phrase[] {
  if (unopened === null) return [];
  const left = formatCount(found - intact - pages, 'database');
  return [phrase`${left} not opened: ${WHY[unopened]}.`];
}

const WHY: Readonly<Record<NonNullable<Databases['unopened']>, Phrase>> = {
  no_sqlite: phrase`${code('sqlite3')} is not installed here`,
  no_space: phrase`the destination has no room to unpack them`,
  too_many: phrase`20 at most are`,
  needs_plex: phrase`they need Plex’s own SQLite`,
  odd_name: phrase`their names can’t be read`,
};
