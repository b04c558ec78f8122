import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PlanContext } from '../../core/ports/executor.js';
import { isAtLeast } from '../../core/views/versions.js';
import { saysOfItself, toolMissing, versionOf } from '../shared/tools.js';
import { type Abilities, abilitiesIn, OLDEST_HERE, UNKNOWN } from './abilities.js';
import { placeKind } from './place.js';

/** What must be there before rsync can be asked anything. */
export interface Preflight {
  readonly blockers: readonly Notice[];
  /** What the rsync of this host can do. */
  readonly here: Abilities;
}

export async function preflight(
  fields: DockerVolumesFields,
  ctx: Pick<PlanContext, 'host' | 'hasSecret'>,
): Promise<Preflight> {
  const blockers: Notice[] = [];
  const result = await saysOfItself(ctx.host, 'rsync', '--version');
  const here = result.notFound ? UNKNOWN : abilitiesIn(result.stdout);
  if (result.notFound) blockers.push(toolMissing('rsync'));
  else if (here.version === null || !isAtLeast(here.version, OLDEST_HERE)) {
    blockers.push(tooOld(`${result.stdout}${result.stderr}`.split('\n')[0]?.trim() ?? ''));
  }

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
  return { blockers, here };
}

function tooOld(line: string): Notice {
  return notice(
    'tool_unsuitable',
    phrase`This rsync is too old or another program: ${code(line)}.`,
    phrase`Install rsync 3.1 or newer (${code('apt install rsync')}), then try again.`,
  );
}
