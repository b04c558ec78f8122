import { variable } from '../config/variables.js';
import type { Config } from '../config.js';
import type { Check } from '../core/model/diagnosis.js';
import { HttpClientError } from '../core/ports/http-client.js';
import { passed, problem, skipped, warning } from './check.js';
import type { DoctorWorld } from './world.js';

const AREA = 'port';
const ANSWER_MS = 2000;

/** The side port: free or ours, and not open to strangers. `alive`: a process of this installation runs. */
export async function examinePort(
  world: DoctorWorld,
  { http }: Config,
  broken: ReadonlySet<string>,
  alive: boolean,
): Promise<readonly Check[]> {
  if (broken.has('CHATOPS_HTTP_PORT') || broken.has('CHATOPS_HTTP_HOST')) {
    return [skipped(AREA, 'port.free', 'The side port was not looked at: see the configuration.')];
  }
  const exposed = exposedCheck(http);
  return [await freeCheck(world, http, alive), ...(exposed ? [exposed] : [])];
}

async function freeCheck(world: DoctorWorld, { host, port }: Config['http'], alive: boolean): Promise<Check> {
  const id = 'port.free';
  if (port === 0) return passed(AREA, id, 'The system chooses the side port at each start.');
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const fault = await world.machine.listenFault(host, port);
  switch (fault) {
    case null:
      return passed(AREA, id, `The side port ${address} is free.`);
    case 'EADDRINUSE':
      return takenCheck(world, host, port, address, alive);
    case 'EACCES':
      return problem(
        AREA,
        id,
        `The side port ${address} may not be opened by this user.`,
        'Set CHATOPS_HTTP_PORT to a port above 1023.',
      );
    default:
      return problem(
        AREA,
        id,
        `The side port ${address} can’t be opened: that is no address of this machine (${fault}).`,
        `Correct CHATOPS_HTTP_HOST. ${variable('CHATOPS_HTTP_HOST').remedy}`,
      );
  }
}

async function takenCheck(
  world: DoctorWorld,
  host: string,
  port: number,
  address: string,
  alive: boolean,
): Promise<Check> {
  const id = 'port.free';
  const elsewhere = 'Set CHATOPS_HTTP_PORT to another port';
  if (!(await isChatOps(world, host, port))) {
    const remedy = `${elsewhere}, or stop that program (\`ss -ltnp 'sport = :${port}'\` names it).`;
    return problem(AREA, id, `The side port ${address} is used by another program.`, remedy);
  }
  if (alive) return passed(AREA, id, `The side port ${address} is open: the bot answers there.`);
  const message = `The side port ${address} is used by another ChatOps, which has another data directory.`;
  return problem(AREA, id, message, `${elsewhere}, or stop that one, or correct CHATOPS_DATA_DIR.`);
}

async function isChatOps(world: DoctorWorld, host: string, port: number): Promise<boolean> {
  const target = ANY.get(host) ?? (host.includes(':') ? `[${host}]` : host);
  try {
    const { status, body } = await world
      .http({ ca: null, secret: null })
      .request({ method: 'GET', url: `http://${target}:${port}/healthz`, timeoutMs: ANSWER_MS });
    return status === 200 && /"status"\s*:\s*"ok"/.test(body);
  } catch (error) {
    if (error instanceof HttpClientError) return false;
    throw error;
  }
}

/** Where one asks what listens everywhere. */
const ANY = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
]);

function exposedCheck({ host, apiKey }: Config['http']): Check | null {
  if (/^(127\.|::1$|localhost$)/.test(host) || apiKey !== null) return null;
  return warning(
    AREA,
    'port.exposed',
    `The side port listens on ${host}, beyond this machine, and CHATOPS_API_KEY is not set: whoever reaches it sees the names of intents and how runs went.`,
    `Set CHATOPS_API_KEY (${variable('CHATOPS_API_KEY').remedy.replace(/\.$/, '')}), or set CHATOPS_HTTP_HOST to 127.0.0.1.`,
  );
}
