import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ExecResult, Host } from '../../core/ports/host.js';

/** The Debian package that brings a program, where it is not named like it. */
const PACKAGES: Readonly<Record<string, string>> = {
  ssh: 'openssh-client',
  find: 'findutils',
};

/** What programs said of themselves, by host, program and option, and which program said it. */
const said = new Map<string, { readonly mark: string; readonly result: ExecResult }>();

/** What a program says of itself, such as its version: asked again once another program is started by that name. */
export async function saysOfItself(host: Host, program: string, option: string): Promise<ExecResult> {
  const mark = (await host.programMark?.(program)) ?? null;
  const key = JSON.stringify([host.name, program, option]);
  const known = said.get(key);
  if (known !== undefined && known.mark === mark) return known.result;
  const result = await host.exec([program, option], { log: 'none' });
  if (mark !== null && result.ok) said.set(key, { mark, result });
  return result;
}

/** The first line that the program says about its version; null when it is not installed. */
export async function versionOf(host: Host, program: string, option = '--version'): Promise<string | null> {
  const result = await saysOfItself(host, program, option);
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
