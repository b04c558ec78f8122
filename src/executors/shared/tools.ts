import type { ExecResult, Host } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';

/** The Debian package that brings a program, where it is not named like it. */
const PACKAGES: Readonly<Record<string, string>> = {
  ssh: 'openssh-client',
  find: 'findutils',
};

/** The first line that the program says about its version; null when it is not installed. */
export async function versionOf(host: Host, program: string, option = '--version'): Promise<string | null> {
  const result: ExecResult = await host.exec([program, option], { log: 'none' });
  if (result.notFound) return null;
  return `${result.stdout}${result.stderr}`.split('\n')[0]?.trim() || program;
}

/** The blocker for a program that is not there. */
export function toolMissing(program: string): Notice {
  const name = PACKAGES[program] ?? program;
  return notice(
    'tool_missing',
    phrase`${code(program)} is not installed on this host.`,
    phrase`Install it (${code(`apt install ${name}`)}), then try again.`,
  );
}
