import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalHosts } from '../../src/hosts/local.js';
import { describeHost } from './host/host-contract.js';

describeHost('this machine', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chatops-test-host-')));
  return {
    hosts: createLocalHosts(),
    folder,
    write: writeFileSync,
    read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
    processes: (text) =>
      readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && environ(pid).includes(text)).length,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
});

function environ(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
