import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { textOf } from '../../src/playground/driver/text.js';
import type { StoredMessage } from '../../src/playground/world/world.js';
import { until } from '../core/harness.js';
import { githubPush } from '../surfaces/http/webhooks/payloads.js';
import { runIdIn, Stage } from './stage.js';

const KEY = 'an-api-key-of-the-test';
const SECRET = 'a-webhook-secret';
const FINAL = ['succeeded', 'failed', 'rolled_back', 'cancelled', 'expired', 'refused', 'plan_changed'];
/** From writing a schedule down to its time, in ms. */
export const AHEAD_MS = 5000;

const POLICY = `
roles:
  Admins: {discord_roles: Admin, rights: "*"}
  Askers: {discord_roles: Operator, rights: run}
  Watchers: {discord_roles: Viewer, rights: view}
  Key: {api_keys: CHATOPS_API_KEY, rights: "*", endpoints: "*"}
  Clock: {schedules: "*", rights: run}
  Hooks: {webhooks: "github:acme/infra", rights: run}
deny:
  Not by this clock: {schedules: barred}
  Secret: {discord_roles: Operator, intents: secret}
windows:
  Always open: {intents: "*"}
confirm:
  Two for this: {intents: policy_approval, confirm: two_people}
limits: {per_intent: 3 per 1h, per_intent_at_once: 1}
webhooks:
  Known: {provider: github, repositories: [acme/infra, acme/other]}
`;

/** Not the note that the plan is still being made. */
const ANSWER = /^(?![\s\S]*⏱ Planning…)/;
/** What a machine under a whole suite's load may take. */
export const PATIENT = { timeoutMs: 25_000 };

interface RunView {
  readonly id: string;
  readonly state: string;
  readonly source: string;
  readonly actor: { readonly kind: string; readonly name: string };
}

