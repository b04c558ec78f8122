import type { PlanNode, StepStates } from '../../../src/core/model/graph.js';
import { code, phrase } from '../../../src/core/model/phrase.js';
import type { Plan, PlanPart } from '../../../src/core/model/plan.js';
import type { Run } from '../../../src/core/model/run.js';
import { AWAITING, ended, PLEX_PART, planOf, RUNNING } from './sample-runs.js';

const NONE = { needs: [], when: null, onFailure: 'stop' } as const;

function rollout(service: string): PlanPart {
  return {
    ...PLEX_PART,
    intent: 'update-media',
    kind: 'rollout',
    action: 'rollout',
    steps: [
      {
        title: phrase`Pull what is new and hold the images that run now.`,
        commands: [['docker', 'pull', service]],
      },
      {
        title: phrase`${code(service)}: 4.0 → 4.1. 1 container is replaced.`,
        commands: [['docker', 'up', service]],
      },
    ],
    effects: [{ kind: 'replace', target: `media-${service}-1` }],
    warnings: [],
  };
}

const SCALED: PlanPart = {
  ...rollout('worker'),
  kind: 'scale',
  action: 'scale',
  steps: [{ title: phrase`${code('worker')}: 2 → 3 replicas.`, commands: [] }],
  effects: [{ kind: 'create', target: 'media-worker-3' }],
};

const NODES: readonly PlanNode[] = [
  { ...NONE, name: 'backup_plex', parts: [0] },
  { ...NONE, name: 'roll_out_sonarr', parts: [1], needs: ['backup_plex'] },
  { ...NONE, name: 'roll_out_radarr', parts: [2], needs: ['backup_plex'], onFailure: 'continue' },
  {
    name: 'roll_out_plex',
    parts: [3],
    needs: ['roll_out_sonarr', 'roll_out_radarr'],
    when: "full and steps.roll_out_radarr == 'succeeded'",
    onFailure: 'rollback',
  },
  { ...NONE, name: 'tidy_up', parts: [], needs: ['roll_out_plex'], when: 'not full', skipped: true },
  { ...NONE, name: 'scale_worker', parts: [4], needs: ['roll_out_plex'] },
];

export const GRAPH_PLAN: Plan = {
  ...planOf(PLEX_PART, rollout('sonarr'), rollout('radarr'), rollout('plex'), SCALED),
  intent: 'update-media',
  action: 'steps',
  graph: { nodes: NODES, maxParallel: 4 },
};

/** The preview of "update the media stack". */
export const STEPS: Run = {
  ...AWAITING,
  id: 'r-5tep',
  intent: 'update-media',
  action: 'steps',
  params: { full: true, keep: 30 },
  plan: GRAPH_PLAN,
};

const IN_THE_MIDDLE: StepStates = {
  backup_plex: 'succeeded',
  roll_out_sonarr: 'running',
  roll_out_radarr: 'running',
  roll_out_plex: 'waiting',
  tidy_up: 'skipped',
  scale_worker: 'waiting',
};

const UNDER_WAY = { state: 'running', startedAt: RUNNING.startedAt, queuedAt: RUNNING.queuedAt } as const;

export const STEPS_RUNNING: Run = {
  ...STEPS,
  ...UNDER_WAY,
  progress: { part: 1, step: 0, steps: IN_THE_MIDDLE },
};

/** The same run after its steps ended so. */
export function stepsEnded(
  state: 'failed' | 'cancelled' | 'succeeded' | 'rolled_back' | 'plan_changed',
  steps: Partial<StepStates>,
  more: Partial<NonNullable<Run['outcome']>> = {},
): Run {
  const states = { ...IN_THE_MIDDLE, ...steps } as StepStates;
  const progress = { part: 1, step: 0, steps: states };
  const reason =
    state === 'succeeded' ? 'done' : state === 'plan_changed' ? 'plan_changed' : 'command_failed';
  return ended({ ...STEPS, ...UNDER_WAY, progress }, { state, reason, ...more });
}

/** What goes on from {@link STEPS} after its backup. */
export const STEPS_RESUMED: Run = {
  ...STEPS,
  id: 'r-6tep',
  previous: STEPS.id,
  plan: {
    ...GRAPH_PLAN,
    parts: GRAPH_PLAN.parts.slice(1),
    resumes: STEPS.id,
    graph: {
      maxParallel: 4,
      nodes: NODES.map((node) =>
        node.name === 'backup_plex'
          ? { ...node, parts: [], doneIn: STEPS.id }
          : { ...node, parts: node.parts.map((part) => part - 1) },
      ),
    },
  },
};

/** So many steps that each replaces a container, in a row of ten at once. */
export function manySteps(count: number): Run {
  const name = (index: number): string => `step_${String(index).padStart(4, '0')}`;
  return {
    ...STEPS,
    plan: {
      ...GRAPH_PLAN,
      parts: Array.from({ length: count }, (_, index) => rollout(`svc-${index}`)),
      graph: {
        maxParallel: 10,
        nodes: Array.from({ length: count }, (_, index) => ({
          ...NONE,
          name: name(index),
          parts: [index],
          needs: index < 10 ? [] : [name(index - 10)],
        })),
      },
    },
  };
}

/** The states of {@link manySteps}: `done` have succeeded, the ten after them run. */
export function statesAfter(run: Run, done: number): StepStates {
  const nodes = run.plan.graph?.nodes ?? [];
  return Object.fromEntries(
    nodes.map(({ name }, index) => [
      name,
      index < done ? 'succeeded' : index < done + 10 ? 'running' : 'waiting',
    ]),
  );
}
