import { Dice } from '../claims/dice.js';

/** A service of a random stack, as its Compose file has it. */
export type Service = Record<string, unknown>;

/** What a random stack is made of, and what happens to it. The same seed tells the same story. */
export interface Story {
  readonly services: Readonly<Record<string, Service>>;
  readonly override: Readonly<Record<string, Service>> | null;
  readonly env: string | null;
  /** The service's file of variables, by its name. */
  readonly envFiles: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
  readonly features: readonly string[];
  /** Which services get a new image before the preview. */
  readonly moved: readonly string[];
  readonly edit: Edit;
  readonly moment: Moment;
  /** The service that is edited. */
  readonly target: string;
  /** With `during`: ms after the answer. */
  readonly delayMs: number;
}

export const EDITS = [
  'none',
  'bad image',
  'another image',
  'variable',
  'bind',
  'privileged',
  'command',
  'label',
  'service removed',
  'service added',
  'override',
  'env file',
  'stopped by hand',
  'scaled by hand',
] as const;
export type Edit = (typeof EDITS)[number];
export const MOMENTS = ['before', 'between', 'during'] as const;
export type Moment = (typeof MOMENTS)[number];

export function storyOf(seed: number): Story {
  const dice = new Dice(seed);
  const features = new Set<string>();
  const services: Record<string, Service> = {};
  const envFiles: Record<string, string> = {};
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, 1 + dice.below(6));
  for (const [index, name] of names.entries()) {
    services[name] = serviceOf(name, names.slice(0, index), services, envFiles, dice, features);
  }
  const override = dice.chance(0.25) ? { [dice.pick(names)]: { environment: { OVER: '1' } } } : null;
  if (override) features.add('override');
  const env = dice.chance(0.3) ? 'VALUE=one\n' : null;
  if (env !== null) {
    features.add('env');
    const name = dice.pick(names);
    services[name] = { ...services[name], environment: { OWN: name, VALUE: '$VALUE' } };
  }
  // The profile's service is one that nobody needs.
  const last = names.at(-1) ?? '';
  const profiles = names.length > 1 && dice.chance(0.2) ? ['extra'] : [];
  if (profiles.length > 0) {
    services[last] = { ...services[last], profiles };
    features.add('profile');
  }
  // Compose scales nothing that has a name of its own; two containers can't both have one sharer.
  const used = Object.values(services).map(({ network_mode: mode }) => mode);
  const scalable = names.filter((name) => {
    const { network_mode: mode, container_name: own, restart } = services[name] ?? {};
    return (
      mode === undefined && own === undefined && restart === undefined && !used.includes(`service:${name}`)
    );
  });
  const drawn = dice.pick(EDITS);
  const noEnv = env === null && Object.keys(envFiles).length === 0;
  const isVain = drawn === 'scaled by hand' ? scalable.length === 0 : drawn === 'env file' && noEnv;
  const edit = isVain ? 'variable' : drawn;
  return {
    services,
    override,
    env,
    envFiles,
    profiles,
    features: [...features, `${names.length > 3 ? 'many' : 'few'} services`],
    moved: dice.some(names, 1 + dice.below(names.length)),
    edit,
    moment: dice.pick(MOMENTS),
    target: dice.pick(edit === 'scaled by hand' ? scalable : names),
    delayMs: dice.below(8000),
  };
}

function serviceOf(
  name: string,
  before: readonly string[],
  services: Readonly<Record<string, Service>>,
  envFiles: Record<string, string>,
  dice: Dice,
  features: Set<string>,
): Service {
  const has = (feature: string, share: number): boolean => {
    if (!dice.chance(share)) return false;
    features.add(feature);
    return true;
  };
  const alone = before.filter((one) => {
    const { network_mode: mode, scale, restart } = services[one] ?? {};
    return mode === undefined && scale === undefined && restart === undefined;
  });
  const image = before.length > 0 && has('shared image', 0.15) ? dice.pick(before) : name;
  const service: Service = {
    image: services[image]?.image ?? `IMAGE-${name}`,
    pull_policy: 'never',
    stop_grace_period: '2s',
    environment: { OWN: name },
  };
  if (before.length > 0 && has('depends_on', 0.4)) {
    const on = dice.pick(before);
    const condition = services[on]?.restart === 'no' ? 'service_completed_successfully' : 'service_started';
    service.depends_on = { [on]: { condition } };
  }
  if (has('job', 0.12)) return { ...service, restart: 'no', command: ['/bin/sh', '-c', 'exit 0'] };
  if (has('named volume', 0.3)) service.volumes = [`data-${name}:/data`];
  else if (has('volume without a name', 0.15)) service.volumes = ['/data'];
  if (has('env_file', 0.2)) {
    envFiles[name] = 'FILED=one\n';
    service.env_file = [`${name}.env`];
  }
  if (alone.length > 0 && has('sharer', 0.2))
    return { ...service, network_mode: `service:${dice.pick(alone)}` };
  if (has('replicas', 0.2)) return { ...service, scale: 2 + dice.below(2) };
  if (has('container_name', 0.25)) service.container_name = `CONTAINER-${name}`;
  return service;
}
