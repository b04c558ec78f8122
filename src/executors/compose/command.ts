import type { Argv } from '../../core/model/plan.js';
import type { ExecOptions } from '../../core/ports/host.js';
import type { StackInputs } from './inputs.js';

/** A `docker compose` command on a stack. */
export function composeArgv(inputs: StackInputs, ...rest: readonly string[]): Argv {
  return ['docker', 'compose', ...optionsOf(inputs), ...rest];
}

/** What the files may ask of the environment beside their own variables: `${PWD}`, which is the project's folder. */
export function environmentOf({ folder }: StackInputs): Pick<ExecOptions, 'env'> {
  return { env: { PWD: folder } };
}

/** The options that make Compose read this stack, and no other one. */
function optionsOf({ files, project, envFiles, profiles }: StackInputs): readonly string[] {
  return [
    ...(project === null ? [] : ['-p', project]),
    ...envFiles.flatMap((file) => ['--env-file', file]),
    ...profiles.flatMap((profile) => ['--profile', profile]),
    ...files.flatMap((file) => ['-f', file]),
  ];
}

/**
 * Brings one service to `replicas` containers and touches no other one; `-d` among the options starts them. Nothing is built
 * or pulled: the images that were shown are on this host, or the command fails.
 */
export function upArgv(
  inputs: StackInputs,
  service: string,
  replicas: number,
  ...options: readonly string[]
): Argv {
  // Compose 2.40 removes them when COMPOSE_REMOVE_ORPHANS of the stack's variables says so.
  const only = ['--no-deps', '--no-build', '--pull', 'never', '--remove-orphans=false', ...options];
  return composeArgv(inputs, 'up', ...only, '--scale', `${service}=${replicas}`, '--', service);
}
