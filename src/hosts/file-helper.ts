import { createInterface } from 'node:readline';
import { HostError } from '../core/ports/host.js';
import type { FileAnswer, FileArgument, FileRequest } from './file-protocol.js';
import { helperOperations } from './helper-operations.js';

/**
 * The program of a process that looks after files for the bot, so that a mount which doesn't answer holds up this
 * process and not the bot: requests on standard input, answers on standard output, a line of JSON each.
 */
const lines = createInterface({ input: process.stdin, terminal: false });

lines.on('line', (line) => void answer(JSON.parse(line) as FileRequest));
// Whoever asked is gone. Leaving in the usual way would wait for what is under way.
lines.on('close', () => process.kill(process.pid, 'SIGKILL'));

async function answer({ id, operation, args }: FileRequest): Promise<void> {
  const work = helperOperations[operation] as (...args: readonly FileArgument[]) => Promise<unknown>;
  tell(
    await work(...args).then(
      (value) => ({ id, value: value ?? null }),
      (error) => faultOf(id, error),
    ),
  );
}

function faultOf(id: number, error: unknown): FileAnswer {
  const { code, path, message } =
    error instanceof HostError ? error : new HostError('EUNKNOWN', '', String(error));
  return { id, fault: { code, path, message } };
}

function tell(given: FileAnswer): void {
  process.stdout.write(`${JSON.stringify(given)}\n`);
}
