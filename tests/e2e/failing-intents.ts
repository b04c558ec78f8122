import { textOf } from '../../src/playground/driver/text.js';
import { shoutingRsync } from './shouting-rsync.js';
import { runIdIn, Stage } from './stage.js';

/** Names of the intents, each with a destination of its own. */
export const INTENTS = ['alpha', 'bravo', 'charlie', 'delta', 'echo'] as const;

type StoredMessage = ReturnType<Stage['discord']['messages']>[number];

/** A stage whose five backups fail while their program is broken: the preview is fine, the copy is not. */
export interface FailingStage {
  readonly stage: Stage;
  /** The environment of a command in which backups work. */
  readonly working: Readonly<Record<string, string>>;
  /** The alert cards, oldest first. */
  cards(): readonly StoredMessage[];
  /** Run ids by how often an entry of a thread has their log. */
  told(): ReadonlyMap<string, number>;
  /** Asks for a backup in Discord, confirms it and returns the run's id. */
  confirm(intent: string): Promise<string>;
}

/** Alerts go to a channel of their own; what people type and read stays in the other one. */
export async function failingStage(): Promise<FailingStage> {
  const broken = await shoutingRsync('rsync: no space left\n', { when: 'real-run', exitCode: 11 });
  const stage = await Stage.create({
    // Not what is tested here, and the machine is busy with a hundred backups.
    discord: { firstAnswerMs: 20_000 },
    envOf: (discord) => ({
      PATH: `${broken}:${process.env.PATH ?? ''}`,
      DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts'),
    }),
  });
  await stage.files('src', { 'a.txt': 'text' });
  for (const name of INTENTS) {
    await stage.intent(
      name,
      `action: backup\nbackup_type: docker_volumes\nstack: ${name}\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', name)}\n`,
    );
  }
  const alice = stage.discord.as('alice');
  const cards = () => stage.discord.messages('alerts');
  return {
    stage,
    working: { PATH: process.env.PATH ?? '' },
    cards,
    told: () => {
      const counts = new Map<string, number>();
      const threads = cards().filter(({ thread }) => thread !== undefined);
      for (const message of threads.flatMap(({ id }) => stage.discord.messages(id))) {
        for (const id of runsIn(message)) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return counts;
    },
    confirm: async (intent) => {
      const shown = await alice.slash('backup', { intent }).waitForMessage(/Confirm/, { timeoutMs: 120_000 });
      alice.press(shown, 'Confirm');
      return runIdIn(textOf(shown));
    },
  };
}

/** The runs that a thread's message tells of. */
function runsIn({ content, embeds }: StoredMessage): string[] {
  const text = `${content}\n${embeds.map(({ description }) => description ?? '').join('\n')}`;
  return [...text.matchAll(/(?:❌|✅|⏸)[^\n]*?`(r-[2-9a-z]{4,})`/g)].map(([, id = '']) => id);
}
