import type { Diagnosis } from './core/model/diagnosis.js';
import { type DoctorWorld, diagnose } from './doctor.js';
import { readNow } from './hosts/bounded-read.js';
import { createHttpClient } from './hosts/http.js';
import { createLocalHosts } from './hosts/local.js';
import { createMachine } from './hosts/machine.js';
import { createMountTable } from './hosts/mounts.js';
import { createReads } from './hosts/reads.js';
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
  const table = createMountTable();
  const mayTouch = (path: string): boolean => table.uncertainNow(path) === null;
  return {
    ...options,
    nodeVersion: process.versions.node,
    mountsFile: '/proc/self/mounts',
    fstabFile: '/etc/fstab',
    machine: createMachine(),
    reads: createReads(table),
    mayTouch,
    readText: (path) => readNow(path, mayTouch(path)),
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
