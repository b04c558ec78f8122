import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startLocalDiscord } from '../../src/playground/local-discord.js';
import { environmentIn, startBot } from './bot-process.js';
import { chatops } from './command-line.js';
import { NO_LIMITS } from './limits.js';
import type { Scope } from './scope.js';

const KEY = 'a-key-of-the-bench';
const HEADERS = { 'x-api-key': KEY, 'content-type': 'application/json' };

/** A running bot that backs folders up. All times are seconds. */
export interface MirrorBot {
  /** Adds an intent, and waits until the bot knows it. */
  add(name: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** A preview that nobody has to answer, from the call to its answer. */
  preview(name: string): Promise<number>;
  /** A run that nobody is asked about, from the call to its end. */
  run(name: string): Promise<number>;
  /** A run that somebody confirms, by the command line in a process of its own; its start is in the time. */
  confirm(name: string): Promise<number>;
}

/** @param tools in front of PATH */
export async function startMirrorBot(scope: Scope, tools: string): Promise<MirrorBot> {
  const discord = await startLocalDiscord({ rateLimits: NO_LIMITS });
  scope.defer(() => discord.close());
  const env = {
    PATH: `${tools}:${process.env.PATH ?? ''}`,
    CHATOPS_API_KEY: KEY,
    CHATOPS_HTTP_RATE_LIMIT: '0',
  };
  const bot = await startBot(scope, 'ours', scope.dir, discord, { env });
  const post = async (
    body: object,
  ): Promise<{ readonly ok: boolean; readonly said: string; readonly seconds: number }> => {
    const began = performance.now();
    const answer = await fetch(`${bot.url()}/run`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(body),
    });
    const said = await answer.text();
    return { ok: answer.ok, said, seconds: (performance.now() - began) / 1000 };
  };
  const sure = async (body: object): Promise<number> => {
    const { ok, said, seconds } = await post(body);
    if (!ok || !/"(succeeded|planned)"/.test(said)) throw new Error(said.slice(0, 2000));
    return seconds;
  };
  return {
    add: async (name, fields) => {
      await mkdir(join(scope.dir, 'intents'), { recursive: true });
      const intent = { action: 'backup', stack: name, ...fields };
      await writeFile(join(scope.dir, 'intents', `${name}.yaml`), JSON.stringify(intent));
      for (let tries = 0; tries < 100; tries += 1, await wait(100)) {
        const answer = await fetch(`${bot.url()}/intents`, { headers: HEADERS });
        if ((await answer.text()).includes(`"${name}"`)) return;
      }
      throw new Error(`The bot doesn’t read the intent ${name}.`);
    },
    preview: (name) => sure({ name, dry_run: true }),
    run: (name) => sure({ name }),
    confirm: async (name) => {
      const own = { ...environmentIn(scope.dir, discord), ...env };
      return (await chatops(['run', name, '--yes', '--confirm', name], scope.dir, own)) / 1000;
    },
  };
}
