import * as z from 'zod';
import { RUN_STATES } from '../../../core/model/run.js';
import { Parameter } from './schemas.js';

/** What comes in, for checking and for the OpenAPI document: nothing that is not described is let through. */

export const Attended = z
  .boolean()
  .default(false)
  .describe('Somebody sees the answer, so what can’t begin raises no alert');

export const RunRequestBody = z
  .strictObject({
    name: z.string().min(1).max(200).describe('The intent’s name, to the letter'),
    dry_run: z.boolean().default(false).describe('Stop after the plan; nothing is changed'),
    params: z
      .record(z.string().max(100), Parameter)
      .refine((params) => Object.keys(params).length <= 20, 'At most 20 parameters')
      .default({})
      .describe('Values for the intent’s parameters, such as {"replicas": 3}'),
    attended: Attended,
    rollback_on_failure: z
      .boolean()
      .default(true)
      .describe('Scale and rollout always go back when they fail, so false is refused for them'),
    resumes: z
      .string()
      .max(40)
      .optional()
      .describe(
        'A run of this intent with steps that ended early: what it finished is not repeated, and its parameters are kept',
      ),
    confirm: z
      .string()
      .max(200)
      .optional()
      .describe('The intent’s name once more, when a run deletes so much that it is asked for'),
  })
  .refine(({ resumes, params }) => resumes === undefined || Object.keys(params).length === 0, {
    path: ['params'],
    message: 'A resumed run keeps its parameters: leave params out',
  })
  .meta({ id: 'RunRequest', examples: [{ name: 'backup_docker_volumes', dry_run: true }] });

/** More intents than this belong into an intent with `depends_on`, or a schedule. */
const MOST_INTENTS = 50;

export const OrchestrateBody = z
  .strictObject({
    intents: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(MOST_INTENTS)
      .superRefine((names, ctx) => {
        const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
        if (twice === -1) return;
        ctx.addIssue({
          code: 'custom',
          path: [twice],
          message: `${JSON.stringify(names[twice])} is there twice; each intent runs once`,
        });
      })
      .meta({ description: 'Names, in the order in which they run', uniqueItems: true }),
    stop_on_failure: z.boolean().default(true).describe('Leave the later ones out when one does not succeed'),
    dry_run: z.boolean().default(false),
    attended: Attended,
  })
  .meta({ id: 'OrchestrateRequest', examples: [{ intents: ['backup_media', 'rollout_media'] }] });

export const ValidateBody = z
  .strictObject({
    yaml_content: z.string().describe('The text of an intent’s file'),
    name: z.string().min(1).max(100).default('intent').describe('The name that the intent would have'),
  })
  .meta({ id: 'ValidateRequest' });

export const RunsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many, newest first'),
  intent: z.string().max(200).optional().describe('Only runs of this intent'),
  state: z.enum(RUN_STATES).optional().describe('Only runs in this state'),
});

export const RunPath = z.object({ id: z.string().meta({ examples: ['r-7k2m'] }) });
