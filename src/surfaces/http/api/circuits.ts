import * as z from 'zod';
import { ProblemError, problemOf } from '../problem.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';

const CircuitView = z
  .object({
    target: z.string(),
    reason: z.string(),
    since: z.string(),
    nextTry: z.string(),
    failures: z.int(),
  })
  .meta({ id: 'Circuit', description: 'Something outside that did not answer, and isn’t asked for now.' });

/** What outside isn't asked now, and trying it at once. */
export function circuitOperations({ circuits }: ApiDeps): readonly Operation[] {
  return [
    operation({
      id: 'circuits',
      method: 'GET',
      path: '/circuits',
      summary: 'What did not answer several times in a row, and isn’t asked for now',
      endpoint: 'status',
      answers: {
        200: { description: 'By target, as `chatops circuits --json`.', schema: z.array(CircuitView) },
      },
      handle: ({ actor }) => json(200, circuits.list(actor)),
    }),
    operation({
      id: 'retryCircuit',
      method: 'POST',
      path: '/circuits/{target}/retry',
      summary: 'Let the next preview or run that needs it ask at once',
      description: 'For a key that can run something. Nothing is asked by this call itself.',
      endpoint: 'run',
      limited: true,
      params: z.object({ target: z.string().describe('Such as `docker:local`.') }),
      answers: { 200: { description: 'It is asked again.', schema: CircuitView } },
      problems: [404],
      handle: async ({ actor, params }) => {
        const answer = await circuits.tryNow(actor, 'http', params.target);
        if (!answer.ok) throw new ProblemError(problemOf(answer.notice));
        return json(200, answer.circuit);
      },
    }),
  ];
}
