import { Command } from 'commander';
import { collectParam, rowCount } from './arguments.js';
import { adoptCommand, artifactsCommand, rescanCommand } from './artifacts.js';
import { acceptCommand, auditCommand, verifyCommand } from './audit.js';
import { cancelCommand } from './cancel.js';
import { circuitsCommand, retryCommand } from './circuits.js';
import { doctorCommand } from './doctor.js';
import { intentsCommand, runsCommand } from './listings.js';
import { lockCommand, unlockCommand } from './lock.js';
import { planCommand } from './plan.js';
import { addPolicyCommands } from './policy-program.js';
import type { ProgramHooks } from './program-hooks.js';
import { runCommand } from './run.js';
import { addSchedulesCommands } from './schedules-program.js';
import { schemaCommand } from './schema.js';
import { showCommand } from './show.js';
import { statusCommand } from './status.js';
import { validateCommand } from './validate.js';

const EXAMPLES = `
Examples:
  chatops intents                  what may be done
  chatops plan plex-database       what a backup would do, in numbers; changes nothing
  chatops run plex-database        the same, then asks, then does it
  chatops run plex-database --yes  without the question, for scripts
  chatops validate my-intents/     checks intent files
  chatops runs --json              the history, for machines
  chatops doctor                   what is wrong here, and how to mend it

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused or not confirmed.`;

