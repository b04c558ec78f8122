import { Redis, type RedisOptions } from 'ioredis';

type Done = (error: Error | null, reply?: unknown) => void;
type Command = (...args: unknown[]) => unknown;
/** A client's commands by name, also those that scripts became, which its type doesn't know. */
type Commands = Record<string, Command | undefined>;

type Settings = 'connectTimeout' | 'maxRetriesPerRequest' | 'enableOfflineQueue' | 'retryStrategy';

/** A client that Bottleneck can use, and the second one that Bottleneck makes of it to listen with. */
export interface RedisClients {
  readonly client: Redis;
  /** Are both connected? What Bottleneck begins while one is away would hang. */
  readonly ready: boolean;
  close(): void;
}

/**
 * Connects for Bottleneck 2.19. Its scripts answer with errors of one word, which Redis writes with `ERR `
 * before it since version 7; Bottleneck looks for the bare word, so the prefix is taken away again.
 * https://github.com/redis/redis/pull/10218
 */
export function connectRedis(url: string, options: Pick<RedisOptions, Settings>): RedisClients {
  const client = new Redis(url, options);
  const clients = [client];
  // Who asks is told; an error event that nobody hears would end the process.
  client.on('error', () => {});
  const commands = client as unknown as Commands;
  const define = commands.defineCommand?.bind(client);
  commands.defineCommand = (...definition) => {
    define?.(...definition);
    const name = String(definition[0]);
    const run = commands[name]?.bind(client);
    commands[name] = (...args) => {
      const done = args.pop() as Done;
      return run?.(...args, ((error, reply) => done(error && withoutPrefix(error), reply)) satisfies Done);
    };
  };
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => {
    const second = duplicate(override);
    clients.push(second);
    return second;
  };
  return {
    client,
    get ready() {
      return clients.every(({ status }) => status === 'ready');
    },
    close: () => {
      for (const each of clients) each.disconnect();
    },
  };
}

function withoutPrefix(error: Error): Error {
  return new Error(error.message.replace(/^ERR (?=[A-Z_:]+$)/, ''), { cause: error });
}
