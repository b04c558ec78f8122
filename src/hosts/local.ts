import { setMaxListeners } from 'node:events';
import type { Host, HostScope, Hosts } from '../core/ports/host.js';
import type { CommandSettings } from './command.js';
import { exec } from './exec.js';
import { createFiles, type Files } from './files.js';
import { endLeftovers } from './leftovers.js';
import { pipe } from './pipe.js';
import { livenessOf, ownIdentity } from './proc.js';
import { programMark } from './program-mark.js';

/** Milliseconds that a stopped command gets between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 2000;
/** The same for what a run left behind: nobody waits for its result. */
const LEFTOVER_GRACE_MS = 2000;

/** The machine that this process runs on. `environment` is the bot's own, `process.env` by default. */
export function createLocalHosts(environment: NodeJS.ProcessEnv = process.env): Hosts {
  const settings: CommandSettings = { environment, graceMs: STOP_GRACE_MS };
  const files = createFiles();
  return {
    open: (scope) => openLocal(scope, settings, files),
    placeOf: async (path) => (await files.uncertain(path))?.point ?? null,
    self: ownIdentity,
    liveness: livenessOf,
    endLeftovers: (runId, children) => endLeftovers(runId, children, LEFTOVER_GRACE_MS),
  };
}

function openLocal(scope: HostScope, settings: CommandSettings, files: Files): Host {
  // Each command and look that is under way listens to it.
  setMaxListeners(0, scope.signal);
  const { create: _create, ...operations } = files.for(scope.signal);
  return {
    name: 'local',
    ...operations,
    programMark: (program) => programMark(program, settings, files),
    exec: (argv, options = {}) => exec(argv, options, scope, settings),
    pipe: (argvs, file, options = {}) => pipe(argvs, file, options, scope, { ...settings, files }),
  };
}
