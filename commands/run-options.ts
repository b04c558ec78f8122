import * as z from 'zod';
import type { Action } from '../src/core/model/request.js';
import type { RequestPart } from './request-part.js';

/** The options `intent`, `params` and `dry_run`, which every command that asks for a run has. */
export const runOptions = z.object({
  intent: z.string(),
  params: z.string().optional(),
  dry_run: z.boolean().default(false),
});

/** What the options of a command without any others ask for. */
export function requestPart(action: Action) {
  return ({ intent, params, dry_run }: z.output<typeof runOptions>): RequestPart => ({
    intent,
    params: {},
    typed: params ?? null,
    dryRun: dry_run,
    action,
  });
}
