import type { Host } from '../../../src/core/ports/host.js';
import { isRoot } from './needs.js';

/** Root may read everything; so that file modes count, commands run as nobody (util-linux's setpriv). */
export function asNobody(host: Host): Host {
  if (!isRoot) return host;
  const as = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  return {
    ...host,
    exec: (argv, options) => host.exec([...as, ...argv], options),
    pipe: (argvs, file, options) =>
      host.pipe(
        argvs.map((argv) => [...as, ...argv]),
        file,
        options,
      ),
  };
}
