import { REST } from 'discord.js';
import type { NewAlert } from '../../../../src/core/model/incident.js';
import type { Run } from '../../../../src/core/model/run.js';
import { Redactor } from '../../../../src/core/ports/redact.js';
import type { IncidentStore, Store } from '../../../../src/core/ports/store.js';
import { type LocalDiscord, startLocalDiscord } from '../../../../src/playground/local-discord.js';
import { type OpsAlerts, startOpsAlerts } from '../../../../src/surfaces/discord/alerts/ops-alerts.js';
import { threads } from '../../../../src/surfaces/discord/alerts/threads.js';
import { channelMessages } from '../../../../src/surfaces/discord/channel-messages.js';
import { channelTurns } from '../../../../src/surfaces/discord/channel-turns.js';
import { createOpenapiValidator, openapiFile } from '../../../playground/openapi-validator.js';
import { sampleAlert } from '../../../store/contract/incidents.js';
import { openTemporary } from '../../../store/opened.js';
import { sampleAudit, sampleRun } from '../../../store/samples.js';
import { keptLog } from '../surface.js';

export const PACE = { gapMs: 10, pollMs: 50 };
const GENEROUS = { limit: 1000, windowMs: 1000 };

type StoredMessage = ReturnType<LocalDiscord['messages']>[number];

/** The ops channel's alerts on a real store and a local Discord, without the rest of the bot. */
export class AlertScene {
  readonly log = keptLog();
  /** What the permission check says. */
  lacking: string | null = null;
  /** The role that alerts call. */
  roleId: string | null = null;
  #ahead = 0;
  #alerts: OpsAlerts | null = null;
  #runs = 0;

  private constructor(
    readonly discord: LocalDiscord,
    readonly store: Store,
    private readonly dispose: () => Promise<void>,
  ) {}

  static async create(): Promise<AlertScene> {
    const file = openapiFile();
    const check = file ? { validateRequest: createOpenapiValidator(file) } : {};
    const rateLimits = { messages: GENEROUS, webhooks: GENEROUS };
    const discord = await startLocalDiscord({ ...check, rateLimits });
    const { store, dispose } = await openTemporary();
    const scene = new AlertScene(discord, store, dispose);
    await store.incidents.enroll('ops', new Date(0).toISOString());
    return scene;
  }

  readonly now = (): Date => new Date(Date.now() + this.#ahead);

  advance(ms: number): void {
    this.#ahead += ms;
    this.discord.advance(ms);
  }

  get channelId(): string {
    return this.discord.channelId('alerts');
  }

  /** Starts the alerts, as a new process would. `store` may fail where the test wants it to. */
  start(incidents: IncidentStore = this.store.incidents): OpsAlerts {
    const rest = new REST({ api: this.discord.apiUrl, retries: 0, timeout: 3000 }).setToken(
      this.discord.token,
    );
    this.#alerts = startOpsAlerts({
      incidents,
      runs: this.store.runs,
      messages: channelMessages(rest, channelTurns()),
      threads: threads(rest, () => this.discord.userId('bot')),
      redact: new Redactor().data,
      log: this.log,
      now: this.now,
      channelId: this.channelId,
      roleId: this.roleId,
      destination: 'ops',
      guildId: () => this.discord.guildId,
      lacking: () => this.lacking,
      pace: PACE,
    });
    return this.#alerts;
  }

  /** A run that ended so, with its alert and log. Returns its id. */
  async ends(kind: 'failed' | 'recovered', change: Partial<NewAlert['subject']> = {}): Promise<string> {
    this.#runs += 1;
    const id = `r-${this.#runs + 1000}`;
    const at = this.now().toISOString();
    const state = kind === 'recovered' ? 'succeeded' : 'failed';
    const outcome: Run['outcome'] = {
      state,
      reason: kind === 'failed' ? 'destination_full' : 'done',
      summary: [[`${id} ended.`]],
      warnings: [],
      tail: [],
    };
    const run = sampleRun({ id, state, outcome, startedAt: at, finishedAt: at });
    await this.store.runs.insert(run, sampleAudit({ runId: id }));
    await this.store.runs.writeLog(id, `log of ${id}\n`);
    const alert = sampleAlert(kind, 0, { runId: id, at, text: [[`${id} ended.`]] });
    await this.store.incidents.raise({ ...alert, subject: { ...alert.subject, ...change } });
    return id;
  }

  cards(): readonly StoredMessage[] {
    return this.discord.messages('alerts');
  }

  /** Every message in every thread, oldest first. */
  entries(): readonly StoredMessage[] {
    return this.cards().flatMap(({ id }) => this.entriesIn(id));
  }

  entriesIn(threadId: string): readonly StoredMessage[] {
    try {
      return this.discord.messages(threadId);
    } catch {
      return [];
    }
  }

  /** Waits until nothing is owed any more. */
  async settled(): Promise<void> {
    const deadline = Date.now() + 15_000;
    while ((await this.store.incidents.due('ops', 1)).length > 0) {
      if (Date.now() > deadline) throw new Error(`still owed: ${JSON.stringify(this.log.lines.slice(-3))}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    await this.#alerts?.end();
    this.#alerts = null;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.discord.close();
    await this.dispose();
  }
}
