import type { PlanContext } from '../../core/executor.js';
import type { DockerVolumesFields } from '../../core/intent/fields.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import { toolMissing, versionOf } from '../shared/tools.js';
import { placeKind } from './place.js';

/** What must be there before rsync can be asked anything. */
export interface Preflight {
  readonly blockers: readonly Notice[];
  /** This rsync knows --fsync. */
  readonly fsync: boolean;
}

export async function preflight(
  fields: DockerVolumesFields,
  ctx: Pick<PlanContext, 'host' | 'hasSecret'>,
): Promise<Preflight> {
  const blockers: Notice[] = [];
  const line = await versionOf(ctx.host, 'rsync');
  const version = line === null ? null : numbersOf(line);
  if (line === null) blockers.push(toolMissing('rsync'));
  else if (version === null || !isAtLeast(version, [3, 1, 0])) blockers.push(tooOld(line));

  const kind = placeKind(fields.destination);
  if (kind === 'ssh' && (await versionOf(ctx.host, 'ssh', '-V')) === null) blockers.push(toolMissing('ssh'));
  const secret = fields.password_secret;
  if (kind === 'daemon' && secret !== null && !ctx.hasSecret(secret)) {
    blockers.push(
      notice(
        'secret_missing',
        phrase`${code(secret)}, the password for ${code(fields.destination)}, is not set.`,
        phrase`Set the environment variable ${code(secret)}, or ${code(`${secret}_FILE`)}.`,
      ),
    );
  }
  return { blockers, fsync: version !== null && isAtLeast(version, [3, 2, 4]) };
}

function tooOld(line: string): Notice {
  return notice(
    'tool_unsuitable',
    phrase`This rsync is too old or another program: ${code(line)}.`,
    phrase`Install rsync 3.1 or newer (${code('apt install rsync')}), then try again.`,
  );
}

/** From `rsync  version 3.5.0  protocol version 32`. */
function numbersOf(line: string): readonly number[] | null {
  const [, major, minor, patch] = /^rsync +version v?(\d+)\.(\d+)\.(\d+)/.exec(line) ?? [];
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)];
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  const differing = version.findIndex((number, index) => number !== wanted[index]);
  return differing < 0 || (version[differing] ?? 0) > (wanted[differing] ?? 0);
}
