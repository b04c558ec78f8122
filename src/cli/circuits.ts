import { type Circuit, circuitNotice } from '../core/ports/circuit.js';
import type { Context } from './context.js';
import { EXIT, refusal } from './errors.js';
import { clean, type Style, sentence } from './text.js';

/** `chatops circuits`: what outside isn't asked now, why, and when it is tried again. */
export async function circuitsCommand({ app, deps, out }: Context): Promise<number> {
  const circuits = app.circuitDesk.list(deps.operator);
  if (out.json) out.result(circuits);
  else if (circuits.length === 0) out.lines(['Nothing is paused: everything is asked when it’s needed.']);
  else out.lines(circuits.map((circuit) => circuitLine(circuit, out.style)));
  return EXIT.done;
}

/** `chatops circuits retry <target>`: the next run or preview that needs it asks at once. */
export async function retryCommand({ app, deps, out }: Context, target: string): Promise<number> {
  const answer = await app.circuitDesk.tryNow(deps.operator, 'cli', target);
  if (!answer.ok) throw refusal(answer.notice);
  if (out.json) out.result(answer.circuit);
  out.lines([`${out.style.bold(clean(target))} is asked again by the next preview or run that needs it.`]);
  return EXIT.done;
}

/** The line of something that isn't asked now. */
export function circuitLine(circuit: Circuit, style: Style): string {
  return `⏸ ${sentence(circuitNotice(circuit).message, style)}`;
}
