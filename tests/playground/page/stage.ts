import { request } from 'node:http';
import { WebSocket } from 'ws';
import type { LocalDiscordOptions } from '../../../src/playground/local-discord.js';
import type { ClientMessage } from '../../../src/playground/page-protocol/client-message.js';
import type { ServerMessage } from '../../../src/playground/page-protocol/server-message.js';
import { type PageServer, startPageServer } from '../../../src/playground/page-server/page-server.js';
import { type Stage as BotStage, startStage } from '../bot.js';

/** A local Discord with a plain bot, and the page's server in front of it. */
export interface PageStage extends BotStage {
  readonly page: PageServer;
  readonly key: string;
}

export async function startPageStage(options: LocalDiscordOptions = {}): Promise<PageStage> {
  const stage = await startStage(options);
  const page = await startPageServer({
    discord: stage.discord,
    root: new URL('../../../', import.meta.url),
    port: 0,
  });
  return {
    ...stage,
    page,
    key: new URL(page.url).searchParams.get('key') ?? '',
    async end() {
      await page.close();
      await stage.end();
    },
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

type Headers = Readonly<Record<string, string>>;

/** A request with any headers, those that browsers forbid too. */
export function get(port: number, path: string, headers: Headers = {}, method = 'GET'): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** Tries to open the page's socket; resolves with 101 or the refusal's status. */
export function upgrade(port: number, headers: Headers, path = '/socket'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        ...headers,
      },
    });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

type Kind = ServerMessage['type'];
type Told<K extends Kind> = Extract<ServerMessage, { type: K }>;

/** An open page without a browser. */
export interface PageClient {
  readonly told: readonly ServerMessage[];
  send(message: ClientMessage | string): void;
  /** Waits for something that was or will be told. */
  next<K extends Kind>(type: K, fits?: (message: Told<K>) => boolean): Promise<Told<K>>;
  close(): void;
  readonly closed: Promise<void>;
}

export async function openPage({ page, key }: PageStage): Promise<PageClient> {
  const origin = `http://127.0.0.1:${page.port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${page.port}/socket`, ['chatops-playground', `key.${key}`], {
    origin,
  });
  const told: ServerMessage[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (raw) => {
    told.push(JSON.parse(String(raw)) as ServerMessage);
    for (const look of [...waiting]) look();
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    told,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (type, fits = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const found = told.find((message) => message.type === type && fits(message as never));
          if (!found) return;
          waiting.delete(look);
          resolve(found as never);
        };
        waiting.add(look);
        look();
      }),
    close: () => socket.terminate(),
    closed: new Promise((resolve) => socket.on('close', () => resolve())),
  };
}
