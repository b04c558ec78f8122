import type { SlashCommandBooleanOption, SlashCommandStringOption } from '@discordjs/builders';
import type { RunRequest } from '../src/core/model/request.js';

/** What a slash command says about the request; who asks and from where is added by the surface. */
export interface RequestPart extends Pick<RunRequest, 'intent' | 'params' | 'dryRun' | 'action'> {
  /** Further values as they were typed: `album=summer days=30`; null when nothing was. */
  readonly typed: string | null;
}

const LONGEST_PARAMS = 2000;

/** The option `intent` of every command that asks for a run. Its value is the intent's name to the letter. */
export function intentOption(description: string) {
  return (option: SlashCommandStringOption): SlashCommandStringOption =>
    option.setName('intent').setDescription(description).setRequired(true).setAutocomplete(true);
}

/** The option `params` of every command that asks for a run: values for what the intent declares. */
export function paramsOption(option: SlashCommandStringOption): SlashCommandStringOption {
  return option
    .setName('params')
    .setDescription('Values for the intent, as name=value name=value. A form asks for what is missing.')
    .setMaxLength(LONGEST_PARAMS)
    .setAutocomplete(true);
}

/** The option `dry_run` of every command that asks for a run. */
export function dryRunOption(option: SlashCommandBooleanOption): SlashCommandBooleanOption {
  return option.setName('dry_run').setDescription('Only show what would happen, without Confirm.');
}
