import type { Argv } from '../../core/plan.js';

/** A `docker compose` command on one Compose file. The project's name comes from the file or its folder. */
export function composeArgv(file: string, ...rest: readonly string[]): Argv {
  return ['docker', 'compose', '-f', file, ...rest];
}

/**
 * Brings one service to `replicas` containers and touches no other one. Nothing is built or pulled: the
 * images that were shown are on this host, or the command fails.
 */
export function upArgv(file: string, service: string, replicas: number, ...options: readonly string[]): Argv {
  const only = ['--no-deps', '--no-build', '--pull', 'never', ...options];
  return composeArgv(file, 'up', '-d', ...only, '--scale', `${service}=${replicas}`, '--', service);
}
