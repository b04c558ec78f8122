import { setTimeout as sleep } from 'node:timers/promises';
import { plain } from '../core/model/phrase.js';
import { StoreError, type StoreFiles } from '../core/ports/store.js';
import { headOf } from './audit-rows.js';
import { type Finding, faultOf, findingNotice } from './file-notices.js';
import { damageNotice, quickCheck } from './quick-check.js';
import { rescue } from './rescue.js';
import type { Database } from './sqlite-database.js';
import type { FileFinding, WatchedFiles } from './watched-files.js';

/** A folder that has not answered by then is on a mount that hangs. */
const ANSWER_MS = 4000;
const UNANSWERED: Finding = { what: 'unanswered' };

interface Place {
  readonly dataDir: string;
  readonly file: string;
}

/** Looks after the database's files, and holds all writes back while they are not those that were opened. */
export function storeFiles(database: Database, files: WatchedFiles, { dataDir, file }: Place): StoreFiles {
  let underWay: Promise<FileFinding | null> | null = null;
  let rescued: Promise<string | null> | null = null;
  let cutOff: Finding | null = null;

  const find = async (): Promise<Finding | null> => {
    // On a mount that hangs each question keeps a thread, so there is never a second one.
    underWay ??= files
      .look(() => database.shape())
      .finally(() => {
        underWay = null;
      });
    const answer = await Promise.race([underWay, sleep(ANSWER_MS, UNANSWERED, { ref: false })]);
    // What was overwritten can't come back by itself.
    if (answer?.what === 'shrunk') cutOff = answer;
    return cutOff ?? answer;
  };
  const save = async (): Promise<string | null> => {
    await database.idle();
    return rescue(files, dataDir, await database.read(headOf), new Date());
  };

  return {
    async look() {
      const finding = await find().catch(() => null);
      if (finding === null) {
        database.hold(null);
        return null;
      }
      const { message, remedy } = findingNotice(finding, dataDir, null);
      const text = `${plain(message)} Nothing more is written. ${plain(remedy)}`;
      database.hold(new StoreError(text, { fault: faultOf(finding), folder: dataDir }));
      if ('deleted' in finding && finding.deleted) rescued ??= save().catch(() => null);
      return findingNotice(finding, dataDir, await rescued);
    },
    damage() {
      const damage = database.damage();
      return damage && damageNotice(file, damage.message);
    },
    async check(signal) {
      const damage = await quickCheck(file, signal);
      return damage === null ? null : damageNotice(file, damage);
    },
  };
}
