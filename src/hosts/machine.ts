import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { plainLooks } from './looks.js';
import { createMountTable } from './mounts.js';
import { createUncertainFiles } from './uncertain-files.js';

/** Looks end when they have their answer, or at their deadline. */
const NEVER = new AbortController().signal;

/** What `chatops doctor` wants to know of this machine; everything here only looks. */
export function createMachine() {
  const table = createMountTable();
  const uncertain = createUncertainFiles(table.has);
  const bounded = <Name extends keyof typeof plainLooks>(name: Name): (typeof plainLooks)[Name] => {
    const work = async (path: string): Promise<unknown> => {
      const mount = await table.uncertain(path, true);
      return mount ? uncertain.ask(mount, name, [path], NEVER) : plainLooks[name](path);
    };
    return work as (typeof plainLooks)[Name];
  };
  return {
    userId: process.getuid?.() ?? 0,
    isInGroup: (name: string) => {
      const id = idsIn('/etc/group').get(name);
      return id !== undefined && (process.getgroups?.() ?? []).includes(id);
    },
    nameOf: (userId: number) =>
      [...idsIn('/etc/passwd')].find(([, id]) => id === userId)?.[0] ?? String(userId),
    inContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    look: bounded('look'),
    writeFault: bounded('writeFault'),
    listenFault,
  };
}

/** Names and numbers of passwd(5) or group(5): both are the first and the third field. */
function idsIn(file: string): ReadonlyMap<string, number> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return new Map(
      lines.flatMap((line) => {
        const [name = '', , id = ''] = line.split(':');
        return /^\d+$/.test(id) ? [[name, Number(id)] as const] : [];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Listens for a moment: nothing else tells for sure whether it can be done. */
function listenFault(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}
