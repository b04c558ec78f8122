import { spawn } from 'node:child_process';

/** What `chatops run … --json` prints, as far as it is judged. */
export interface Told {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly startedAt: string | null;
  readonly plan: {
    readonly parts: readonly {
      readonly steps: readonly { readonly title: string }[];
      readonly effects: readonly Effect[];
    }[];
    readonly warnings: readonly Notice[];
    readonly blockers: readonly Notice[];
  } | null;
  readonly outcome: {
    readonly summary: readonly string[];
    readonly warnings: readonly Notice[];
    readonly next: string | null;
  } | null;
}

interface Notice {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

interface Effect {
  readonly kind: string;
  readonly paths?: readonly string[];
}

/** How the built program is called. */
export interface Program {
  /** `dist/bin/chatops.js` of the program that is judged. */
  readonly chatops: string;
  /** In front of `node`, such as `faketime` or `setpriv`. */
  readonly before: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Null and what was said when it is no JSON: then the program itself failed. */
export type Answer =
  | { readonly told: Told; readonly said: string }
  | { readonly told: null; readonly said: string };

/** So long a run may take at most. */
const LIMIT_MS = 120_000;

/** Runs the built `chatops`; `ended` is aborted once it has ended. */
export async function runChatops(
  { chatops, before, env }: Program,
  args: readonly string[],
  ended: AbortController,
): Promise<Answer> {
  const [program = '', ...rest] = [...before, process.execPath, chatops, ...args];
  const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  ended.abort();
  const said = `${stdout}${stderr}`;
  try {
    const told = JSON.parse(stdout) as Told;
    return 'id' in told ? { told, said } : { told: null, said };
  } catch {
    return { told: null, said };
  }
}
