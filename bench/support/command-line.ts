import { spawn } from 'node:child_process';
import { CHATOPS } from './subjects.js';

/** Runs the built `chatops` in a folder; resolves with how long it took, in ms. Rejects when it fails. */
export async function chatops(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [CHATOPS, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`chatops ${args.join(' ')} ended with ${code}.\n${said}`);
  return performance.now() - began;
}
