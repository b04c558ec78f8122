import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { textOf } from '../../src/playground/driver/text.js';
import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '../../src/playground/local-discord.js';
import { createOpenapiValidator, openapiFile } from '../playground/openapi-validator.js';
import { ROOT } from '../support/root.js';
import { troubleIn } from './log-trouble.js';

/** Where package.json's `bin` says that the built command is. */
export async function builtCommand(): Promise<string> {
  const { bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return join(ROOT, bin.chatops);
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A bot in a process of its own, made by the build. */
export interface Bot {
  readonly pid: number;
  readonly log: () => string;
  /** The side port's address. */
  readonly url: () => Promise<string>;
  kill9(): Promise<void>;
  /** SIGTERM, then the exit code. */
  end(): Promise<number | null>;
}

/** A data directory, a folder of intents, a local Discord, and the built program on all of them. */
export class Stage {
  readonly #bots: { child: ChildProcess; ended: Promise<number | null>; log: () => string }[] = [];
  readonly #expected: RegExp[] = [];

  private constructor(
    readonly dir: string,
    readonly discord: LocalDiscord,
    private readonly command: string,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly runner: readonly string[],
  ) {}

  /** `runner`: a command that starts the program in its place, such as `setpriv …`. */
  static async create(
    options: {
      discord?: LocalDiscordOptions;
      env?: Readonly<Record<string, string>>;
      /** Settings that need the local Discord, such as a channel's id. */
      envOf?: (discord: LocalDiscord) => Readonly<Record<string, string>>;
      runner?: readonly string[];
    } = {},
  ): Promise<Stage> {
    const file = openapiFile();
    const check = file ? { validateRequest: createOpenapiValidator(file) } : {};
    const discord = await startLocalDiscord({ ...check, ...options.discord });
    const dir = await mkdtemp(join(tmpdir(), 'chatops-e2e-'));
    const env = { ...options.env, ...options.envOf?.(discord) };
    const stage = new Stage(dir, discord, await builtCommand(), env, options.runner ?? []);
    for (const folder of ['intents', 'src', 'dst']) await mkdir(join(dir, folder));
    return stage;
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  /** Written beside and moved: a bot that looks in between would warn of an empty file. */
  async intent(name: string, yaml: string): Promise<void> {
    const beside = this.path('intents', `.${name}.yaml`);
    await writeFile(beside, yaml);
    await rename(beside, this.path('intents', `${name}.yaml`));
  }

  /** Writes files below a folder: path → content. */
  async files(folder: string, contents: Readonly<Record<string, string | Buffer>>): Promise<void> {
    for (const [name, content] of Object.entries(contents)) {
      await mkdir(dirname(this.path(folder, name)), { recursive: true });
      await writeFile(this.path(folder, name), content);
    }
  }

  /** The whole environment of the program: nothing of the test's own leaks in. */
  env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.dir,
      CHATOPS_DATA_DIR: this.path('data'),
      CHATOPS_INTENTS_DIR: this.path('intents'),
      CHATOPS_HTTP_PORT: '0',
      CHATOPS_SHUTDOWN_GRACE_SECONDS: '1',
      DISCORD_TOKEN: this.discord.token,
      DISCORD_API_URL: this.discord.apiUrl,
      DISCORD_GUILD_ID: this.discord.guildId,
      ...this.settings,
    };
  }

  async start(more: Readonly<Record<string, string>> = {}): Promise<Bot> {
    const [program, args] = this.#argv(['start']);
    const child = spawn(program, args, {
      cwd: this.dir,
      env: { ...this.env(), ...more },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    this.#bots.push({ child, ended, log: () => log });
    const died = ended.then((code) => {
      throw new Error(`The bot ended with ${code} before it was connected.\n${log}`);
    });
    await Promise.race([this.#connected(() => log), died]);
    died.catch(() => {});
    return {
      pid: child.pid ?? 0,
      log: () => log,
      url: async () => `http://127.0.0.1:${/"port":(\d+)/.exec(log)?.[1]}`,
      kill9: async () => {
        this.expectLog(/interrupted run tidied up/);
        child.kill('SIGKILL');
        await ended;
      },
      end: () => {
        child.kill('SIGTERM');
        return ended;
      },
    };
  }

  #argv(args: readonly string[]): [program: string, args: string[]] {
    const [program = '', ...rest] = [...this.runner, process.execPath, this.command, ...args];
    return [program, rest];
  }

  /** Connected, and its commands are registered. */
  async #connected(log: () => string): Promise<void> {
    await this.discord.waitFor(() => log().includes('the slash commands are registered'), {
      timeoutMs: 20_000,
      what: 'the bot to register its commands',
    });
  }

  /** Runs the command line beside the bot. */
  async cli(
    args: readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    const [program, argv] = this.#argv(args);
    const child = spawn(program, argv, {
      cwd: this.dir,
      env: { ...this.env(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.end(options.stdin ?? '');
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }

  async json<T>(args: readonly string[]): Promise<T> {
    const { stdout } = await this.cli([...args, '--json']);
    return JSON.parse(stdout) as T;
  }

  /** Everything that can be read in the channel now, message by message. */
  transcript(channel = 'ops'): string[] {
    return this.discord.messages(channel).map(textOf);
  }

  /** Warnings and errors in a bot's log that this test causes; any other makes {@link end} throw. */
  expectLog(...lines: readonly RegExp[]): void {
    this.#expected.push(...lines);
  }

  /**
   * Ends all of it. Returns what was wrong with the bots' requests by Discord's description.
   * Throws when a bot's log warns of something that the test did not expect.
   */
  async end(): Promise<LocalDiscord['violations']> {
    const { violations } = this.discord;
    for (const { child, ended } of this.#bots) {
      child.kill('SIGKILL');
      await ended;
    }
    await this.discord.close();
    await rm(this.dir, { recursive: true, force: true });
    const trouble = this.#bots.flatMap(({ log }) => troubleIn(log(), this.#expected));
    if (trouble.length > 0) throw new Error(`A bot’s log tells of trouble:\n${trouble.join('\n')}`);
    return violations;
  }
}

/** The run's id in a text. */
export function runIdIn(text: string): string {
  const found = /\br-[2-9a-z]{4,}\b/.exec(text)?.[0];
  if (!found) throw new Error(`There is no run id in: ${text}`);
  return found;
}
