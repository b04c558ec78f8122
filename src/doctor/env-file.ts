import { join } from 'node:path';
import { SECRET_NAMES } from '../config/variables.js';
import type { Check } from '../core/model/diagnosis.js';
import type { Host } from '../core/ports/host.js';
import { passed, problem, warning } from './check.js';
import type { DoctorWorld } from './world.js';

const AREA = 'configuration';
const ID = 'config.env_file';
const OTHERS = 0o007;
const SECRETS: readonly string[] = SECRET_NAMES;

/** The `.env` file: could it be read, and can others on this machine read the secrets in it? */
export async function examineEnvFile(world: DoctorWorld, host: Host): Promise<readonly Check[]> {
  const path = join(world.cwd, '.env');
  const { envFileFault: fault, machine } = world;
  if (fault !== null) {
    const message = `${path} can’t be read (${fault}), so none of its variables are set.`;
    const remedy = `Give ${machine.nameOf(machine.userId)} the right to read it (\`chown\`, \`chmod 600\`), or remove it.`;
    return [problem(AREA, ID, message, remedy)];
  }
  const facts = await machine.look(path);
  if (facts === null) return [];
  const holdsSecrets = namesSetIn(await host.readText(path)).some((name) => SECRETS.includes(name));
  if (!holdsSecrets || (facts.mode & OTHERS) === 0) {
    return [passed(AREA, ID, holdsSecrets ? `${path} is read, and closed to others.` : `${path} is read.`)];
  }
  const mode = facts.mode.toString(8).padStart(3, '0');
  const message = `${path} holds secrets, and every user of this machine can open it (mode ${mode}).`;
  return [warning(AREA, ID, message, `Close it: \`chmod 600 ${path}\`.`)];
}

/** Variables that a `.env` file sets to something. */
function namesSetIn(text: string): string[] {
  return [...text.matchAll(/^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*\S/gm)].map(([, name = '']) => name);
}
