import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A program of its own, because the larger a process is, the longer it takes to start another:
 * `node bare-trues.js <count>` runs that many `true`s one after the other and prints the ms that each took.
 */
const count = Number(process.argv[2]);
const began = performance.now();
for (let done = 0; done < count; done += 1) await once(spawn('true', { stdio: 'ignore' }), 'exit');
process.stdout.write(JSON.stringify((performance.now() - began) / count));
