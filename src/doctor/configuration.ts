import { unknownNames } from '../config/unknown-names.js';
import { type Config, type ConfigProblem, type Environment, loadConfig } from '../config.js';
import type { Check } from '../core/model/diagnosis.js';
import { passed, problem, warning } from './check.js';
import type { DoctorWorld } from './world.js';

/** The configuration as far as it is right, and what is wrong with it. */
export interface ExaminedConfig {
  /** Wrong variables count as not set, so that everything else can be looked at. */
  readonly config: Config;
  /** The variables that are wrong, without `_FILE`. */
  readonly broken: ReadonlySet<string>;
  readonly checks: readonly Check[];
}

export function examineConfig(world: DoctorWorld): ExaminedConfig {
  const { config, problems } = loadWhatIsRight(world.env, world);
  const unknown = unknownNames(world.env);
  const half = halfProxmox(config, problems);
  const checks = [
    ...problems.map(({ variable, problem: what, remedy }) =>
      problem('configuration', 'config.invalid', `${variable} ${what}`.replace(/(?<![.])$/, '.'), remedy),
    ),
    ...unknown.map((message) =>
      warning(
        'configuration',
        'config.unknown',
        message,
        'Correct the name in the environment or in .env, or remove the variable.',
      ),
    ),
    ...(half ? [half] : []),
  ];
  const broken = new Set(problems.map(({ variable }) => variable.replace(/_FILE$/, '')));
  const fine = passed('configuration', 'config.valid', 'Every variable that is set is valid.');
  return { config, broken, checks: problems.length === 0 ? [fine, ...checks] : checks };
}

interface Loaded {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
}

/** Loads again without what is wrong, until nothing is; each round removes at least one variable. */
function loadWhatIsRight(env: Environment, world: DoctorWorld): Loaded {
  const { cwd, shippedIntents, mayTouch, readText } = world;
  // A missing token is told where Discord is looked at.
  const loaded = loadConfig(env, { cwd, shippedIntents, needsDiscord: false, mayTouch, readText });
  if (loaded.ok) return { config: loaded.config, problems: [] };
  const names = loaded.problems.flatMap(({ variable }) => [
    variable,
    variable.endsWith('_FILE') ? variable.slice(0, -'_FILE'.length) : `${variable}_FILE`,
  ]);
  const kept = Object.entries(env).filter(([name]) => !names.includes(name));
  const rest = loadWhatIsRight(Object.fromEntries(kept), world);
  return { config: rest.config, problems: [...loaded.problems, ...rest.problems] };
}

/** An address without a token, or the other way round, is as good as neither. */
function halfProxmox({ pve }: Config, problems: readonly ConfigProblem[]): Check | null {
  const told = problems.some(({ variable }) => variable.startsWith('PVE_'));
  if (told || (pve.apiUrl === null) === (pve.apiToken === null)) return null;
  const [set, unset] =
    pve.apiUrl === null ? ['PVE_API_TOKEN', 'PVE_API_URL'] : ['PVE_API_URL', 'PVE_API_TOKEN'];
  return warning(
    'configuration',
    'config.proxmox',
    `${set} is set and ${unset} is not, so the Proxmox API is not used.`,
    `Set ${unset} too, or remove ${set}.`,
  );
}
