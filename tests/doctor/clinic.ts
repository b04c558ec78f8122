import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { thisMachine } from '../../src/checkup.js';
import type { Check, CheckState, Diagnosis } from '../../src/core/model/diagnosis.js';
import { type DoctorWorld, diagnose, type Limits } from '../../src/doctor.js';
import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '../../src/playground/local-discord.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { wantedCommands } from '../../src/surfaces/discord/command-set.js';
import { createOpenapiValidator, openapiFile } from '../playground/openapi-validator.js';

const official = openapiFile();
const check = official ? { validateRequest: createOpenapiValidator(official) } : {};

/** A healthy installation in a folder of its own, with a local Discord; each test breaks one thing of it. */
export class Clinic {
  readonly root = mkdtempSync(join(tmpdir(), 'chatops-doctor-'));
  /** Added to the environment; an empty value unsets. */
  readonly env: Record<string, string> = {};
  /** What of the world is not this machine's. */
  changed: Partial<DoctorWorld> = {};
  readonly #discords: LocalDiscord[] = [];
  readonly #servers: Server[] = [];
  discord: LocalDiscord | null = null;

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  write(name: string, text: string, mode = 0o600): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  intent(name: string, ...lines: string[]): void {
    this.write(`intents/${name}.yaml`, `${lines.join('\n')}\n`);
  }

  /** Everything as it should be. */
  async setUp(): Promise<void> {
    for (const folder of ['photos', 'backups', 'mirror']) mkdirSync(this.path(folder));
    this.write('photos/one.jpg', 'one');
    this.intent('photos', ...FILES, `source: ${this.path('photos')}`, `destination: ${this.path('backups')}`);
    this.intent('copies', ...MIRROR, `source: ${this.path('photos')}`, `destination: ${this.path('mirror')}`);
    this.write('fstab', '# nothing\n');
    const store = await openSqliteStore({ dataDir: this.path('data') });
    await store.audit.append({ ...AUDIT, at: new Date().toISOString() });
    await store.close();
  }

  /** A local Discord that the installation belongs to, with the commands registered. */
  async connect(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
    const discord = await startLocalDiscord({ ...check, ...options });
    this.#discords.push(discord);
    this.discord = discord;
    Object.assign(this.env, {
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_GUILD_ID: discord.guildId,
      DISCORD_OPS_CHANNEL_ID: discord.channelId('ops'),
      DISCORD_WEBHOOK_URL: discord.webhookUrl('alerts'),
    });
    await this.register(wantedCommands(true, false));
    return discord;
  }

  async register(commands: readonly unknown[]): Promise<void> {
    const { discord } = this;
    if (!discord) throw new Error('There is no Discord.');
    const path = `/v10/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`;
    const answer = await fetch(`${discord.apiUrl}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(commands),
    });
    if (!answer.ok) throw new Error(`The commands were not registered: ${await answer.text()}`);
  }

  /** A program that answers every request with this; its port. */
  async serve(status: number, body: string): Promise<number> {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  /** A folder with programs of these names that run these shell scripts. */
  bin(scripts: Readonly<Record<string, string>>): string {
    for (const [name, script] of Object.entries(scripts)) {
      this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
    }
    mkdirSync(this.path('bin'), { recursive: true });
    return this.path('bin');
  }

  async examine(limits?: Limits): Promise<Diagnosis> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: this.root,
      CHATOPS_DATA_DIR: this.path('data'),
      CHATOPS_INTENTS_DIR: this.path('intents'),
      CHATOPS_HTTP_PORT: '0',
      ...this.env,
    };
    const world = thisMachine({
      env,
      cwd: this.root,
      shippedIntents: this.path('intents'),
      version: '1.2.3',
      engines: '>=20.19',
      envFileFault: null,
    });
    return diagnose({ ...world, fstabFile: this.path('fstab'), ...this.changed }, limits);
  }

  async close(): Promise<void> {
    for (const discord of this.#discords) await discord.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

const FILES = ['action: backup', 'backup_type: files', 'stack: media', 'compress: zstd'];
const MIRROR = ['action: backup', 'backup_type: docker_volumes', 'stack: media'];
const AUDIT = {
  event: 'planned',
  actor: { kind: 'operator', id: 'ada', name: 'ada' },
  source: 'cli',
  runId: null,
  intent: 'photos',
  detail: null,
} as const;

/** A healthy installation for each test of the file. */
export function clinic(): { readonly here: Clinic } {
  let now: Clinic | null = null;
  beforeEach(async () => {
    now = new Clinic();
    await now.setUp();
  });
  afterEach(() => now?.close());
  return {
    get here() {
      if (!now) throw new Error('There is a clinic only while a test runs.');
      return now;
    },
  };
}

/** Everything that somebody should look at. */
export function findingsOf({ checks }: Diagnosis): readonly Check[] {
  return checks.filter(({ state }) => state === 'problem' || state === 'warning');
}

/** That this and nothing else was found. */
export function expectOnly(
  diagnosis: Diagnosis,
  state: CheckState,
  id: string,
  message: RegExp,
  remedy: RegExp,
): void {
  expect(findingsOf(diagnosis)).toEqual([
    {
      id,
      area: expect.any(String),
      state,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    },
  ]);
  expect(diagnosis.ok).toBe(state !== 'problem');
}
