import * as z from 'zod';
import type { Host } from '../../../core/ports/host.js';
import { askEngine, enginePath } from '../engine.js';

/** What is connected to a network, as far as it can be asked for. */
export const ENDPOINT = z.looseObject({
  IPAMConfig: z.looseObject({}).nullish(),
  Links: z.array(z.string()).nullish(),
  Aliases: z.array(z.string()).nullish(),
  DriverOpts: z.record(z.string(), z.string()).nullish(),
});

const MOUNT = z.looseObject({
  Type: z.string(),
  Name: z.string().default(''),
  Source: z.string().default(''),
  Destination: z.string(),
  RW: z.boolean().default(true),
});

/** A container as the engine itself tells it: what is not named here goes through as it is. */
const INSPECTED = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  Image: z.string(),
  State: z.looseObject({
    Running: z.boolean(),
    Paused: z.boolean(),
    StartedAt: z.string(),
    Health: z.looseObject({ Status: z.string() }).nullish(),
  }),
  Config: z.looseObject({
    Hostname: z.string().default(''),
    Image: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
  HostConfig: z.looseObject({
    NetworkMode: z.string(),
    PidMode: z.string().default(''),
    IpcMode: z.string().default(''),
    ReadonlyRootfs: z.boolean().default(false),
    Binds: z.array(z.string()).nullish(),
    Mounts: z.array(z.looseObject({ Type: z.string(), Target: z.string() })).nullish(),
    Links: z.array(z.string()).nullish(),
  }),
  Mounts: z.array(MOUNT).nullish(),
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), ENDPOINT).nullish() }),
});

export type InspectedContainer = z.output<typeof INSPECTED>;

export type Told =
  | { readonly ok: true; readonly value: InspectedContainer }
  | { readonly ok: false; readonly isMissing: boolean; readonly why: string };

/** All that the engine knows of a container, in the words in which it can be asked for another one. */
export async function tellOf(host: Host, nameOrId: string): Promise<Told> {
  const answer = await askEngine(host, { method: 'GET', path: enginePath(['containers', nameOrId, 'json']) });
  if (!answer.ok) return { ok: false, isMissing: answer.status === 404, why: answer.why };
  const parsed = INSPECTED.safeParse(answer.body);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, isMissing: false, why: 'the engine tells of it in an unknown way' };
}
