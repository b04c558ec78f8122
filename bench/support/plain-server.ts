import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { askProbe, type LoopFigures, PROBE } from './probed.js';
import type { Scope } from './scope.js';

const SERVER = fileURLToPath(new URL('../bots/plain-http.js', import.meta.url));

/** A server that does nothing, for comparison. */
export interface PlainServer {
  readonly url: string;
  /** Its event loop since the last call. */
  loop(): Promise<LoopFigures>;
}

export async function startPlainServer(scope: Scope): Promise<PlainServer> {
  const child = spawn(process.execPath, ['--import', PROBE, SERVER], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  scope.defer(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout ?? child, 'data');
  return { url: String(line).trim(), loop: () => askProbe(child) };
}
