/**
 * A process of its own for one round whose end is SIGKILL: `node child.js <JSON of {@link ChildTask}>`. It kills itself at
 * the fault; when it comes to the end of the run, it exits with 0.
 */
import type { Fault } from './fault.js';
import { open, type Place } from './open.js';
import { walk } from './walk.js';

export interface ChildTask {
  readonly place: Place;
  readonly fault: Fault;
}

const { place, fault } = JSON.parse(process.argv[2] ?? '') as ChildTask;
await walk(await open(place, fault));
process.exit(0);
