/** A process that answers what a plan of `vm_proxmox` asks a Proxmox API, always the same. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const TIB = 1024 ** 4;
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/cluster/resources': [
    { vmid: 100, type: 'qemu', node: 'pve', name: 'web', status: 'running', maxdisk: TIB / 32 },
  ],
  '/nodes/pve/storage': [
    { storage: 'backup', type: 'dir', content: 'backup', active: 1, enabled: 1, avail: TIB, total: 2 * TIB },
  ],
  '/nodes/pve/storage/backup/content': [],
  '/nodes/pve/vzdump/defaults': { 'prune-backups': 'keep-all=1' },
  '/nodes/pve/qemu/100/config': { name: 'web', agent: '1', scsi0: 'local-lvm:vm-100-disk-0,size=32G' },
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const data = ANSWERS[pathname.replace('/api2/json', '')];
  response.statusCode = data === undefined ? 501 : 200;
  response.end(JSON.stringify({ data: data ?? null }));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
