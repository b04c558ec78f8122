import { existsSync, readFileSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { asHostError } from './plain-files.js';

/** What `chatops doctor` wants to know of this machine; everything here only looks. */
export function createMachine() {
  return {
    userId: process.getuid?.() ?? 0,
    isInGroup: (name: string) => {
      const id = idsIn('/etc/group').get(name);
      return id !== undefined && (process.getgroups?.() ?? []).includes(id);
    },
    nameOf: (userId: number) =>
      [...idsIn('/etc/passwd')].find(([, id]) => id === userId)?.[0] ?? String(userId),
    inContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    look,
    writeFault,
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

async function look(path: string) {
  try {
    const stats = await stat(path);
    const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
    return { type, mode: stats.mode & 0o7777, owner: stats.uid, device: stats.dev } as const;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw asHostError(error, path);
  }
}

async function writeFault(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
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