/** The `chatops` command with all its subcommands. Nothing is opened before an action needs it. */
export function createProgram({ deps, out, withApp, finish }: ProgramHooks): Command {
  const program = new Command('chatops')
    .description('Runs your infrastructure’s jobs with a preview first, in Discord and here.')
    .version(deps.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print JSON for machines')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => deps.stdout.write(text),
      writeErr: (text) => deps.stderr.write(text),
      // Usage errors are printed where every other error is.
      outputError: () => {},
    })
    .addHelpText('after', EXAMPLES)
    .exitOverride();

  program
    .command('start')
    .description('start the bot and its side port; without a token, in the playground')
    .action(() => finish(deps.start()));

  program
    .command('playground')
    .description('start the bot in a browser page, with a Discord server on this machine only')
    .action(() => finish(deps.playground()));

  program
    .command('plan')
    .argument('<intent>', 'the intent’s exact name')
    .description('show what a run would do; changes nothing')
    .option('-p, --param <name=value>', 'a parameter; can be repeated', collectParam)
    .option('-c, --commands', 'show the exact commands of every step too')
    .addHelpText('after', '\nExample:\n  chatops plan plex-database --commands')
    .action((intent: string, { param, commands }: PlanFlags) =>
      withApp((ctx) => planCommand(ctx, intent, { params: param ?? {}, commands: commands === true })),
    );

  program
    .command('run')
    .argument('<intent>', 'the intent’s exact name')
    .description('preview, ask, then run')
    .option('-y, --yes', 'do not ask; needed where nobody can answer')
    .option('--confirm <name>', 'the intent’s name again; needed beside --yes when very much is deleted')
    .option('-p, --param <name=value>', 'a parameter; can be repeated', collectParam)
    .option('--dry-run', 'stop after the preview')
    .option('--resume <run>', 'go on from where a run with steps ended; what is done is not repeated')
    .addHelpText(
      'after',
      '\nCtrl-C stops the run and tidies up; a second one leaves it as it is.\n\nExample:\n  chatops run plex-database --yes --json',
    )
    .action((intent: string, { param, yes, confirm, dryRun, resume }: RunFlags) =>
      withApp((ctx) =>
        runCommand(ctx, intent, {
          params: param ?? {},
          yes: yes === true,
          confirm: confirm ?? null,
          dryRun: dryRun === true,
          resume: resume ?? null,
        }),
      ),
    );

  program
    .command('cancel')
    .argument('<run>', 'its id, such as r-7k2m')
    .description('take back a preview that waits for somebody else')
    .action((id: string) => withApp((ctx) => cancelCommand(ctx, id)));

  program
    .command('lock')
    .argument('<stack>', 'the stack’s exact name')
    .description('hold a stack: no run on it begins until it is unlocked')
    .requiredOption('-r, --reason <text>', 'why; everybody who is refused reads it')
    .option('--for <time>', 'how long, such as 30m, 2h or 3d; until it is unlocked when left out')
    .addHelpText('after', '\nExample:\n  chatops lock media --reason "moving disks" --for 2h')
    .action((stack: string, options: LockFlags) => withApp((ctx) => lockCommand(ctx, stack, options)));

  program
    .command('unlock')
    .argument('<stack>', 'the stack’s exact name')
    .description('lift the hold on a stack')
    .action((stack: string) => withApp((ctx) => unlockCommand(ctx, stack)));

  program
    .command('intents')
    .description('list what may be done')
    .action(() => finish(intentsCommand(deps, out)));

  program
    .command('status')
    .description('show what runs in each stack and what was last done to it')
    .action(() => withApp(statusCommand, 'look'));

  const circuits = program
    .command('circuits')
    .description('list what outside did not answer, and is not asked for now')
    .action(() => withApp(circuitsCommand, 'read'));
  circuits
    .command('retry')
    .argument('<target>', 'its exact name, such as docker:local')
    .description('let the next preview or run that needs it ask at once')
    .action((target: string) => withApp((ctx) => retryCommand(ctx, target)));

  addSchedulesCommands(program, { withApp });

  program
    .command('validate')
    .argument('[path...]', 'files or folders; without any, the configured intents folder and schedules file')
    .description('check intent files and the schedules file')
    .addHelpText('after', '\nExample:\n  chatops validate intents/plex-database.yaml')
    .action((paths: string[]) => finish(validateCommand(deps, out, paths)));

  program
    .command('doctor')
    .description('find everything that is wrong with this installation; changes nothing')
    .addHelpText(
      'after',
      '\nLooks at configuration, Discord, intents, tools, Docker, Proxmox, folders and the side port. Exits with 1\nwhen something is broken, with 0 when all is well; warnings count as well.\n\nExample:\n  chatops doctor --json',
    )
    .action(() => finish(doctorCommand(deps, out)));

  program
    .command('schema')
    .description('print the JSON Schema of intent files, for editors')
    .action(() => finish(schemaCommand(out)));

  program
    .command('runs')
    .description('list the last runs, newest first')
    .option('-n, --limit <rows>', 'how many at most', rowCount, 20)
    .option('-i, --intent <name>', 'only runs of this intent')
    .action((options: { limit: number; intent?: string }) =>
      withApp((ctx) => runsCommand(ctx, options), 'read'),
    );

  const artifacts = program
    .command('artifacts')
    .argument('[intent]', 'only what this intent made, under its present or an earlier name')
    .description('list what backups left; artifacts adopt takes archives into the catalogue')
    .option('-a, --all', 'those that were deleted too')
    .action((intent: string | undefined, { all }: { all?: boolean }) =>
      withApp((ctx) => artifactsCommand(ctx, { intent: intent ?? null, all: all === true }), 'read'),
    );
  artifacts
    .command('adopt')
    .argument('<path...>', 'archives, or folders that hold some')
    .description('take archives into the catalogue that are there already')
    .option('-y, --yes', 'do not ask; needed where nobody can answer')
    .option('--dry-run', 'only read them, and say what would be adopted')
    .addHelpText(
      'after',
      '\nEach is read to its end and compared with its manifest, where there is one. From then on it counts for\nretention, like those that were made here.\n\nExample:\n  chatops artifacts adopt /srv/backups/photos',
    )
    .action((paths: string[], { yes, dryRun }: { yes?: boolean; dryRun?: boolean }) =>
      withApp((ctx) => adoptCommand(ctx, paths, { yes: yes === true, dryRun: dryRun === true })),
    );
  artifacts
    .command('rescan')
    .description('mark what is gone from its folder')
    .action(() => withApp(rescanCommand));

  program
    .command('show')
    .argument('<run>', 'the run’s id, such as r-7k2m')
    .description('show one run')
    .option('-l, --log', 'print its log too')
    .action((id: string, { log }: { log?: boolean }) =>
      withApp((ctx) => showCommand(ctx, id, { log: log === true }), 'read'),
    );

  addPolicyCommands(program, { deps, out, finish });

  const audit = program
    .command('audit')
    .description('list the last rows of the audit trail; audit verify checks it')
    .option('-n, --limit <rows>', 'how many at most', rowCount, 20)
    .action((options: { limit: number }) => withApp((ctx) => auditCommand(ctx, options), 'read'));
  audit
    .command('verify')
    .description('check that no row of the trail was changed or removed')
    .action(() => withApp(verifyCommand, 'read'));
  audit
    .command('accept')
    .description('continue from the trail as it is, after its end was lost or changed')
    .action(() => withApp(acceptCommand));

  return program;
}

interface PlanFlags {
  readonly param?: Readonly<Record<string, string>>;
  readonly commands?: boolean;
}

interface RunFlags {
  readonly param?: Readonly<Record<string, string>>;
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly dryRun?: boolean;
  readonly resume?: string;
}

interface LockFlags {
  readonly reason: string;
  readonly for?: string;
}
