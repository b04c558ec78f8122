import * as z from 'zod';
import { INPUTS_SCHEMA, type StackInputs } from '../compose/inputs.js';
import { NEEDS_SCHEMA, type Need } from '../compose/needs.js';

/** A container as it was when the plan was made. */
export type Before = {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
};

/** What run() and recover() of a scale need. */
export type ScaleData = {
  readonly inputs: StackInputs;
  readonly project: string;
  readonly service: string;
  /** The image of new containers as the file names it, and the configuration that they get. */
  readonly image: string;
  readonly rendered: string;
  /** What Compose has to know of when it makes containers. */
  readonly needs: readonly Need[];
  readonly wanted: number;
  /** Its containers may have done their work when they end with exit code 0. */
  readonly isOneShot: boolean;
  /** The service's containers before, in the order of their numbers. */
  readonly before: readonly Before[];
  /** Seconds. */
  readonly timeout: number;
  /** Seconds. */
  readonly stableFor: number;
};

/** How many replicas ran before. */
export function runningBefore({ before }: ScaleData): number {
  return before.filter(({ running }) => running).length;
}

/** Does the plan leave everything as it is? */
export function isNoChange(data: ScaleData): boolean {
  return data.before.length === data.wanted && runningBefore(data) === data.wanted;
}

export const SCALE_SCHEMA: z.ZodType<ScaleData> = z.strictObject({
  inputs: INPUTS_SCHEMA,
  project: z.string(),
  service: z.string(),
  image: z.string(),
  rendered: z.string(),
  needs: NEEDS_SCHEMA,
  wanted: z.number(),
  isOneShot: z.boolean(),
  before: z.array(z.strictObject({ id: z.string(), name: z.string(), running: z.boolean() })),
  timeout: z.number(),
  stableFor: z.number(),
});
