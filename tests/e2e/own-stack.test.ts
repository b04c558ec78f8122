import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { ComposeStack } from '../support/compose-stack.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { ROOT } from '../support/root.js';
import { troubleIn } from './log-trouble.js';
import { builtCommand } from './stage.js';

jest.setTimeout(180_000);

const KEY = 'a-key-of-this-test';

describeWithDocker('a bot in a container of the stack that it rolls out', () => {
  test('stays as it is, says so, and does the rest', async () => {
    const stack = new ComposeStack();
    const dir = mkdtempSync(join(tmpdir(), 'chatops-test-own-'));
    try {
      const port = await freePort();
      makeImage(`${stack.name}/app:1`, { version: '1' });
      const app = { image: `${stack.name}/app:1`, pull_policy: 'never', stop_grace_period: '2s' };
      stack.write({ bot: { ...app, ...(await botIn(dir, port, stack.folder)) }, web: app });
      mkdirSync(join(dir, 'intents'));
      const intent = `action: rollout\nstack: own\ncompose: ${stack.file}\nstable_for: 1\ntimeout: 20\n`;
      writeFileSync(join(dir, 'intents', 'rollout_own.yaml'), intent);
      stack.up();
      const url = `http://127.0.0.1:${port}`;
      for (let tries = 0; tries < 100 && !(await isUp(url)); tries += 1) await pause(200);
      const bot = `${stack.name}-bot-1`;
      const standing = () =>
        docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}', bot);
      const before = standing();
      const [web] = stack.ids('web');

      const next = makeImage(`${stack.name}/app:1`, { version: '2' });
      const ran = await call(url, '/run', { name: 'rollout_own' });
      expect(ran).toMatchObject({ ok: true });
      expect(stack.images('web')).toEqual([next]);
      expect(stack.ids('web')).not.toEqual([web]);
      expect(standing()).toBe(before);
      const last = JSON.stringify(await call(url, String(ran.url)));
      expect(last).toContain('succeeded');
      expect(last).toMatch(/left alone, the bot runs in it/);
      // Without a token it tells how to open its own page.
      const page = [/^ChatOps runs in the playground/, /^ {2}Open {2}http/];
      expect(troubleIn(docker('logs', bot), page)).toEqual([]);
    } finally {
      stack.clean();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

/** A container that has nothing: node, docker and the product are this machine's own. */
async function botIn(dir: string, port: number, stackFolder: string): Promise<object> {
  const node = realpathSync(process.execPath);
  const read = [...new Set(['/usr', dirname(dirname(node)), ROOT])].map((path) => `${path}:${path}:ro`);
  const libraries = ['/lib', '/lib64'].map((path) => `${realpathSync(path)}:${path}:ro`);
  const ports = [`127.0.0.1:${port}:8000`];
  const write = [
    `${dir}:${dir}`,
    `${stackFolder}:${stackFolder}`,
    '/var/run/docker.sock:/var/run/docker.sock',
  ];
  return {
    working_dir: dir,
    command: [node, await builtCommand(), 'start'],
    environment: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: dir,
      CHATOPS_DATA_DIR: join(dir, 'data'),
      CHATOPS_INTENTS_DIR: join(dir, 'intents'),
      CHATOPS_HTTP_HOST: '0.0.0.0',
      CHATOPS_API_KEY: KEY,
    },
    ports,
    volumes: [...read, ...libraries, ...write],
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function call(url: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { 'X-API-Key': KEY, 'Content-Type': 'application/json', Connection: 'close' };
  const signal = AbortSignal.timeout(90_000);
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${url}${path}`, { headers, signal, ...init })).json() as Promise<
    Record<string, unknown>
  >;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
