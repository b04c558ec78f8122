import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { askProbe, type LoopFigures, PROBE } from './probed.js';
import type { Scope } from './scope.js';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A server that does nothing, for comparison. */
export interface PlainServer {
  readonly url: string;
  /** Its event loop since the last call. */
  loop(): Promise<LoopFigures>;
}

export const startPlainServer = (scope: Scope): Promise<PlainServer> =>
  startServer(scope, fromHere('../bots/plain-http.js'));

/** A Proxmox API that always answers the same. */
export const startProxmox = (scope: Scope): Promise<PlainServer> =>
  startServer(scope, fromHere('../bots/proxmox.js'));

async function startServer(scope: Scope, file: string): Promise<PlainServer> {
  const child = spawn(process.execPath, ['--import', PROBE, file], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  scope.defer(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout ?? child, 'data');
  return { url: String(line).trim(), loop: () => askProbe(child) };
}
