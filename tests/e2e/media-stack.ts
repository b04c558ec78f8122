import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, openApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import type { StepState } from '../../src/core/model/graph.js';
import { plain } from '../../src/core/model/phrase.js';
import type { Actor, RunRequest } from '../../src/core/model/request.js';
import type { Run } from '../../src/core/model/run.js';
import type { RunEvent } from '../../src/core/ports/events.js';
import { Shop } from '../executors/rollout/shop.js';
import type { TestRegistry } from '../support/docker-registry.js';
import { builtCommand } from './stage.js';

const APPS = ['plex', 'worker', 'sonarr', 'radarr'];
const ADA: Actor = { kind: 'operator', id: 'ada', name: 'ada' };

/**
 * A Compose project with plex and its worker, sonarr and radarr, the intent "update the media stack" over it, and
 * the whole core on real Docker.
 */
export class MediaStack {
  readonly media: Shop;
  /** `roll_out_plex 12 running`: each step's states, with the part's index, in the order in which they came. */
  readonly seen: string[] = [];
  #app: App | null = null;

  constructor(registry: TestRegistry) {
    this.media = new Shop(registry);
  }

  /** Everything runs its version 1. */
  async start(): Promise<void> {
    for (const app of APPS) await this.media.publish({ version: '1' }, this.media.image(app));
    this.media.start(Object.fromEntries(APPS.map((app) => [app, { image: this.media.image(app) }])));
  }

  /** A new version of each, as their publishers push them. `plex` may be a broken one. */
  async publish(version: string, plex: { readonly script?: string } = {}): Promise<void> {
    await this.media.publish({ version }, this.media.image('sonarr'));
    await this.media.publish({ version }, this.media.image('radarr'));
    await this.media.publish({ version, ...plex }, this.media.image('plex'));
  }

  get folder(): string {
    return this.media.lab.root;
  }

  /** The archives of plex. */
  archives(): string[] {
    const folder = this.media.lab.path('backups');
    return readdirSync(folder).filter((name) => name.endsWith('.tar.gz'));
  }

  /** Writes the intents. `onFailure` is that of the last step. */
  writeIntents(onFailure = 'stop'): string {
    const dir = this.media.lab.path('intents');
    mkdirSync(dir);
    const rollout = (service: string) => ({
      action: 'rollout',
      stack: 'media',
      compose: this.media.stack.file,
      service,
      // Long enough that both of the rollouts at once are watched at the same time.
      stable_for: 6,
      timeout: 40,
    });
    const intents = {
      backup_plex: {
        action: 'backup',
        database_type: 'plex',
        stack: 'media',
        source_container: `${this.media.stack.name}-plex-1`,
        source_path: '/bin',
        destination: this.media.lab.path('backups'),
      },
      update: {
        action: 'steps',
        description: 'Update the media stack.',
        stack: 'media',
        steps: {
          back_up_plex: { intent: 'backup_plex' },
          roll_out_sonarr: { ...rollout('sonarr'), needs: ['back_up_plex'] },
          roll_out_radarr: { ...rollout('radarr'), needs: ['back_up_plex'] },
          roll_out_plex: {
            ...rollout('plex'),
            needs: ['roll_out_sonarr', 'roll_out_radarr'],
          },
          scale_worker: {
            action: 'scale',
            stack: 'media',
            compose: this.media.stack.file,
            service: 'worker',
            replicas: 2,
            stable_for: 1,
            timeout: 5,
            needs: ['roll_out_plex'],
            on_failure: onFailure,
          },
        },
      },
    };
    for (const [name, intent] of Object.entries(intents)) {
      writeFileSync(`${dir}/${name}.yaml`, JSON.stringify(intent));
    }
    return dir;
  }

  #env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      CHATOPS_INTENTS_DIR: this.media.lab.path('intents'),
      CHATOPS_DATA_DIR: this.media.lab.path('data'),
      LOG_LEVEL: 'error',
    };
  }

  async open(): Promise<App> {
    const env = this.#env();
    const intents = this.media.lab.path('intents');
    const loaded = loadConfig(env, {
      cwd: this.media.lab.root,
      shippedIntents: intents,
      needsDiscord: false,
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    this.#app = await openApp(loaded.config, env, { watch: false });
    this.#app.pipeline.events.subscribe((event) => this.#note(event));
    return this.#app;
  }

  #plan: Run['plan'] | null = null;

  #note(event: RunEvent): void {
    if (event.type === 'running') this.#plan = event.run.plan;
    if (event.type !== 'step') return;
    const node = this.#plan?.graph?.nodes.find(({ parts }) => parts.includes(event.part));
    this.seen.push(`${node?.name} ${event.state}`);
  }

  /** Asks for the update, or the rest of one, and confirms it. */
  async update(more: Partial<RunRequest> = {}): Promise<Run> {
    const { pipeline } = this.#app ?? (await this.open());
    const request = {
      intent: 'update',
      params: {},
      actor: ADA,
      source: 'cli',
      dryRun: false,
      ...more,
    } as const;
    const admission = await pipeline.admit(request);
    if (!admission.ok) throw new Error(plain(admission.notice.message));
    const preview = await pipeline.prepare(admission.ticket);
    if (preview.state !== 'awaiting') throw new Error(JSON.stringify(preview.outcome));
    const decision = await pipeline.decide(preview.id, ADA, 'confirm');
    if (!decision.ok) throw new Error(plain(decision.notice.message));
    return decision.done;
  }

  /** The built command asks for the update; it is killed while the new containers of sonarr and radarr are watched. */
  async updateAndDie(): Promise<void> {
    const { stack } = this.media;
    const images = (app: string): string | null => {
      try {
        return stack.images(app).join();
      } catch {
        // Replaced between being listed and being looked at.
        return null;
      }
    };
    const old = { sonarr: images('sonarr'), radarr: images('radarr') };
    const isNew = (app: keyof typeof old) =>
      stack.running().filter((name) => name.startsWith(app)).length === 1 &&
      ![null, old[app]].includes(images(app));
    const args = [await builtCommand(), 'run', 'update', '--yes'];
    const child = spawn(process.execPath, args, { cwd: this.folder, env: this.#env(), stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (!(isNew('sonarr') && isNew('radarr')) && child.exitCode === null) await sleep(50);
    child.kill('SIGKILL');
    await ended;
  }

  async clean(): Promise<void> {
    await this.#app?.pipeline.shutdown(0);
    await this.#app?.close();
    this.media.clean();
  }
}

export function stepsOf(run: Run): Readonly<Record<string, StepState>> {
  return run.progress?.steps ?? {};
}

export function summaryOf(run: Run): string[] {
  return run.outcome?.summary.map(plain) ?? [];
}
