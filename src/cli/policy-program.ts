import type { Command } from 'commander';
import {
  policyCheckCommand,
  policyCommand,
  policyExplainCommand,
  policySchemaCommand,
  policyTestCommand,
} from './policy.js';
import type { ProgramHooks } from './program-hooks.js';

/** `chatops policy` with its subcommands: who may do what. None of them opens the database. */
export function addPolicyCommands(
  program: Command,
  { deps, out, finish }: Pick<ProgramHooks, 'deps' | 'out' | 'finish'>,
): void {
  const policy = program
    .command('policy')
    .description('show who may do what; policy check, explain and test look closer')
    .action(() => finish(policyCommand(deps, out)));
  policy
    .command('check')
    .argument('[file]', 'a policy file; without it, the configured one')
    .description('check the policy file, and whether its names fit the intents')
    .action((file?: string) => finish(policyCheckCommand(deps, out, file)));
  policy
    .command('explain')
    .argument('<actor>', 'user:<id>@<role>,<role>, key:<name>, schedule:<name>, webhook:<name> or operator')
    .argument('<intent>', 'the intent’s exact name')
    .description('show what somebody may do with an intent, and which rule says so')
    .option('-c, --channel <channel>', 'where they speak, by id or by name')
    .option('--administrator', 'they are administrator of the Discord server')
    .addHelpText(
      'after',
      '\nEnds with 3 when they may not run it.\n\nExample:\n  chatops policy explain user:112233445566778899@Operator rollout_media',
    )
    .action((actor: string, intent: string, options: { channel?: string; administrator?: boolean }) =>
      finish(policyExplainCommand(deps, out, actor, intent, options)),
    );
  policy
    .command('test')
    .argument('[file]', 'a policy file; without it, the configured one')
    .description('run the tests that the policy file itself holds')
    .action((file?: string) => finish(policyTestCommand(deps, out, file)));
  policy
    .command('schema')
    .description('print the JSON Schema of policy files, for editors')
    .action(() => finish(policySchemaCommand(out)));
}
