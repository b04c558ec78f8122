import { spawnSync } from 'node:child_process';

/** The arguments as a child really gets them, in batches: what `printf` says of each. */
export function asChildrenGet(sent: readonly string[]): readonly string[] {
  const got: string[] = [];
  for (let at = 0; at < sent.length; at += 1000) {
    const { stdout } = spawnSync('printf', ['%s\\0', ...sent.slice(at, at + 1000)]);
    got.push(...stdout.toString('utf8').split('\0').slice(0, -1));
  }
  return got;
}
