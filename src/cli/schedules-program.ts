import type { Command } from 'commander';
import type { ProgramHooks } from './program-hooks.js';
import { pauseCommand, resumeCommand, runScheduleCommand, schedulesCommand } from './schedules.js';

interface RunFlags {
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly dryRun?: boolean;
}

/** `chatops schedules` and its subcommands. */
export function addSchedulesCommands(program: Command, { withApp }: Pick<ProgramHooks, 'withApp'>): void {
  const schedules = program
    .command('schedules')
    .description('list what runs by itself: when next, and how it went last')
    .action(() => withApp(schedulesCommand, 'read'));
  schedules
    .command('list')
    .description('the same')
    .action(() => withApp(schedulesCommand, 'read'));
  schedules
    .command('pause')
    .argument('<schedule>', 'its exact name')
    .description('let it begin no more runs, until it is resumed')
    .action((name: string) => withApp((ctx) => pauseCommand(ctx, name)));
  schedules
    .command('resume')
    .argument('<schedule>', 'its exact name')
    .description('let it run again, from its next time on')
    .action((name: string) => withApp((ctx) => resumeCommand(ctx, name)));
  schedules
    .command('run')
    .argument('<schedule>', 'its exact name')
    .description('preview what it runs, ask, then run it now')
    .option('-y, --yes', 'do not ask; needed where nobody can answer')
    .option('--confirm <name>', 'the intent’s name; needed beside --yes when very much is deleted')
    .option('--dry-run', 'stop after the preview')
    .addHelpText('after', '\nExample:\n  chatops schedules run nightly-plex --yes')
    .action((name: string, { yes, confirm, dryRun }: RunFlags) =>
      withApp((ctx) =>
        runScheduleCommand(ctx, name, {
          yes: yes === true,
          confirm: confirm ?? null,
          dryRun: dryRun === true,
        }),
      ),
    );
}
