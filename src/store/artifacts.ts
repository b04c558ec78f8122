import type { Artifact } from '../core/artifact.js';
import type { ArtifactStore } from '../core/store.js';
import { sharedRead } from './shared-read.js';
import type { Database } from './sqlite-database.js';

const DELETED = 'UPDATE artifacts SET deleted_at = ? WHERE intent = ? AND path = ? AND deleted_at IS NULL';
const ADD = `
  INSERT INTO artifacts (run_id, intent, path, kind, size, sha256, files, created_at, verified_level, deleted_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const LIST = `
  SELECT run_id AS runId, intent, path, kind, size, sha256, files, created_at AS createdAt,
    verified_level AS verified,    deleted_at AS deletedAt
  FROM artifacts WHERE intent = ? AND deleted_at IS NULL ORDER BY created_at, seq`;

export function artifactStore(database: Database): ArtifactStore {
  return {
    /** What an earlier run left at the same path is gone from this moment: a mirror is overwritten in place. */
    async add(artifact) {
      const { runId, intent, path, kind, size, sha256, files, createdAt, verified, deletedAt } = artifact;
      const values = [runId, intent, path, kind, size, sha256, files, createdAt, verified, deletedAt];
      await database.write((sql) => {
        if (deletedAt === null) sql.run(DELETED, createdAt, intent, path);
        sql.run(ADD, ...values);
      });
    },

    list: sharedRead((intent) => database.read((sql) => sql.all<Artifact>(LIST, intent))),

    async markDeleted(intent, path, at) {
      await database.write((sql) => sql.run(DELETED, at, intent, path));
    },
  };
}
