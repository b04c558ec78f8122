import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names that break careless tools; the last two are no UTF-8. */
export const HOSTILE_NAMES: readonly Buffer[] = [
  ...['-rf', '--delete', 'new\nline', 'q"uote\'s', 'ünï çødé 🎬', ' lead and trail ', 'tab\there'],
  ...['*', '[a]?', 'back\\slash', 'a\\#134b', '#comment', ';', '!', '\u202egnp.exe', '$(id)', '`id`', '\r'],
].map((name) => Buffer.from(name));
export const INVALID_UTF8: readonly Buffer[] = [Buffer.from('bad\xff\xfe', 'latin1'), Buffer.from([0xc3])];

/** Writes a file and the folders above it. */
export function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Writes a file whose name is bytes. */
export function putBytes(folder: string, name: Buffer, content: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), content);
}

/** `count` small files in folders of 200, with different sizes. Gives their bytes. */
export function plant(root: string, count: number): number {
  let bytes = 0;
  for (let index = 0; index < count; index += 1) {
    const folder = join(root, `d${Math.floor(index / 200)}`);
    if (index % 200 === 0) mkdirSync(folder, { recursive: true });
    const content = `${index}:`.repeat(1 + (index % 17));
    writeFileSync(join(folder, `f${index}`), content);
    bytes += content.length;
  }
  return bytes;
}

/** Runs a program of this machine; throws when it fails. */
export function tool(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`);
  return stdout;
}
