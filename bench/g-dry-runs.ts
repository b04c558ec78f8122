import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startLocalDiscord } from '../src/playground/local-discord.js';
import { startBot } from './support/bot-process.js';
import type { Figure, Part } from './support/figures.js';
import { NO_LIMITS } from './support/limits.js';
import { startPlainServer, startProxmox } from './support/plain-server.js';
import { inScope } from './support/scope.js';
import { median, rounded } from './support/stats.js';

const CONNECTIONS = 16;
const SECONDS = 10;
const ROUNDS = 3;
const KEY = 'a-key-of-the-bench';
/** Dry runs a second of the Python service that did this job before, at its best. */
const OLDER_SERVICE = 400;
const INTENT = 'action: backup\nbackup_type: vm_proxmox\nstack: web\nvm_id: 100\nstorage: backup\n';

interface Round {
  readonly ours: number;
  readonly plain: number;
  readonly p99Ms: number;
}

/** (g) Dry runs of a VM's backup over `POST /run`, each planned anew and kept in the history. */
export const dryRuns: Part = {
  title: `vm_proxmox dry runs over /run, ${CONNECTIONS} connections`,
  run: () =>
    inScope(async (scope) => {
      const discord = await startLocalDiscord({ rateLimits: NO_LIMITS });
      scope.defer(() => discord.close());
      const proxmox = await startProxmox(scope);
      const plain = await startPlainServer(scope);
      const bot = await startBot(scope, 'ours', scope.dir, discord, {
        env: {
          CHATOPS_API_KEY: KEY,
          CHATOPS_HTTP_RATE_LIMIT: '0',
          PVE_API_URL: proxmox.url,
          PVE_API_TOKEN: 'root@pam!bench=00000000-0000-0000-0000-000000000000',
        },
      });
      await writeFile(join(scope.dir, 'intents', 'vm.yaml'), INTENT);
      await known(bot.url());
      await load(`${bot.url()}/run`);
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const ours = await load(`${bot.url()}/run`);
        const beside = await load(plain.url);
        rounds.push({ ours: ours.perSecond, plain: beside.perSecond, p99Ms: ours.p99Ms });
      }
      return { figures: figuresOf(rounds), raw: rounds };
    }),
};

/** Until the bot has read the intent, which was written while it ran. */
async function known(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const response = await fetch(`${url}/run`, { method: 'POST', headers: HEADERS, body: BODY });
    await response.body?.cancel();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The bot refuses the dry run.');
}

const HEADERS = { 'x-api-key': KEY, 'content-type': 'application/json' };
const BODY = JSON.stringify({ name: 'vm', dry_run: true });

async function load(url: string): Promise<{ readonly perSecond: number; readonly p99Ms: number }> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: HEADERS,
    body: BODY,
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers of ${url} were refusals, ${result.errors} calls failed.`);
  }
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 };
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const ours = rounded(median(rounds.map((round) => round.ours)));
  return [
    {
      what: 'dry runs a second',
      unit: '/s',
      values: { ours, 'a server that does nothing': median(rounds.map(({ plain }) => plain)) },
      judged: { what: 'ours ÷ 400/s of the older service', value: ours / OLDER_SERVICE, atLeast: 5 },
    },
    {
      what: 'one dry run, p99',
      unit: 'ms',
      values: { ours: median(rounds.map(({ p99Ms }) => p99Ms)) },
    },
  ];
}
