import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Bot, Stage } from '../../../tests/e2e/stage.js';
import { ComposeStack } from '../../../tests/support/compose-stack.js';
import { docker } from '../../../tests/support/docker-cli.js';
import { makeImage } from '../../../tests/support/docker-images.js';
import { type HangingMount, hangingMount } from '../../../tests/support/hanging-mount.js';
import { mountDisk } from './disk.js';
import { type DockerDoor, openDockerDoor } from './docker-door.js';
import { openRegistryDoor, type RegistryDoor } from './registry-door.js';

/** What is scheduled, and every how many seconds. */
export const EVERY: Readonly<Record<string, number>> = {
  mirror: 1,
  archive: 7,
  nas: 5,
  plexdb: 13,
  web_two: 16,
  web_one: 24,
  update: 19,
};

/** Everything that the bot works on, and the doors through which it goes wrong. */
export interface Scene {
  readonly stage: Stage;
  readonly bot: Bot;
  readonly nas: HangingMount;
  readonly engine: DockerDoor;
  readonly registry: RegistryDoor;
  /** The data directory's. */
  readonly disk: { fill(): void; free(): void };
  /** The name of the container that is stopped and started. */
  readonly plex: string;
  readonly stack: ComposeStack;
  end(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const undo: (() => unknown)[] = [];
  const end = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const registry = await openRegistryDoor();
    undo.push(() => registry.close());
    const stack = new ComposeStack();
    undo.push(() => stack.clean());
    const image = `${registry.address}/${stack.name}/web:1`;
    makeImage(image, { version: '1' });
    // Not synchronously: this process itself serves the registry’s door.
    await promisify(execFile)('docker', ['push', '-q', image]);
    stack.write({
      web: { image, network_mode: 'none' },
      shop: { image, network_mode: 'none' },
    });
    stack.up();
    const plex = `${stack.name}-plex`;
    docker('run', '-d', '--network', 'none', '--name', plex, image);
    undo.push(() => docker('rm', '-f', '-v', plex));

    const stage = await Stage.create({
      envOf: (discord) => ({ DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts') }),
      discord: { keepRequests: 100 },
      env: { CHATOPS_PROBE_SECONDS: '5', CHATOPS_STALL_SECONDS: '15' },
    });
    // The soak judges the whole log by itself: log-lines.ts.
    stage.expectLog(/./);
    undo.push(() => stage.end());
    const disk = mountDisk(stage.path('data'), '64m');
    undo.push(() => disk.end());
    mkdirSync(stage.path('share'));
    const nas = await hangingMount(stage.path('share'), stage.path('nas'));
    undo.push(() => nas.end());
    const engine = await openDockerDoor(stage.path('docker.sock'));
    undo.push(() => engine.close());

    await stage.files('src', { 'a.bin': randomBytes(200_000), 'b.txt': 'text' });
    await writeIntents(stage, plex, stack.file);
    const bot = await stage.start({ DOCKER_HOST: engine.address });
    return { stage, bot, nas, engine, registry, disk, plex, stack, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function writeIntents(stage: Stage, plex: string, compose: string): Promise<void> {
  const scheduled = (name: string, yaml: string): Promise<void> =>
    stage.intent(name, `${yaml}schedule:\n  interval_seconds: ${EVERY[name] ?? 60}\n`);
  const [source, away] = [stage.path('src'), stage.path('nas')];
  const mirror = `action: backup\nbackup_type: docker_volumes\nsource: ${source}\n`;
  await scheduled('mirror', `${mirror}stack: one\ndestination: ${stage.path('dst', 'mirror')}\n`);
  await scheduled('nas', `${mirror}stack: two\ndestination: ${away}/mirror\n`);
  await scheduled(
    'archive',
    `action: backup\nbackup_type: files\nstack: three\nsource: ${source}\ndestination: ${away}/archives\n`,
  );
  await scheduled(
    'plexdb',
    `action: backup\ndatabase_type: plex\nstack: four\nsource_container: ${plex}\nsource_path: /bin\ndestination: ${stage.path('dst', 'plex')}\n`,
  );
  const scale = `action: scale\nstack: five\ncompose: ${compose}\nservice: web\nmin: 1\nmax: 3\nstable_for: 1\ntimeout: 20\n`;
  await scheduled('web_one', `${scale}replicas: 1\n`);
  await scheduled('web_two', `${scale}replicas: 2\n`);
  await scheduled(
    'update',
    `action: rollout\nstack: six\ncompose: ${compose}\nservice: shop\nstable_for: 1\ntimeout: 20\n`,
  );
}
