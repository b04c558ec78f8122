import * as z from 'zod';
import { ON_FAILURE, STEP_STATES } from '../../../core/model/graph.js';
import { REASONS, type ReasonCode } from '../../../core/model/reasons.js';
import { RUN_STATES } from '../../../core/model/run.js';

/** What goes out, for the OpenAPI document. Answers are open: they can get more members in any version. */

const reasonCodes = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]];
const time = z.iso.datetime().describe('ISO 8601, UTC');

const Text = z.looseObject({
  code: z.enum(reasonCodes),
  message: z.string(),
  remedy: z.string(),
});
export const NoticeView = Text.meta({
  id: 'Notice',
  description: 'Something that a person must know, and the way out.',
});

export const ActorView = z
  .looseObject({ kind: z.string(), id: z.string(), name: z.string() })
  .meta({ id: 'Actor', description: 'Who asked or decided. A key is there by its name.' });

export const Parameter = z.union([z.string().max(1000), z.number(), z.boolean()]);

export const RunSummaryView = z
  .looseObject({
    id: z.string().meta({ examples: ['r-7k2m'] }),
    intent: z.string(),
    state: z.enum(RUN_STATES),
    action: z.string(),
    stack: z.string(),
    actor: ActorView,
    source: z.string(),
    dryRun: z.boolean(),
    params: z.record(z.string(), Parameter),
    createdAt: time,
    expiresAt: time.nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    durationMs: z.number().nullable(),
    decidedBy: ActorView.nullable(),
    stopRequestedBy: ActorView.nullable(),
    reason: z.enum(reasonCodes).nullable(),
    summary: z.array(z.string()),
    previous: z.string().nullable(),
  })
  .meta({ id: 'RunSummary', description: 'A run as `chatops runs --json` lists it.' });

const PartView = z.looseObject({
  intent: z.string(),
  kind: z.string(),
  action: z.string(),
  stack: z.string(),
  steps: z.array(
    z.looseObject({
      title: z.string(),
      commands: z.array(z.array(z.string())).describe('Arguments; a secret is ••••'),
    }),
  ),
  effects: z.array(z.looseObject({ kind: z.string(), target: z.string() })),
});

const stepState = z.enum(STEP_STATES);

const GraphView = z
  .looseObject({
    maxParallel: z.int().describe('At most so many steps run at once'),
    nodes: z.array(
      z.looseObject({
        name: z.string(),
        parts: z.array(z.int()).describe('Which of the parts, by their place'),
        needs: z.array(z.string()),
        when: z.string().nullable().describe('Runs only if this holds'),
        onFailure: z.enum(ON_FAILURE),
        skipped: z.literal(true).optional().describe('Its condition can’t hold with these parameters'),
        doneIn: z.string().optional().describe('The run in which it ended; it is not repeated'),
      }),
    ),
  })
  .meta({
    id: 'Graph',
    description: 'The steps of an intent with `action: steps`, in an order that keeps `needs`.',
  });

const PlanView = z
  .looseObject({
    plannedAt: time,
    fingerprint: z.string(),
    touches: z.array(z.string()),
    parts: z.array(PartView),
    graph: GraphView.nullable().describe('Null when the parts run one after the other'),
    resumes: z.string().nullable().describe('The run whose finished steps are not repeated'),
    warnings: z.array(NoticeView),
    blockers: z.array(NoticeView),
  })
  .meta({ id: 'Plan', description: 'What a run would do.' });

const OutcomeView = z
  .looseObject({
    state: z.enum(RUN_STATES),
    reason: z.enum(reasonCodes),
    summary: z.array(z.string()),
    next: z.string().nullable(),
    warnings: z.array(NoticeView),
    tail: z.array(z.string()).describe('The last lines that the tools said'),
    rollBack: z.string().nullable(),
    successor: z.string().nullable(),
  })
  .meta({ id: 'Outcome', description: 'How a run ended.' });

const ProgressView = z
  .looseObject({
    part: z.int(),
    step: z.int(),
    done: z.number().optional(),
    total: z.number().optional(),
    unit: z.string().optional(),
    current: z.string().optional(),
    steps: z
      .record(z.string(), stepState)
      .optional()
      .describe('How each step of the graph stands; the last word stays with the run that has ended'),
  })
  .meta({ id: 'Progress' });

const fullRun = {
  ...RunSummaryView.shape,
  plan: PlanView,
  progress: ProgressView.nullable(),
  outcome: OutcomeView.nullable(),
};
export const RunView = z
  .looseObject(fullRun)
  .meta({ id: 'Run', description: 'A run with its plan, progress and outcome.' });

export const RunAnswer = z
  .looseObject({
    ...fullRun,
    ok: z.boolean().describe('The run succeeded, or the dry run found nothing in the way'),
    dry_run: z.boolean(),
    stdout: z
      .string()
      .describe('The end of what the commands said; of a dry run the steps and commands that would run'),
    url: z.string().describe('Where to follow the run'),
  })
  .meta({ id: 'RunAnswer' });

export const OrchestrateAnswer = z
  .looseObject({
    ok: z.boolean(),
    dry_run: z.boolean(),
    results: z.array(
      z.looseObject({
        intent: z.string(),
        ok: z.boolean(),
        run: RunAnswer.nullable(),
        problem: z.lazy(() => ProblemView).nullable(),
        note: z.string().optional().describe('Such as `already ran as r-7k2m`'),
      }),
    ),
    summary: z.looseObject({
      total: z.int(),
      success: z.int(),
      failed: z.int(),
      waiting: z.int().describe('A person has to confirm them'),
      skipped: z.int().describe('Left out after one that did not succeed'),
    }),
  })
  .meta({ id: 'OrchestrateAnswer' });

export const ValidateAnswer = z
  .looseObject({
    valid: z.boolean(),
    errors: z.array(
      z.looseObject({
        line: z.int(),
        column: z.int(),
        field: z.string(),
        message: z.string(),
        hint: z.string(),
      }),
    ),
    warnings: z.array(NoticeView),
  })
  .meta({ id: 'ValidateAnswer' });

export const ProblemView = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(reasonCodes).describe('One of docs/reasons.md'),
    remedy: z.string(),
    errors: z.array(z.looseObject({ field: z.string(), message: z.string() })).optional(),
    run: RunView.optional(),
  })
  .meta({ id: 'Problem', description: 'An error: RFC 9457.' });

export const IntentView = z
  .looseObject({
    name: z.string(),
    action: z.string(),
    stack: z.string(),
    description: z.string(),
    kinds: z.array(z.string()),
    dependsOn: z.array(z.string()),
    steps: z
      .array(
        z.looseObject({
          name: z.string(),
          intent: z.string().nullable().describe('Null: an action of its own'),
          needs: z.array(z.string()),
          when: z.string().nullable(),
          onFailure: z.enum(ON_FAILURE),
        }),
      )
      .nullable()
      .describe('Of an intent with `action: steps`'),
    labelRequired: z.string().nullable(),
    file: z.string(),
    warning: NoticeView.nullable(),
  })
  .meta({ id: 'Intent' });

export const StackView = z
  .looseObject({
    stack: z.string(),
    things: z.array(z.looseObject({ name: z.string(), detail: z.string(), since: z.string().nullable() })),
    notices: z.array(NoticeView),
    runs: z.array(RunSummaryView),
  })
  .meta({ id: 'Stack', description: 'What runs in a stack now, and what was last done to it.' });

export const HealthAnswer = z.looseObject({ status: z.literal('ok') });

export const ReadyAnswer = z.looseObject({
  status: z.enum(['ready', 'not ready']),
  checks: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  warnings: z.array(z.string()),
});
