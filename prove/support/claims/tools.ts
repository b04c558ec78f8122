import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** When something goes wrong: after the first dry run, before the copy, while a file is open in it, or before the check. */
export type Moment = 'looked' | 'copy' | 'open' | 'copied';

/** Tools that stop at a moment of the copy, until something has happened. */
export interface Tools {
  /** To be first in PATH. */
  readonly bin: string;
  /**
   * Waits for that moment of the next copy, and does it then. Resolves with whether the moment came.
   * @param file at `open`: the path of the file that is waited for
   */
  at(moment: Moment, file: string, ended: AbortSignal, act: (pid: number) => unknown): Promise<boolean>;
}

const TURN_MS = 2;
const OPEN_WITHIN_MS = 5000;

/** Writes `rsync` and `tar` into a folder. A copy of what is below it, which is no dry run, tells where it is and waits. */
export function makeTools(folder: string): Tools {
  const [bin, mark] = [join(folder, 'bin'), join(folder, 'marks')];
  mkdirSync(bin, { recursive: true });
  mkdirSync(mark, { recursive: true });
  // Also for a tool that isn't root's.
  chmodSync(mark, 0o777);
  const plain = {
    rsync: `case " $* " in *" --dry-run "*) look "$@";; *" --server "*|*" --version "*) exec "$real" "$@";; *"${folder}/"*) ;; *) exec "$real" "$@";; esac`,
    tar: `case " $* " in *" --create "*) ;; *) exec "$real" "$@";; esac; case " $* " in *"=/dev/null "*) exec "$real" "$@";; esac`,
  };
  for (const [tool, first] of Object.entries(plain))
    writeFileSync(join(bin, tool), wrapper(tool, mark, first), { mode: 0o755 });
  return {
    bin,
    async at(moment, file, ended, act) {
      for (const old of readdirSync(mark)) rmSync(join(mark, old));
      const stays = moment === 'copied' || moment === 'looked';
      const armed = join(mark, moment === 'looked' ? 'armed-look' : 'armed');
      writeFileSync(join(mark, stays ? 'stays' : 'goes'), '');
      writeFileSync(armed, '');
      if (!(await appears(join(mark, stays ? 'done' : 'pid'), ended))) {
        rmSync(armed, { force: true });
        return false;
      }
      if (moment === 'open') return whileOpen(mark, file, act);
      try {
        return act(0) !== false;
      } finally {
        go(mark);
      }
    },
  };
}

/** Both a shell's: it changes nothing of what the tool is asked, and the tool keeps its process. */
function wrapper(tool: string, mark: string, first: string): string {
  const real = spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim();
  return `#!/bin/sh
real=${real}; m=${mark}
go() { left=2000; until [ -e "$m/go" ] || [ $left = 0 ]; do left=$((left - 1)); sleep 0.005; done; }
stay() { "$real" "$@"; rc=$?; : >"$m/done"; go; exit $rc; }
look() { if mv "$m/armed-look" "$m/taken" 2>/dev/null; then stay "$@"; fi; exec "$real" "$@"; }
${first}
if mv "$m/armed" "$m/taken" 2>/dev/null; then
  if [ -e "$m/stays" ]; then stay "$@"; fi
  echo $$ >"$m/pid.new"; mv "$m/pid.new" "$m/pid"; go
fi
exec "$real" "$@"
`;
}

async function appears(path: string, ended: AbortSignal): Promise<boolean> {
  while (!existsSync(path)) {
    if (ended.aborted) return false;
    await wait(TURN_MS);
  }
  return true;
}

function go(mark: string): void {
  writeFileSync(join(mark, 'go'), '');
}

/** Lets the tool go on until it has the file open, and holds it there while `act` does its work. */
function whileOpen(mark: string, file: string, act: (pid: number) => unknown): boolean {
  const pid = Number(readFileSync(join(mark, 'pid'), 'utf8'));
  const pause = new Int32Array(new SharedArrayBuffer(4));
  go(mark);
  for (const until = Date.now() + OPEN_WITHIN_MS; Date.now() < until; Atomics.wait(pause, 0, 0, 0.2)) {
    const open = filesOf(pid);
    if (open === null) return false;
    if (!open.includes(file)) continue;
    process.kill(pid, 'SIGSTOP');
    try {
      return act(pid) !== false;
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }
  return false;
}

/** What the process has open; null when it has ended. */
function filesOf(pid: number): readonly string[] | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return null;
  }
}
