import type { Check } from '../core/model/diagnosis.js';
import { isAtLeast, versionIn } from '../core/views/versions.js';
import { passed, problem } from './check.js';
import type { DoctorWorld } from './world.js';

/** Node.js, and who is asking: what is found out counts for this user only. */
export function examineSystem(world: DoctorWorld): readonly Check[] {
  return [nodeCheck(world), userCheck(world)];
}

function nodeCheck({ nodeVersion, engines }: DoctorWorld): Check {
  const wanted = versionIn(engines) ?? [];
  if (isAtLeast(versionIn(nodeVersion) ?? [], wanted)) {
    return passed('system', 'system.node', `Node.js ${nodeVersion}.`);
  }
  const least = wanted.join('.');
  return problem(
    'system',
    'system.node',
    `Node.js ${nodeVersion} is too old: ChatOps needs ${least} or newer.`,
    `Install Node.js ${least} or newer, for example from nodejs.org, then start ChatOps with it.`,
  );
}

function userCheck({ machine }: DoctorWorld): Check {
  const { userId, inContainer } = machine;
  const where = inContainer ? ' in a container' : '';
  const group =
    userId !== 0 && machine.isInGroup('docker')
      ? ', a member of the group docker, which is as powerful as root'
      : '';
  return passed('system', 'system.user', `Looked at as ${machine.nameOf(userId)}${where}${group}.`);
}
