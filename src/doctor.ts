import { createSecrets, secretsOf } from './config.js';
import type { Check, CheckArea, Diagnosis } from './core/model/diagnosis.js';
import { Redactor } from './core/ports/redact.js';
import { examineBackups } from './doctor/backups.js';
import { examineConfig } from './doctor/configuration.js';
import { examineDataFolder } from './doctor/data-folder.js';
import { type ExaminedDatabase, examineDatabase } from './doctor/database.js';
import { examineDiscord } from './doctor/discord/discord.js';
import { examineDocker } from './doctor/docker.js';
import { examineEnvFile } from './doctor/env-file.js';
import { type ExaminedIntents, examineIntents } from './doctor/intents.js';
import { type Examination, limited } from './doctor/limit.js';
import { examinePolicy } from './doctor/policy.js';
import { examinePort } from './doctor/port.js';
import { examineProxmox } from './doctor/proxmox.js';
import { examineSystem } from './doctor/system.js';
import { examineTools } from './doctor/tools.js';
import { usesOf } from './doctor/uses.js';
import type { DoctorWorld } from './doctor/world.js';

export type { DoctorWorld } from './doctor/world.js';

/** Milliseconds for each part; Discord gets more, because it is asked several things one after the other. */
export interface Limits {
  readonly part: number;
  readonly discord: number;
}

const LIMITS: Limits = { part: 15_000, discord: 30_000 };
const AREAS: readonly CheckArea[] = [
  'system',
  'configuration',
  'data',
  'discord',
  'intents',
  'policy',
  'tools',
  'docker',
  'proxmox',
  'backups',
  'port',
];

/**
 * Looks at everything that a working installation needs and says all that is wrong, each with its way out.
 * Changes nothing, never rejects, and never waits longer than the limits.
 */
export async function diagnose(world: DoctorWorld, limits: Limits = LIMITS): Promise<Diagnosis> {
  const examined = examineConfig(world);
  const { config, broken } = examined;
  const redactor = new Redactor(() => {});
  for (const secret of secretsOf(config)) redactor.add(secret);
  const { has: hasSecret } = createSecrets(world.env, { cwd: world.cwd, onResolved: () => {} });
  const part = (examination: Omit<Examination, 'remedy'> & { readonly remedy?: string }) =>
    limited({ remedy: SLOW, ...examination }, limits.part);

  // These two come first: others build on what they find.
  let intents: ExaminedIntents = { intents: [], checks: [] };
  const folder = part({
    area: 'intents',
    id: 'intents.folder',
    what: `The intents folder ${config.intentsDir}`,
    work: async () => {
      intents = await examineIntents(config, world.reads);
      return intents.checks;
    },
  });
  let canLookInside = false;
  const dataFolder = part({
    area: 'data',
    id: 'data.folder',
    what: `The data directory ${config.dataDir}`,
    work: async (signal) => {
      const found = await examineDataFolder(world, config.dataDir, world.openHost(signal));
      ({ canLookInside } = found);
      return found.checks;
    },
  });
  const first = [...examineSystem(world), ...examined.checks, ...(await folder), ...(await dataFolder)];
  let database: ExaminedDatabase = { alive: false, checks: [] };
  // By itself, because SQLite blocks this process while it reads.
  const data = await part({
    area: 'data',
    id: 'data.database',
    what: 'The database',
    work: async () => {
      if (canLookInside) database = await examineDatabase(world, config.dataDir);
      return database.checks;
    },
  });

  const uses = usesOf(intents.intents);
  const rest = await Promise.all([
    part({
      area: 'configuration',
      id: 'config.env_file',
      what: 'The .env file',
      work: (signal) => examineEnvFile(world, world.openHost(signal)),
    }),
    limited(
      {
        area: 'discord',
        id: 'discord.api',
        what: 'Discord',
        remedy: 'Check this machine’s network and DNS, then run `chatops doctor` again.',
        work: (signal) => examineDiscord(world, examined, signal),
      },
      limits.discord,
    ),
    part({
      area: 'policy',
      id: 'policy.file',
      what: 'The policy file',
      work: () => examinePolicy(config, intents.intents, world.reads),
    }),
    part({
      area: 'tools',
      id: 'tools.slow',
      what: 'A program of this host',
      work: (signal) => examineTools(world.openHost(signal), uses, hasSecret),
    }),
    part({
      area: 'docker',
      id: 'docker.engine',
      what: 'Docker',
      remedy: 'Look at `systemctl status docker`, and at DOCKER_HOST if you set it.',
      work: (signal) => examineDocker(world, world.openHost(signal), uses),
    }),
    part({
      area: 'proxmox',
      id: 'proxmox.api',
      what: 'Proxmox',
      remedy: 'Check PVE_API_URL and the network, and that `pveproxy` runs on the node.',
      work: (signal) => examineProxmox(world, examined, world.openHost(signal), uses, signal),
    }),
    part({
      area: 'backups',
      id: 'backups.destination',
      what: 'A source or destination of the backups',
      remedy: 'Look at the disks and shares they lie on: `df` hangs on the one that is to blame.',
      work: (signal) => examineBackups(world, world.openHost(signal), uses, config.dataDir),
    }),
    part({
      area: 'port',
      id: 'port.free',
      what: 'The side port',
      work: () => examinePort(world, config, broken, database.alive),
    }),
  ]);
  const checks = redactor.data(inOrder([...first, ...data, ...rest.flat()]));
  return { ok: !checks.some(({ state }) => state === 'problem'), checks };
}

const SLOW = 'Look whether the machine or its disk is overloaded (`uptime`, `dmesg`), then run it again.';

function inOrder(checks: readonly Check[]): readonly Check[] {
  return AREAS.flatMap((area) => checks.filter((check) => check.area === area));
}