/** One bot with a policy, on which many short stories happen side by side, each with its own intent and channel. */
export class Pairs {
  readonly #schedules: object[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly stage: Stage,
    private readonly url: string,
  ) {}

  static async open(channels: readonly string[]): Promise<Pairs> {
    const stage = await Stage.create({
      discord: {
        // A whole suite's load must not fail what is not about time.
        firstAnswerMs: 10_000,
        seed: {
          channels: ['ops', 'alerts', ...channels],
          members: {
            alice: { roles: ['Admin'] },
            bob: { roles: ['Admin'] },
            olga: { roles: ['Operator'] },
            victor: { roles: ['Viewer'] },
          },
        },
      },
      env: {
        CHATOPS_POLICY_FILE: 'policy.yaml',
        CHATOPS_SCHEDULES_FILE: 'schedules.json',
        CHATOPS_API_KEY: KEY,
        CHATOPS_HTTP_RATE_LIMIT: '0',
        CHATOPS_LARGE_DELETION_FILES: '3',
        CHATOPS_RUNS_AT_ONCE: '8',
        GITHUB_WEBHOOK_SECRET: SECRET,
      },
      envOf: (discord) => ({ DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts') }),
    });
    await stage.files('src', { 'a.txt': 'alpha' });
    await stage.files('big', { 'b.bin': randomBytes(300_000) });
    await writeFile(stage.path('policy.yaml'), POLICY);
    await writeFile(stage.path('schedules.json'), '{"schedules": []}');
    const bot = await stage.start();
    return new Pairs(stage, await bot.url());
  }

  as(name: string) {
    return this.stage.discord.as(name);
  }

  /** A mirror of one small file into a folder of the intent's name; `more`: further lines. */
  async mirror(name: string, more = '', { from = 'src', to = name, options = '["--delete"]' } = {}) {
    await this.stage.intent(name, mirrorText(this.stage, name, more, { from, to, options }));
    await this.#known(name);
  }

  /** Two steps, each a mirror into a folder of its own: `<name>-1` and `<name>-2`. */
  async steps(name: string, more = '', first = '') {
    const step = (id: number, needs: string) =>
      `  step_${id}:\n    action: backup\n    backup_type: docker_volumes\n    stack: ${name}\n    source: ${this.stage.path('src')}\n    destination: ${this.stage.path('dst', `${name}-${id}`)}\n    options: ["--delete"]\n${needs}`;
    const begin = first === '' ? step(1, '') : `  step_1:\n${first}`;
    await this.stage.intent(
      name,
      `action: steps\nstack: ${name}\n${more}\nsteps:\n${begin}${step(2, '    needs: step_1\n')}`,
    );
    await this.#known(name);
  }

  async #known(name: string): Promise<void> {
    await until(
      async () =>
        ((await (await this.call('GET', '/intents')).json()) as { name: string }[]).some(
          (one) => one.name === name,
        ),
      `${name} is known`,
    );
  }

  /** Old files at the destination, so many that deleting them asks for the name. */
  async old(folder: string): Promise<void> {
    await mkdir(this.stage.path('dst', folder), { recursive: true });
    for (const name of ['1', '2', '3', '4'])
      await writeFile(this.stage.path('dst', folder, `old-${name}`), 'old');
  }

  /** What is in a folder at the destination, looked at beside the bot. */
  copied(folder: string): readonly string[] {
    const path = this.stage.path('dst', folder);
    return existsSync(path) ? readdirSync(path).sort() : [];
  }

  call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-api-key': KEY, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  async runs(intent: string): Promise<readonly RunView[]> {
    return (await (await this.call('GET', `/runs?intent=${intent}`)).json()) as RunView[];
  }

  /** The ends of so many runs of an intent, oldest first. */
  async ends(intent: string, count = 1): Promise<readonly string[]> {
    const look = async () => (await this.runs(intent)).filter(({ state }) => FINAL.includes(state));
    for (let waited = 0; (await look()).length < count; waited += 100) {
      if (waited > 30_000) throw new Error(`${intent}: ${JSON.stringify(await this.runs(intent))}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return (await look()).map(({ state }) => state).reverse();
  }

  async stateOf(shown: StoredMessage): Promise<string> {
    const answer = await this.call('GET', `/runs/${runIdIn(textOf(shown))}`);
    return ((await answer.json()) as RunView).state;
  }

  /** Somebody asks in the story's channel; resolves with what everybody or they alone read. */
  ask(who: string, intent: string, channel: string, params = '', command = 'backup'): Promise<StoredMessage> {
    const options = { intent, ...(params === '' ? {} : { params }) };
    return this.as(who).slash(command, options, { channel }).waitForMessage(ANSWER, PATIENT);
  }

  /** What somebody is told who asks or presses, and the run as it is afterwards. */
  async told(who: string, shown: StoredMessage, button: string): Promise<string> {
    return textOf(await this.as(who).press(shown, button).waitForMessage(/./, PATIENT));
  }

  /** Presses a button that opens a form, and types. */
  async type(who: string, shown: StoredMessage, button: string, text: string) {
    const opened = this.as(who).press(shown, button);
    await opened.settled();
    if (!opened.modal()) throw new Error(`no form: ${opened.replies().map(textOf).join()}`);
    return this.as(who).submitModal(opened, { text });
  }

  async lock(stack: string, channel: string): Promise<void> {
    await this.as('bob')
      .slash('lock', { stack, reason: 'new disks' }, { channel })
      .waitForMessage(/is locked/, PATIENT);
  }

  async unlock(stack: string, channel: string): Promise<void> {
    await this.as('bob')
      .slash('unlock', { stack }, { channel })
      .waitForMessage(/unlocked|lifted|no longer/, PATIENT);
  }

  /** Runs an intent once by a schedule, a few seconds from now. */
  async scheduled(intent: string, params: object = {}, name = intent): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const at = new Date(Date.now() + AHEAD_MS);
      const day = `${at.getUTCDate()} ${at.getUTCMonth() + 1}`;
      const cron = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ${day} *`;
      this.#schedules.push({ name, intent, cron, timezone: 'UTC', params });
      await writeFile(this.stage.path('schedules.json'), JSON.stringify({ schedules: this.#schedules }));
      await this.call('POST', '/schedules/reload');
    });
    await this.#writing;
  }

  /** A push whose commit names the intent. */
  async pushed(intent: string, repository = 'acme/infra'): Promise<number> {
    const push = githubPush({
      messages: [`Now [chatops:intent=${intent}]`],
      commit: randomBytes(20).toString('hex'),
    });
    const body = JSON.stringify({ ...push, repository: { ...push.repository, full_name: repository } });
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    const answer = await this.call('POST', '/webhook/github', body, {
      'x-github-event': 'push',
      'x-github-delivery': randomBytes(8).toString('hex'),
      'x-hub-signature-256': `sha256=${signature}`,
    });
    return answer.status;
  }

  /** The preview of a run that nobody in Discord asked for. */
  waiting(intent: string, button = /Confirm/): Promise<StoredMessage> {
    return this.as('bob').waitForMessage(
      (message) => textOf(message).includes(`· ${intent}`) && button.test(textOf(message)),
      { channel: 'alerts', timeoutMs: 15_000, what: `the preview of ${intent}` },
    );
  }

  /** Waits until a refusal of this intent is in the audit trail, and gives its reason. */
  async refusedInTrail(intent: string, kind: string): Promise<string> {
    type Row = { event: string; intent: string; actor: { kind: string }; detail: { reason: string } };
    for (let waited = 0; waited < 15_000; waited += 300) {
      const rows = await this.stage.json<Row[]>(['audit', '--limit', '500']);
      const row = rows.find(
        (one) => one.event === 'refused' && one.intent === intent && one.actor.kind === kind,
      );
      if (row) return row.detail.reason;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    throw new Error(`${intent} was never refused`);
  }
}

function mirrorText(
  stage: Stage,
  name: string,
  more: string,
  { from, to, options }: { from: string; to: string; options: string },
): string {
  return `action: backup\nbackup_type: docker_volumes\nstack: ${name}\nsource: ${stage.path(from)}\ndestination: ${stage.path('dst', to)}\noptions: ${options}\n${more}\n`;
}
