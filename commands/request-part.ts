import type { SlashCommandBooleanOption, SlashCommandStringOption } from 'discord.js';
import type { RunRequest } from '../src/core/request.js';

/** What a slash command says about the request; who asks and from where is added by the surface. */
export type RequestPart = Pick<RunRequest, 'intent' | 'params' | 'dryRun' | 'action'>;

/** The option `intent` of every command that asks for a run. Its value is the intent's name to the letter. */
export function intentOption(description: string) {
  return (option: SlashCommandStringOption): SlashCommandStringOption =>
    option.setName('intent').setDescription(description).setRequired(true).setAutocomplete(true);
}

/** The option `dry_run` of every command that asks for a run. */
export function dryRunOption(option: SlashCommandBooleanOption): SlashCommandBooleanOption {
  return option.setName('dry_run').setDescription('Only show what would happen, without Confirm.');
}
