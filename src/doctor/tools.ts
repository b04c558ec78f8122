import type { Check } from '../core/model/diagnosis.js';
import type { FilesFields } from '../core/model/fields.js';
import type { Host } from '../core/ports/host.js';
import { versionIn } from '../core/views/versions.js';
import { preflight } from '../executors/docker-volumes/preflight.js';
import { openToolbox } from '../executors/files/toolbox.js';
import { versionOf } from '../executors/shared/tools.js';
import { ofNotice, passed, skipped } from './check.js';
import { type AnyUse, grouped, namesIn, only, type Use } from './uses.js';

const AREA = 'tools';

/** The programs that the intents need on this host; others are not looked for. */
export async function examineTools(
  host: Host,
  uses: readonly AnyUse[],
  hasSecret: (name: string) => boolean,
): Promise<readonly Check[]> {
  const archives = grouped(only(uses, 'files', 'plex'), ({ step }) => step.fields.compress);
  const mirrors = only(uses, 'docker_volumes');
  const found = await Promise.all([
    ...archives.map(([compress, users]) => archiveTools(host, compress as FilesFields['compress'], users)),
    mirrorTools(host, mirrors, hasSecret),
  ]);
  const checks = unique(found.flat());
  return checks.length > 0
    ? checks
    : [skipped(AREA, 'tools.none', 'No intent needs a program of this host.')];
}

/** Several ways of compressing need the same tar. */
function unique(checks: readonly Check[]): readonly Check[] {
  return [...new Map(checks.map((check) => [`${check.id} ${check.message}`, check])).values()];
}

async function archiveTools(
  host: Host,
  compress: FilesFields['compress'],
  users: readonly AnyUse[],
): Promise<readonly Check[]> {
  const { versions, blockers } = await openToolbox(host, { compress });
  return [
    ...Object.entries(versions).map(([program, line]) => versionCheck(program, line)),
    ...blockers.map((notice) => ofNotice(AREA, 'tools.archive', 'problem', notice, namesIn(users))),
  ];
}

async function mirrorTools(
  host: Host,
  users: readonly Use<'docker_volumes'>[],
  hasSecret: (name: string) => boolean,
): Promise<readonly Check[]> {
  if (users.length === 0) return [];
  const found = await Promise.all(
    users.map(async (use) => {
      const { blockers } = await preflight(use.step.fields, { host, hasSecret });
      return blockers.map((notice) => ({ notice, use }));
    }),
  );
  const blocked = found.flat();
  const messages = [...new Set(blocked.map(({ notice }) => JSON.stringify(notice)))];
  const line = await versionOf(host, 'rsync');
  const bad = blocked.some(({ notice }) => notice.code === 'tool_unsuitable');
  return [
    ...(line === null || bad ? [] : [versionCheck('rsync', line)]),
    ...messages.flatMap((text) => {
      const same = blocked.filter(({ notice }) => JSON.stringify(notice) === text);
      const [first] = same;
      if (!first) return [];
      const id = first.notice.code === 'secret_missing' ? 'intents.secret' : 'tools.rsync';
      return [ofNotice(AREA, id, 'problem', first.notice, namesIn(same.map(({ use }) => use)))];
    }),
  ];
}

function versionCheck(program: string, line: string): Check {
  const version = versionIn(line)?.join('.');
  return passed(AREA, `tools.${program}`, `${program} ${version ?? 'is installed'}.`);
}
