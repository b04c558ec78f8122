import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a registry without any image answers for one of them. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A registry that has nothing, and says so in another way for each repository. */
export interface RefusingRegistry {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** What it was asked about manifests: `HEAD team/app`. */
  readonly asked: string[];
  stop(): void;
}

export async function refusingRegistry(
  answers: Readonly<Record<string, Refusal>>,
): Promise<RefusingRegistry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [, repository = ''] = /^\/v2\/(.+)\/manifests\//.exec(request.url ?? '') ?? [];
    if (repository !== '') asked.push(`${request.method} ${repository}`);
    const none: Refusal = { status: 404, code: 'MANIFEST_UNKNOWN' };
    const { status, code, message = code.toLowerCase(), headers = {} } = answers[repository] ?? none;
    const type = { 'docker-distribution-api-version': 'registry/2.0', 'content-type': 'application/json' };
    response.writeHead(repository === '' ? 200 : status, { ...type, ...headers });
    response.end(request.method === 'HEAD' ? '' : JSON.stringify({ errors: [{ code, message }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
