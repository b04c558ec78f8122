import type { APIEmbed, ChatInputApplicationCommandData } from 'discord.js';

/** The commands that the bots for comparison register: of ours, those that are measured. */
export const COMMANDS: readonly ChatInputApplicationCommandData[] = [
  { name: 'help', description: 'What the bot can do for you, and how to teach it more.' },
  { name: 'runs', description: 'The last ten runs: how each ended, who asked, when.' },
  {
    name: 'backup',
    description: 'Shows what a backup would do, with numbers. Runs it once you confirm.',
    options: [
      { type: 3, name: 'intent', description: 'Which backup. Begin to type its name.', required: true },
    ],
  },
];

/** About as long as our own `/help`. */
export const HELP: APIEmbed = {
  color: 0x5865f2,
  description: [
    '**ChatOps**: every command shows first what would happen, with numbers. Nothing runs before Confirm.',
    '',
    ...['backup', 'scale', 'rollout', 'status', 'runs', 'run', 'intents'].map(
      (name) => `**/${name}**: what it does, in a sentence of about this length, and what it needs for that.`,
    ),
    '',
    'Teach the bot more by adding a YAML file to its folder of intents.',
  ].join('\n'),
};

/** What follows on a deferred answer. */
export const LATER: APIEmbed = { color: 0x5865f2, description: 'That is all there is to say about it.' };
