import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The password `pw-secret` of the user `u`, as htpasswd writes it. */
const HTPASSWD = 'u:$2y$05$abcdefghijklmnopqrstuuRTGhBovtrBUDhvLy5ZN4SE.d5whSZ5u\n';

/** A real registry (Debian's docker-registry) on a port of its own; Docker trusts 127.0.0.0/8 without TLS. */
export class TestRegistry {
  private constructor(
    /** `127.0.0.1:<port>` */
    readonly address: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** A private one lets in only the user `u` with the password `pw-secret`. */
  static async start(options: { readonly isPrivate?: boolean } = {}): Promise<TestRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'chatops-test-registry-'));
    const address = `127.0.0.1:${await freePort()}`;
    const config = join(folder, 'config.yml');
    const storage = { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } };
    const passwords = join(folder, 'htpasswd');
    writeFileSync(passwords, HTPASSWD);
    const auth = options.isPrivate ? { auth: { htpasswd: { realm: 'test', path: passwords } } } : {};
    const settings = { version: 0.1, log: { level: 'error' }, storage, http: { addr: address }, ...auth };
    writeFileSync(config, JSON.stringify(settings));
    const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    const registry = new TestRegistry(address, folder, child);
    await registry.#ready();
    return registry;
  }

  /** Answers no more from now on. */
  away(): void {
    this.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.child;
    const ended = exitCode === null && signalCode === null ? once(this.child, 'exit') : null;
    this.child.kill();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await fetch(`http://${this.address}/v2/`).catch(() => null);
      if (answer?.ok || answer?.status === 401) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('docker-registry did not start');
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
