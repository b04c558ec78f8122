import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands between docker and its engine, and can be away as an engine is that restarts; the containers run on. */
export class EngineRelay {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chatops-test-engine-'));
  readonly socket = join(this.#folder, 'engine.sock');
  readonly #open = new Set<net.Socket>();
  #server: net.Server | null = null;

  static async start(): Promise<EngineRelay> {
    const relay = new EngineRelay();
    await relay.comeBack();
    return relay;
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, DOCKER_HOST: `unix://${this.socket}` };
  }

  /** Nobody listens any more, and all connections are cut. */
  goAway(): void {
    this.#server?.close();
    this.#server = null;
    for (const side of this.#open) side.destroy();
    rmSync(this.socket, { force: true });
  }

  async comeBack(): Promise<void> {
    const server = net.createServer((client) => {
      const engine = net.connect('/var/run/docker.sock');
      for (const [side, other] of [
        [client, engine],
        [engine, client],
      ] as const) {
        this.#open.add(side);
        side
          .on('error', () => {})
          .on('close', () => {
            this.#open.delete(side);
            other.destroy();
          });
      }
      client.pipe(engine).pipe(client);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socket, resolve));
  }

  end(): void {
    this.goAway();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
