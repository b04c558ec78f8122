import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TOOLS = ['sh', 'sleep', 'test', 'touch', 'rm', 'cat', 'echo', 'httpd', 'date'];

/** The test name that an image was made for: finds it also when it has lost its tag. */
export const OWNER_LABEL = 'chatops-test';

/** What an image made here does. */
export interface ImageRecipe {
  /** Makes its content, and so its id, different from others. */
  readonly version: string;
  /** What `sh -c` runs; default: sleeps until it is stopped. */
  readonly script?: string;
  /** What the health check's `sh -c` runs, every second. */
  readonly health?: string;
  /** What its label `org.opencontainers.image.version` says. */
  readonly label?: string;
  /** Paths that get a volume without a name. */
  readonly volumes?: readonly string[];
}

/** Ends at once when it is asked to: `docker stop` of a shell as pid 1 would take ten seconds. */
export const SLEEP = 'trap "exit 0" TERM INT; sleep 100000 & wait';

/** Imports an image with nothing but a static busybox under this name; returns its id. */
export function makeImage(name: string, recipe: ImageRecipe, env: NodeJS.ProcessEnv = {}): string {
  const cmd = `CMD ${JSON.stringify(command(recipe))}`;
  const health = `HEALTHCHECK --interval=1s --timeout=5s --retries=1 CMD ${recipe.health ?? ''}`;
  const labels = Object.entries(labelsOf(name, recipe)).map(([key, value]) => `LABEL ${key}=${value}`);
  const volumes = (recipe.volumes ?? []).map((path) => `VOLUME ${path}`);
  const lines = [cmd, ...labels, ...(recipe.health === undefined ? [] : [health]), ...volumes];
  const changes = lines.flatMap((line) => ['--change', line]);
  const options = {
    input: packFiles(recipe.version),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  } as const;
  return execFileSync('docker', ['import', ...changes, '-', name], options).trim();
}

/** The same settings as an image's configuration holds them. */
export function imageSettings(name: string, recipe: ImageRecipe): object {
  const { health, volumes = [] } = recipe;
  const second = 1_000_000_000;
  const check = { Test: ['CMD-SHELL', health], Interval: second, Timeout: 5 * second, Retries: 1 };
  return {
    Cmd: command(recipe),
    Labels: labelsOf(name, recipe),
    ...(health === undefined ? {} : { Healthcheck: check }),
    ...(volumes.length === 0 ? {} : { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }),
  };
}

/** A tar with a static busybox and the version in a file. */
export function packFiles(version: string): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'chatops-test-image-'));
  try {
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(root, 'tmp'));
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const tool of TOOLS) symlinkSync('busybox', join(root, 'bin', tool));
    writeFileSync(join(root, 'version'), version);
    return execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function command({ script = SLEEP }: ImageRecipe): readonly string[] {
  return ['/bin/sh', '-c', script];
}

function labelsOf(name: string, { label }: ImageRecipe): Readonly<Record<string, string>> {
  const version = label === undefined ? {} : { 'org.opencontainers.image.version': label };
  return { [OWNER_LABEL]: ownerOf(name), ...version };
}

function ownerOf(name: string): string {
  return /chatops-test-\w+/.exec(name)?.[0] ?? name;
}
