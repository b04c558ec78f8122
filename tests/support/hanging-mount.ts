import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A mount that answers until it is told not to, as a share does whose server goes away: calls wait for it. */
export interface HangingMount {
  readonly point: string;
  hang(): void;
  answer(): void;
  /** Always call it, or whoever looks at the folder waits for ever. */
  end(): Promise<void>;
}

/** Shows the folder `source` at `point`, through a FUSE process that can be stopped. */
export async function hangingMount(source: string, point: string): Promise<HangingMount> {
  mkdirSync(point, { recursive: true });
  const fuse = spawn('bindfs', ['-f', '--no-allow-other', source, point], { stdio: 'ignore' });
  process.once('exit', () => cleanUp(fuse, point));
  while (!isMounted(point)) {
    if (fuse.exitCode !== null) throw new Error(`bindfs ended with ${fuse.exitCode}`);
    await sleep(20);
  }
  return {
    point,
    hang: () => void fuse.kill('SIGSTOP'),
    answer: () => void fuse.kill('SIGCONT'),
    end: async () => {
      cleanUp(fuse, point);
      while (fuse.exitCode === null && fuse.signalCode === null) await sleep(20);
    },
  };
}

function isMounted(point: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${point} `);
}

/** First its process, so that everybody who waits for it gets an error; then the mount. */
function cleanUp(fuse: ChildProcess, point: string): void {
  fuse.kill('SIGKILL');
  if (isMounted(point)) spawnSync('umount', ['--lazy', point]);
}
