// Builds on every change: Node starts the bot anew, and the page reloads itself.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';

const env = {
  // The address must stay the same over restarts.
  CHATOPS_PLAYGROUND_KEY: randomBytes(24).toString('base64url'),
  CHATOPS_PLAYGROUND_PORT: '4000',
  ...process.env,
};

const children = [
  ['tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  ['npm', 'run', '-s', 'build:page', '--', '--watch=forever'],
  [process.execPath, '--watch', '--watch-preserve-output', 'dist/src/main.js', 'playground'],
].map(([program, ...args]) => spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }));

const end = () => {
  for (const child of children) child.kill('SIGTERM');
};
for (const child of children) child.on('exit', end);
process.on('SIGINT', end);
process.on('SIGTERM', end);
