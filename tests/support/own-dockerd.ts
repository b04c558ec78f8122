import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerOn } from './docker.js';

/**
 * A Docker engine that nobody else uses, for what would harm others, such as pruning. Needs root and `ip`.
 * It gets a bridge of its own, because with `--bridge=none` an engine removes the docker0 of the other one.
 */
export class OwnDockerd {
  /** What reaches it: give it to docker commands and to hosts. */
  readonly env: { readonly DOCKER_HOST: string };

  private constructor(
    private readonly folder: string,
    private readonly bridge: string,
    private readonly child: ChildProcess,
  ) {
    this.env = { DOCKER_HOST: `unix://${join(folder, 'docker.sock')}` };
  }

  static async start(): Promise<OwnDockerd> {
    const folder = mkdtempSync(join(tmpdir(), 'chatops-test-dockerd-'));
    const place = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
    const own = ['--pidfile', join(folder, 'pid'), '-H', `unix://${join(folder, 'docker.sock')}`];
    const bridge = `chatops-t${randomBytes(2).toString('hex')}`;
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('address', 'add', `10.213.${randomBytes(1)[0]}.1/24`, 'dev', bridge);
    const alone = ['--bridge', bridge, '--iptables=false', '--ip6tables=false', '--log-level=error'];
    const child = spawn('dockerd', [...place, ...own, ...alone], { stdio: 'ignore' });
    const engine = new OwnDockerd(folder, bridge, child);
    try {
      await engine.#ready();
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }

  docker(...args: readonly string[]): string {
    return dockerOn(this.env, ...args);
  }

  async stop(): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, 'exit') : null;
    this.child.kill();
    await ended;
    ip('link', 'delete', this.bridge);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 120; attempt += 1) {
      if (this.child.exitCode !== null) throw new Error('dockerd ended at once');
      try {
        this.docker('version');
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
    throw new Error('dockerd did not start');
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
