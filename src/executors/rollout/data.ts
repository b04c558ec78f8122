import * as z from 'zod';
import type { Phrase } from '../../core/model/phrase.js';
import { INPUTS_SCHEMA, type StackInputs } from '../compose/inputs.js';
import { NEEDS_SCHEMA, type Need } from '../compose/needs.js';
import { ATTACHED_SCHEMA, type AttachedContainer } from '../compose/sharers.js';
import type { Ends } from '../compose/verdict.js';
import type { Layer } from '../images/pull-data.js';

/** Why a service's containers are replaced. */
export type Reason = 'image' | 'configuration' | 'namespace' | 'start';

/** A service whose containers are replaced, or that is started. */
export type Replacement = {
  readonly service: string;
  /** The image as the Compose file names it. */
  readonly image: string;
  /** What is pulled, `repository@sha256:…`; null: the image of this host is taken as it is. */
  readonly pull: string | null;
  readonly platform: string | null;
  /** Of what is pulled; null: not known, or nothing is. */
  readonly layers: readonly Layer[] | null;
  /** The image on this host that is used, where nothing is pulled. */
  readonly localId: string | null;
  readonly reasons: readonly Reason[];
  /** How its containers stand, as `/status` says it; empty: they run, and are well, or were jobs. */
  readonly was: string;
  /** Services whose network, process or IPC namespace it uses. */
  readonly livesIn: readonly string[];
  readonly dependsOn: readonly string[];
  /** What Compose has to know of when it makes the containers. */
  readonly needs: readonly Need[];
  /** `rolling`: one container after the other, each healthy before the next one goes. */
  readonly strategy: 'all_at_once' | 'rolling';
  /** What the end of one of its new containers with exit code 0 means. */
  readonly ends: Ends;
  /** How many containers will run: as many as run now, or as the file asks for where none does. */
  readonly replicas: number;
  /** sha256 of the rendered configuration without the image. */
  readonly rendered: string;
  /** What of the configuration is another thing than in what runs. */
  readonly changes: readonly Phrase[];
  /** The image that runs now as it was named when its containers were made; empty: there is no container. */
  readonly oldRef: string;
  /** The versions that the labels of the two images name; null: none, or not known before the pull. */
  readonly versions: { readonly ran: string | null; readonly comes: string | null };
  /** The image that runs now, `sha256:…`; empty: there is no container. */
  readonly oldId: string;
  /** Where the old image could be fetched again, `repository@sha256:…`. */
  readonly oldDigest: string | null;
};

/** A service that depends on one that is replaced, and isn't replaced itself. */
export type Dependent = {
  readonly service: string;
  readonly on: string;
  /** It is restarted once the other one is fine. */
  readonly restart: boolean;
  /** Ids of its containers that were fine. */
  readonly containers: readonly string[];
  readonly names: readonly string[];
  /** Ids of the containers that are replaced. */
  readonly replaced: readonly string[];
};

/** What run() and recover() of a rollout need. */
export type RolloutData = {
  readonly inputs: StackInputs;
  readonly project: string;
  /** In the order in which they are replaced: what others depend on comes first. */
  readonly replacements: readonly Replacement[];
  /** Containers elsewhere that live in one that is replaced; they are made again in what takes its place. */
  readonly attached: readonly AttachedContainer[];
  readonly dependents: readonly Dependent[];
  /** Services that are current already. */
  readonly current: readonly string[];
  /** Services that don't run, and are left so. */
  readonly off: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  /** Seconds. */
  readonly stableFor: number;
};

export const ROLLOUT_SCHEMA: z.ZodType<RolloutData> = z.strictObject({
  inputs: INPUTS_SCHEMA,
  project: z.string(),
  replacements: z.array(
    z.strictObject({
      service: z.string(),
      image: z.string(),
      pull: z.string().nullable(),
      platform: z.string().nullable(),
      layers: z.array(z.strictObject({ digest: z.string(), size: z.number() })).nullable(),
      localId: z.string().nullable(),
      reasons: z.array(z.enum(['image', 'configuration', 'namespace', 'start'])),
      was: z.string(),
      livesIn: z.array(z.string()),
      dependsOn: z.array(z.string()),
      needs: NEEDS_SCHEMA,
      strategy: z.enum(['all_at_once', 'rolling']),
      ends: z.enum(['never', 'may', 'must']),
      replicas: z.number(),
      rendered: z.string(),
      changes: z.array(z.custom<Phrase>((value) => Array.isArray(value))),
      oldRef: z.string(),
      versions: z.strictObject({ ran: z.string().nullable(), comes: z.string().nullable() }),
      oldId: z.string(),
      oldDigest: z.string().nullable(),
    }),
  ),
  attached: ATTACHED_SCHEMA,
  dependents: z.array(
    z.strictObject({
      service: z.string(),
      on: z.string(),
      restart: z.boolean(),
      containers: z.array(z.string()),
      names: z.array(z.string()),
      replaced: z.array(z.string()),
    }),
  ),
  current: z.array(z.string()),
  off: z.array(z.string()),
  timeout: z.number(),
  stableFor: z.number(),
});
