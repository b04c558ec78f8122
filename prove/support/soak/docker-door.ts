import { connect, createServer, type Server, type Socket } from 'node:net';

/** A socket before the engine's, which can stop answering as an engine does that hangs. */
export interface DockerDoor {
  /** For `DOCKER_HOST`. */
  readonly address: string;
  hang(): void;
  answer(): void;
  close(): Promise<void>;
}

export async function openDockerDoor(path: string): Promise<DockerDoor> {
  const open = new Set<Socket>();
  let hangs = false;
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    if (hangs) socket.pause();
  };
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
    client.pipe(engine);
    engine.pipe(client);
    client.once('close', () => engine.destroy());
    engine.once('close', () => client.destroy());
    keep(client);
    keep(engine);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    address: `unix://${path}`,
    hang: () => {
      hangs = true;
      for (const socket of open) socket.pause();
    },
    answer: () => {
      hangs = false;
      for (const socket of open) socket.resume();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
