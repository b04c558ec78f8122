import type { Diagnosis } from './core/diagnosis.js';
import { type DoctorWorld, diagnose } from './doctor.js';
import { createHttpClient } from './hosts/http.js';
import { createLocalHosts } from './hosts/local.js';
import { createMachine } from './hosts/machine.js';
import { dataSizes } from './store/data-sizes.js';
import { readSqliteFacts } from './store/sqlite-facts.js';

/** What only the start of the process knows. */
export type CheckupOptions = Pick<
  DoctorWorld,
  'env' | 'cwd' | 'shippedIntents' | 'version' | 'engines' | 'envFileFault'
>;

/** Examines this machine and everything that the environment points to. Changes nothing. */
export function examine(options: CheckupOptions): Promise<Diagnosis> {
  return diagnose(thisMachine(options));
}

/** The doctor's view of this machine. */
export function thisMachine(options: CheckupOptions): DoctorWorld {
  const hosts = createLocalHosts({ ...options.env });
  return {
    ...options,
    nodeVersion: process.versions.node,
    mountsFile: '/proc/self/mounts',
    fstabFile: '/etc/fstab',
    machine: createMachine(),
    now: Date.now,
    openHost: (signal) =>
      hosts.open({
        runId: 'doctor',
        signal,
        resolveSecret: () => {
          throw new Error('The doctor gives no secret to a command.');
        },
        onChild: async () => {},
        onOutput: () => {},
      }),
    http: ({ ca, secret }) => createHttpClient({ ca, resolveSecret: () => secret ?? '' }),
    readStore: readSqliteFacts,
    dataSizes,
    liveness: hosts.liveness,
  };
}
