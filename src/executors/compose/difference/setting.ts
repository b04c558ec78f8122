import type { Defaults, Made } from './inspected.js';
import type { Definitions, Rendered } from './rendered.js';

/** What a setting is about; it decides how people are told of it. */
export type Topic =
  | 'variable'
  | 'label'
  | 'mount'
  | 'port'
  | 'exposed'
  | 'network'
  | 'namespace'
  | 'capability'
  | 'dropped'
  | 'security'
  | 'device'
  | 'privileged'
  | 'user'
  /** Its value is shown: a number, a mode, an address. */
  | 'plain'
  | 'bytes'
  /** Its value may hold a secret, and is never shown: a command. */
  | 'hidden';

/** One setting of a container as the file wants it and as the container has it; null: it has none. */
export interface Setting {
  readonly topic: Topic;
  readonly name: string;
  readonly wanted: string | null;
  readonly has: string | null;
}

/** What the files of a service and one of its containers are compared with. */
export interface Around {
  /** Null: the image that the container was made from is gone, and what came from it can't be told apart. */
  readonly defaults: Defaults | null;
  readonly definitions: Definitions;
  /** The service of a container of the same project, by its id. */
  readonly serviceOf: (id: string) => string | null;
}

/** One function for each topic gives all of its settings, the equal ones too. */
export type Compare = (service: Rendered, made: Made, around: Around) => readonly Setting[];

/** Settings of one topic from both sides, by name. */
export function settings(
  topic: Topic,
  wanted: ReadonlyMap<string, string>,
  has: ReadonlyMap<string, string>,
): readonly Setting[] {
  return [...new Set([...wanted.keys(), ...has.keys()])].map((name) => ({
    topic,
    name,
    wanted: wanted.get(name) ?? null,
    has: has.get(name) ?? null,
  }));
}

/** Settings that are there or not, and have no value. */
export function members(topic: Topic, wanted: readonly string[], has: readonly string[]): readonly Setting[] {
  const map = (names: readonly string[]) => new Map(names.map((name) => [name, ''] as const));
  return settings(topic, map(wanted), map(has));
}

/** One setting by its value; what says nothing is none. */
export function single(
  topic: Topic,
  name: string,
  wanted: string | number | null | undefined,
  has: string | number | null | undefined,
): Setting {
  const text = (value: string | number | null | undefined) =>
    value === null || value === undefined || value === '' || value === 0 ? null : String(value);
  return { topic, name, wanted: text(wanted), has: text(has) };
}

/** The same for what a container has some value of in any case: compared only where the file says something. */
export function ifSaid(
  topic: Topic,
  name: string,
  wanted: string | number | null | undefined,
  has: string | number | null | undefined,
): readonly Setting[] {
  const setting = single(topic, name, wanted, has);
  return setting.wanted === null ? [] : [setting];
}
