import { bytesOf } from './names.js';

const END = Buffer.of(0);

/**
 * Filter rules, separated by NUL, with which an rsync that deletes can delete the shown paths and nothing
 * else: "risk" for each of them, then "protect" for all others (rsync(1), FILTER RULES). A protected folder
 * that is gone from the source is not even looked into.
 * @param paths as rsync printed them, folders with a slash at the end
 * @param passages folders that stay but are gone from the source, so that rsync looks into them
 */
export function deletionRules(paths: readonly string[], passages: readonly string[]): Buffer {
  const risked = [...passages.map((folder) => `${folder}/`), ...paths];
  return Buffer.concat([...risked.flatMap((path) => [risk(path), END]), Buffer.from('P *'), END]);
}

/** Anchored at the top. In a pattern with a wildcard a backslash quotes; in one without, it is a backslash. */
function risk(path: string): Buffer {
  const name = bytesOf(path).toString('latin1');
  const pattern = /[*?[]/.test(name) ? name.replace(/[\\*?[]/g, '\\$&') : name;
  return Buffer.from(`R /${pattern}`, 'latin1');
}
