import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtCommand } from './stage.js';

const SHIPPED = resolve(dirname(fileURLToPath(import.meta.url)), '../../intents');
const MIB = 1024 * 1024;

/** The built program as `chatops start` without a token, in a folder of its own with the shipped demo. */
export interface PlaygroundProcess {
  readonly dir: string;
  /** The address that it printed. */
  readonly url: string;
  readonly stdout: () => string;
  /** SIGTERM, then the exit code. */
  end(): Promise<number | null>;
  cleanUp(): Promise<void>;
}

const PHOTOS = (dir: string) => `
action: backup
backup_type: files
stack: media
description: Back up the family's photos.
source: ${join(dir, 'photos')}
destination: ${join(dir, 'backups')}
retention_days: 30
`;

/** `photos`: files of 10 MiB for the intent of that name. */
export async function startPlaygroundProcess(
  args: readonly string[] = ['start'],
  env: Readonly<Record<string, string>> = {},
  photos = 0,
): Promise<PlaygroundProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'home-'));
  await mkdir(join(dir, 'intents'));
  await cp(join(SHIPPED, 'demo.yaml'), join(dir, 'intents/demo.yaml'));
  await cp(join(SHIPPED, 'demo'), join(dir, 'intents/demo'), { recursive: true });
  await writeFile(join(dir, 'intents/photos.yaml'), PHOTOS(dir));
  await mkdir(join(dir, 'photos'));
  await mkdir(join(dir, 'backups'));
  // Random bytes don't compress: a dozen of these take long enough for a progress to be seen.
  for (let n = 1; n <= photos; n += 1) {
    await writeFile(join(dir, 'photos', `IMG_${1000 + n}.jpg`), randomBytes(10 * MIB));
  }
  const child: ChildProcess = spawn(process.execPath, [await builtCommand(), ...args], {
    cwd: dir,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: dir,
      CHATOPS_HTTP_PORT: '0',
      CHATOPS_PLAYGROUND_PORT: '0',
      CHATOPS_SHUTDOWN_GRACE_SECONDS: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  const url = await new Promise<string>((found, failed) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const address = /http:\/\/127\.0\.0\.1:\d+\/\?key=\S+/.exec(stdout)?.[0];
      if (address) found(address);
    });
    void ended.then((code) => failed(new Error(`The playground ended with ${code}.\n${stderr}`)));
  }).catch(async (error: unknown) => {
    await rm(dir, { recursive: true, force: true });
    throw error;
  });
  return {
    dir,
    url,
    stdout: () => stdout,
    end() {
      child.kill('SIGTERM');
      return ended;
    },
    async cleanUp() {
      child.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
