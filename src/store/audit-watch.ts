import { readdir } from 'node:fs/promises';
import type { AuditEntry } from '../core/model/audit.js';
import { code, type Phrase, phrase } from '../core/model/phrase.js';
import { type Notice, notice } from '../core/model/reasons.js';
import type { AuditStore } from '../core/ports/store.js';
import type { Head } from './audit-chain.js';
import { endProblem } from './audit-end.js';
import type { HeadFile } from './audit-head.js';
import { headAt, headOf } from './audit-rows.js';
import type { AuditTrail } from './audit-trail.js';
import { RESCUED } from './rescue.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

/**
 * Compares the end of the trail with its head file. A head file that this process has seen intact, and that is removed
 * or edited later, is written again from memory: that is told until somebody accepts it.
 */
export function auditWatch(
  database: Database,
  trail: AuditTrail,
  file: HeadFile,
  dataDir: string,
): Pick<AuditStore, 'look' | 'accept'> {
  let seen: Head | null = null;
  let restored = false;

  const problem = (sql: Sql): { readonly text: string | null; readonly head: Head | null } => {
    const sealed = file.read();
    const last = headOf(sql);
    const at = sealed.head && headAt(sql, sealed.head.count);
    return { text: endProblem(sealed, at, last), head: sealed.head };
  };
  const knows = (sql: Sql, head: Head): boolean => headAt(sql, head.count)?.hash === head.hash;

  const putBack = async (head: Head): Promise<boolean> => {
    const done = await database.writeAlone(async (sql) => {
      if (problem(sql).text === null || !knows(sql, head)) return false;
      await file.write(head);
      return true;
    });
    if (done) await trail.seal();
    return done;
  };

  return {
    async look() {
      const { text, head } = await database.read(problem);
      if (text === null) {
        seen = head;
        return restored
          ? told(
              phrase`${code('audit.head')} was removed or edited while ChatOps runs. It was written again from memory.`,
              phrase``,
            )
          : null;
      }
      if (seen !== null && (await putBack(seen))) {
        restored = true;
        return this.look();
      }
      return told(phrase`${text}`, await copies(dataDir));
    },

    async accept(entry: AuditEntry) {
      const { text, head } = await database.read(problem);
      if (text === null && !restored) return false;
      const what = text ?? 'audit.head was written again after it had been removed or edited.';
      const detail = { problem: what, head: head && { ...head } };
      await database.write((sql) => trail.chain(sql, { ...entry, detail }));
      // After the commit: a head that is ahead of the rows looks like rows that were cut off.
      await database.writeAlone((sql) => file.write(headOf(sql)));
      restored = false;
      return true;
    },
  };
}

function told(message: Phrase, more: Phrase): Notice {
  const remedy = phrase`${more}Find out who could write in the data directory and compare with a backup; then acknowledge the alert, or run ${code('chatops audit accept')}.`;
  return notice('audit_trail_broken', message, remedy);
}

/** Databases that were saved while they were being deleted. */
async function copies(dataDir: string): Promise<Phrase> {
  const names = await readdir(dataDir).catch(() => []);
  const last = names
    .filter((name) => name.startsWith(RESCUED))
    .sort()
    .at(-1);
  return last === undefined
    ? phrase``
    : phrase`The database that was deleted is saved in ${code(`${dataDir}/${last}`)}. `;
}
