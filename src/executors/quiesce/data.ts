import * as z from 'zod';

/** One certain container, and not another of its name. */
export type ContainerName = {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
};

/** Which containers are stopped or paused around a copy, and who must not write meanwhile. */
export type Quiesce = {
  readonly hold: 'stop' | 'pause';
  /** Seconds between the request to end and the kill. */
  readonly stopSeconds: number;
  /** Those that run, in the order in which they are held: the one that was started last first. */
  readonly containers: readonly ContainerName[];
  /** Those that are stopped or paused already, and must stay so. */
  readonly still: readonly ContainerName[];
  /** Where nobody may write meanwhile: folders of the engine's host, with symlinks resolved. */
  readonly places: readonly string[];
  /** Volumes of which the same is true. */
  readonly volumes: readonly string[];
};

const CONTAINER = z.strictObject({ id: z.string(), name: z.string() });

export const QUIESCE_SCHEMA: z.ZodType<Quiesce> = z.strictObject({
  hold: z.enum(['stop', 'pause']),
  stopSeconds: z.number(),
  containers: z.array(CONTAINER),
  still: z.array(CONTAINER),
  places: z.array(z.string()),
  volumes: z.array(z.string()),
});

/** What a plan says of containers before they were looked at. */
export const NOT_HELD = { quiesce: null, live: [] } as const;
