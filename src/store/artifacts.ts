import type { Artifact } from '../core/model/artifact.js';
import type { ArtifactStore } from '../core/ports/store.js';
import { sharedRead } from './shared-read.js';
import type { Database } from './sqlite-database.js';

/** Rows of an intent, and those of the same origins, which may bear the name that it had before. */
const OF_INTENT = `(intent = ? OR origin IN (SELECT origin FROM artifacts WHERE intent = ?))`;
const REPLACED = `
  UPDATE artifacts SET deleted_at = ? WHERE path = ? AND deleted_at IS NULL AND (intent = ? OR origin = ?)`;
const DELETED = `UPDATE artifacts SET deleted_at = ? WHERE path = ? AND deleted_at IS NULL AND ${OF_INTENT}`;
const ADD = `
  INSERT INTO artifacts
    (run_id, intent, path, kind, size, sha256, files, created_at, verified_level, deleted_at, origin)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const SELECT = `
  SELECT run_id AS runId, intent, path, kind, size, sha256, files, created_at AS createdAt,
    verified_level AS verified, deleted_at AS deletedAt, origin
  FROM artifacts`;
const ORDER = 'ORDER BY created_at, seq';
const LIST = `${SELECT} WHERE deleted_at IS NULL AND ${OF_INTENT} ${ORDER}`;
const BELONGING = `
  ${SELECT} WHERE deleted_at IS NULL AND (origin IN (?, ?) OR (origin IS NULL AND intent = ?)) ${ORDER}`;
// Everything below the folder: `0` comes right after `/`.
const BELOW = `${SELECT} WHERE deleted_at IS NULL AND path >= ? || '/' AND path < ? || '0' ${ORDER}`;
const ALL = `${SELECT} ${ORDER}`;

export function artifactStore(database: Database): ArtifactStore {
  return {
    /** What an earlier run left at the same path is gone from this moment: a mirror is overwritten in place. */
    async add(artifact) {
      const { runId, intent, path, kind, size, sha256, files, createdAt, verified, deletedAt, origin } =
        artifact;
      const values = [runId, intent, path, kind, size, sha256, files, createdAt, verified, deletedAt, origin];
      await database.write((sql) => {
        if (deletedAt === null) sql.run(REPLACED, createdAt, path, intent, origin);
        sql.run(ADD, ...values);
      });
    },

    list: sharedRead((intent) => database.read((sql) => sql.all<Artifact>(LIST, intent, intent))),

    belonging: sharedRead((key, before, intent) =>
      database.read((sql) => sql.all<Artifact>(BELONGING, key, before, intent)),
    ),

    below: (folder) => database.read((sql) => sql.all<Artifact>(BELOW, folder, folder)),

    all: () => database.read((sql) => sql.all<Artifact>(ALL)),

    async markDeleted(intent, path, at) {
      await database.write((sql) => sql.run(DELETED, at, path, intent, intent));
    },
  };
}
