/**
 * What work on services of a Compose project must have for itself. Runs have the whole project; the services let
 * steps of one run that work on different ones go on at the same time.
 * @param project empty when the file could not be read
 */
export function touchesOf(stack: string, project: string, services: readonly string[]): readonly string[] {
  if (project === '') return [`stack:${stack}`];
  const own = [...new Set(services)].sort().map((service) => `service:${project}/${service}`);
  return [`stack:${stack}`, `compose:${project}`, ...own];
}
