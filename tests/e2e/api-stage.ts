import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { type Bot, Stage } from './stage.js';

export const KEY = 'an-api-key-of-the-test';

/** A bot with a key, and the two intents that the documentation names. */
export async function openApi(env: Readonly<Record<string, string>> = {}): Promise<{
  readonly stage: Stage;
  readonly bot: Bot;
  readonly url: string;
}> {
  const stage = await Stage.create({
    env: { CHATOPS_API_KEY: KEY, ...env },
    envOf: (discord) => ({ DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts') }),
  });
  stage.expectLog(/calls? (was|were) refused/);
  await stage.files('src', { 'a.txt': 'one', 'b.txt': 'two' });
  await stage.intent('backup_docker_volumes', mirrorIntent(stage, 'volumes'));
  await stage.intent(
    'photos',
    `action: backup\nbackup_type: files\nstack: media\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst')}\nschedule: "0 3 1 1 *"\n`,
  );
  // Read instead of CHATOPS_API_KEY where that is empty.
  await writeFile(stage.path('keys'), `ops ${KEY}\n`);
  const bot = await stage.start();
  return { stage, bot, url: await bot.url() };
}

/** A mirror; with `options` it can be made slow. */
export function mirrorIntent(stage: Stage, name: string, options = '[]'): string {
  return `action: backup\nbackup_type: docker_volumes\nstack: volumes\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', name)}\noptions: ${options}\n`;
}

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line as somebody would type it, with `$KEY` and whatever else it needs. */
export function typed(line: string, env: Readonly<Record<string, string>>): Promise<Said> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', KEY, ...env }, maxBuffer: 16 * 1024 * 1024 };
    execFile('bash', ['-c', line], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}

/** A call with the key; an object is sent as JSON. */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: { 'x-api-key': KEY, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
