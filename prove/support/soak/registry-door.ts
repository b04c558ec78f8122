import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestRegistry } from '../../../tests/support/docker-registry.js';

/** A real registry behind a server that can answer 500 in its place. */
export interface RegistryDoor {
  /** `127.0.0.1:<port>`, for images’ names. */
  readonly address: string;
  fail(): void;
  work(): void;
  close(): Promise<void>;
}

export async function openRegistryDoor(): Promise<RegistryDoor> {
  const registry = await TestRegistry.start();
  let fails = false;
  const server = createServer((asked, answer) => {
    if (fails) {
      asked.resume();
      answer.writeHead(500).end();
      return;
    }
    const [host, port] = registry.address.split(':');
    const { method, headers, url } = asked;
    const passed = request({ host, port, method, path: url, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: () => {
      fails = true;
    },
    work: () => {
      fails = false;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await registry.stop();
    },
  };
}
