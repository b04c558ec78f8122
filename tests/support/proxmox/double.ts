import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Certificates, makeCertificates } from './certificate.js';
import { type Errors, officialCheck, type Params } from './official.js';
import { type Answer, ROUTES } from './routes.js';
import { World } from './world.js';

/** One call that the double got, with all its parameters. */
export interface Call {
  readonly method: string;
  readonly template: string;
  readonly params: Params;
}

/** A Proxmox API on a local port, over TLS, which checks every call against the official description. */
export interface ProxmoxDouble {
  readonly url: string;
  readonly certificates: Certificates;
  readonly world: World;
  readonly calls: readonly Call[];
  /** What was wrong with calls; a test expects it to be empty. */
  readonly violations: readonly Errors[];
  /** Called before each call is answered: throw to break the connection, or return an answer of its own. */
  intercept: ((call: Call) => Answer | undefined) | null;
  close(): Promise<void>;
}

export async function startProxmox(certificates: Certificates = makeCertificates()): Promise<ProxmoxDouble> {
  const world = new World();
  const calls: Call[] = [];
  const violations: Errors[] = [];
  const check = officialCheck();
  const double = { intercept: null as ProxmoxDouble['intercept'] };
  const server = createServer({ key: certificates.key, cert: certificates.cert }, (request, response) => {
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (request.headers.authorization !== `PVEAPIToken=${world.token}`) {
      return send(response, { status: 401, reason: 'authentication failure' });
    }
    const call = callOf(request, body);
    if (call === null)
      return send(response, {
        status: 501,
        reason: `Method '${request.method} ${request.url}' not implemented`,
      });
    calls.push(call);
    const errors = check?.(call.method, call.template, call.params) ?? {};
    if (Object.keys(errors).length > 0) {
      violations.push(errors);
      return send(response, { status: 400, reason: 'Parameter verification failed.' }, errors);
    }
    try {
      const route = ROUTES.find(
        ({ method, template }) => method === call.method && template === call.template,
      );
      send(response, double.intercept?.(call) ?? route?.handle(world, call.params) ?? { data: null });
    } catch {
      request.socket.destroy();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(double, {
    url: `https://localhost:${port}`,
    certificates,
    world,
    calls,
    violations,
    close: () => closed(server),
  });
}

/** Matches the path with a template; a volume's id may hold slashes, written as %2F. */
function callOf(request: IncomingMessage, body: string): Call | null {
  const method = request.method ?? '';
  const url = new URL(request.url ?? '/', 'https://double');
  const [, path] = /^\/api2\/json(\/.*)$/.exec(url.pathname) ?? [];
  const segments = path?.split('/').slice(1) ?? [];
  for (const { method: known, template } of ROUTES) {
    const names = template.split('/').slice(1);
    if (known !== method || names.length !== segments.length) continue;
    const inPath: [string, string][] = [];
    const fits = names.every((name, index) => {
      const value = decodeURIComponent(segments[index] ?? '');
      if (!name.startsWith('{')) return name === value;
      inPath.push([name.slice(1, -1), value]);
      return true;
    });
    const sent = new URLSearchParams(method === 'POST' ? body : url.search);
    if (fits) return { method, template, params: Object.fromEntries([...inPath, ...sent]) };
  }
  return null;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: Answer, errors?: Errors): void {
  response.setHeader('content-type', 'application/json;charset=UTF-8');
  if ('data' in answer) {
    response.end(JSON.stringify({ data: answer.data }));
    return;
  }
  response.writeHead(answer.status, answer.reason);
  response.end(JSON.stringify({ data: null, message: `${answer.reason}\n`, ...(errors ? { errors } : {}) }));
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
