import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createMachine } from '../../src/hosts/machine.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { mountTmpfs, testWithTmpfs } from '../store/tmpfs.js';
import { describeWithDocker, docker, testName } from '../support/docker.js';
import { makeImage } from '../support/docker-images.js';
import { startProxmox } from '../support/proxmox/double.js';
import { clinic, expectOnly, findingsOf } from './clinic.js';

const set = clinic();
beforeEach(async () => {
  await set.here.connect();
});

describe('configuration', () => {
  test('every wrong value at once, and the rest is looked at all the same', async () => {
    set.here.env.CHATOPS_HTTP_PORT = '80000';
    set.here.env.CHATOPS_CONFIRM_TTL_SECONDS = 'soon';
    set.here.env.CHATOPS_API_KEY_FILE = set.here.path('nowhere');
    const diagnosis = await set.here.examine();
    expect(findingsOf(diagnosis).map(({ id, message, remedy }) => [id, message, remedy])).toEqual([
      [
        'config.invalid',
        expect.stringMatching(/^CHATOPS_CONFIRM_TTL_SECONDS must be .* “soon” now\.$/),
        expect.stringMatching(/for example 900/),
      ],
      [
        'config.invalid',
        expect.stringMatching(/^CHATOPS_HTTP_PORT must be/),
        expect.stringMatching(/^Give a free port/),
      ],
      [
        'config.invalid',
        expect.stringMatching(/^CHATOPS_API_KEY_FILE names .*\(ENOENT\)\.$/),
        expect.stringMatching(/^Give a readable file/),
      ],
    ]);
    const seen = diagnosis.checks.filter(({ state }) => state === 'ok').map(({ id }) => id);
    expect(seen).toEqual(
      expect.arrayContaining(['discord.token', 'data.database', 'intents.valid', 'tools.tar']),
    );
    expect(diagnosis.checks.find(({ id }) => id === 'port.free')?.state).toBe('skipped');
  });

  test('a misspelt variable', async () => {
    set.here.env.DISCORD_GUILDID = '1';
    expectOnly(
      await set.here.examine(),
      'warning',
      'config.unknown',
      /Did you mean DISCORD_GUILD_ID\?/,
      /^Correct the name/,
    );
  });

  test('half of what Proxmox needs', async () => {
    set.here.env.PVE_API_URL = 'https://pve.lan:8006';
    expectOnly(
      await set.here.examine(),
      'warning',
      'config.proxmox',
      /PVE_API_TOKEN is not/,
      /^Set PVE_API_TOKEN too/,
    );
  });

  test('a .env file with a secret that everybody can read', async () => {
    set.here.write('.env', 'DISCORD_TOKEN=abc\n', 0o644);
    expectOnly(
      await set.here.examine(),
      'warning',
      'config.env_file',
      /mode 644/,
      /^Close it: `chmod 600 .*\.env`/,
    );
  });

  test('a .env file without secrets may be read by everybody', async () => {
    set.here.write('.env', '#DISCORD_TOKEN=abc\nLOG_LEVEL=info\n', 0o644);
    expect(findingsOf(await set.here.examine())).toEqual([]);
  });

  test('a Node.js that is too old', async () => {
    set.here.changed = { nodeVersion: '18.20.4' };
    expectOnly(
      await set.here.examine(),
      'problem',
      'system.node',
      /18\.20\.4 is too old: ChatOps needs 20\.19/,
      /Install Node\.js 20\.19 or newer/,
    );
  });
});

describe('intents', () => {
  test('broken ones, each with its place and what would be right', async () => {
    set.here.intent('typo', 'action: bakup', 'stack: media');
    set.here.intent('empty', '');
    const found = findingsOf(await set.here.examine());
    expect(found.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'intents.file problem',
      'intents.file problem',
    ]);
    expect(found[1]?.message).toMatch(/intents\/typo\.yaml:1:9 .*bakup/);
    expect(found[1]?.remedy).toMatch(/backup/);
  });

  test('no folder', async () => {
    set.here.env.CHATOPS_INTENTS_DIR = set.here.path('nowhere');
    expectOnly(
      await set.here.examine(),
      'problem',
      'intents.file',
      /nowhere does not exist/,
      /Create it, or set CHATOPS_INTENTS_DIR/,
    );
  });

  test('none at all', async () => {
    rmSync(set.here.path('intents'), { recursive: true });
    mkdirSync(set.here.path('intents'));
    expectOnly(
      await set.here.examine(),
      'warning',
      'intents.none',
      /so nothing can be run/,
      /docs\/intents\.md/,
    );
  });

  test('one for another installation', async () => {
    set.here.env.APPROVED_LABEL = 'home';
    set.here.intent('others', ...MIRROR, 'label_required: office', ...places());
    expectOnly(
      await set.here.examine(),
      'warning',
      'intents.label',
      /others asks for the label office/,
      /Change APPROVED_LABEL/,
    );
  });

  test('one with a secret that is not set', async () => {
    set.here.intent(
      'away',
      ...MIRROR,
      'password_secret: NAS_PASSWORD',
      `source: ${set.here.path('photos')}`,
      'destination: rsync://nas/backups/photos',
    );
    expectOnly(
      await set.here.examine(),
      'problem',
      'intents.secret',
      /NAS_PASSWORD, .* is not set\. Needed by away\./,
      /Set the environment variable NAS_PASSWORD/,
    );
  });
});

describe('tools', () => {
  test('those that intents need and that are not there', async () => {
    set.here.env.PATH = own('docker', 'tar', 'sha256sum', 'stat', 'findmnt');
    const found = findingsOf(await set.here.examine()).map(({ id, message, remedy }) => [
      id,
      message,
      remedy,
    ]);
    expect(found).toEqual([
      [
        'tools.archive',
        'zstd is not installed on this host. Needed by photos.',
        expect.stringMatching(/apt install zstd/),
      ],
      [
        'tools.rsync',
        'rsync is not installed on this host. Needed by copies.',
        expect.stringMatching(/apt install rsync/),
      ],
    ]);
  });

  test('one that is too old', async () => {
    const bin = set.here.bin({ rsync: 'echo "rsync  version 3.0.9  protocol version 30"' });
    set.here.env.PATH = `${bin}:${process.env.PATH}`;
    expectOnly(
      await set.here.examine(),
      'problem',
      'tools.rsync',
      /too old.*3\.0\.9/,
      /Install rsync 3\.1 or newer/,
    );
  });

  test('one that hangs', async () => {
    const bin = set.here.bin({ rsync: 'sleep 60' });
    set.here.env.PATH = `${bin}:${process.env.PATH}`;
    expectOnly(
      await set.here.examine({ part: 1500, discord: 15_000 }),
      'problem',
      'tools.slow',
      /no answer within 1\.5 s/,
      /overloaded/,
    );
  });
});

describeWithDocker('Docker', () => {
  beforeEach(() => {
    set.here.write('stack/docker-compose.yml', 'services:\n  web:\n    image: chatops-test-none\n');
    set.here.intent(
      'web',
      'action: scale',
      'stack: web',
      'service: web',
      'replicas: 2',
      `compose: ${set.here.path('stack/docker-compose.yml')}`,
    );
  });

  test('and the stack are there', async () => {
    expect(findingsOf(await set.here.examine())).toEqual([]);
  });

  test('a container of the stack was made from other files', async () => {
    const name = testName();
    const project = 'com.docker.compose.project';
    const labels = [
      ...['com.docker.compose.service=web', 'com.docker.compose.oneoff=False', `${project}=${name}`],
      ...[`${project}.working_dir=${set.here.path('stack')}`],
      `${project}.config_files=${set.here.path('stack/docker-compose.yml')},${set.here.path('stack/b.yml')}`,
    ].flatMap((label) => ['--label', label]);
    makeImage(`${name}:1`, { version: '1' });
    const services = 'services:\n  web:\n    image: chatops-test-none\n';
    set.here.write('stack/docker-compose.yml', `name: ${name}\n${services}`);
    set.here.write('stack/b.yml', 'services: {}\n');
    const id = docker('create', ...labels, `${name}:1`);
    try {
      expectOnly(
        await set.here.examine(),
        'problem',
        'docker.stack',
        /web was made from docker-compose\.yml and b\.yml in/,
        /Write compose: \[/,
      );
    } finally {
      docker('rm', id);
      docker('rmi', `${name}:1`);
    }
  });

  test('does not answer', async () => {
    set.here.env.DOCKER_HOST = `unix://${set.here.path('dead.sock')}`;
    expectOnly(
      await set.here.examine(),
      'problem',
      'docker.engine',
      /does not answer: .*dead\.sock.* Needed by web\./,
      /systemctl start docker.*DOCKER_HOST/,
    );
  });

  test('is not installed', async () => {
    set.here.env.PATH = own('tar', 'zstd', 'rsync', 'sha256sum', 'stat', 'findmnt');
    const found = findingsOf(await set.here.examine());
    expect(found.map(({ id }) => id)).toEqual(['docker.engine', 'docker.compose']);
    expect(found[0]?.remedy).toMatch(/apt install docker\.io/);
  });

  test('has no socket in the container that ChatOps runs in', async () => {
    const bin = set.here.bin({
      docker:
        'case "$1" in version) echo "Cannot connect to the Docker daemon" >&2; exit 1;; *) exec /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin docker "$@";; esac',
    });
    set.here.env.PATH = `${bin}:${process.env.PATH}`;
    const machine = createMachine();
    const look = async (path: string) => (path === '/var/run/docker.sock' ? null : machine.look(path));
    set.here.changed = { machine: { ...machine, inContainer: true, look } };
    expectOnly(
      await set.here.examine(),
      'problem',
      'docker.engine',
      /socket is not mounted into it/,
      /-v \/var\/run\/docker\.sock:\/var\/run\/docker\.sock/,
    );
  });

  test('lacks Compose, or has an old one', async () => {
    const script = (compose: string) =>
      `case "$1" in compose) ${compose};; *) exec /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin docker "$@";; esac`;
    set.here.env.PATH = `${set.here.bin({ docker: script('echo "docker: \'compose\' is not a docker command." >&2; exit 1') })}:${process.env.PATH}`;
    expectOnly(
      await set.here.examine(),
      'problem',
      'docker.compose',
      /Compose plugin is not installed/,
      /docker-compose-plugin/,
    );
    set.here.bin({
      docker: script(
        'if [ "$2" = version ]; then echo 2.3.3; else PATH=/usr/local/bin:/usr/bin:/bin exec docker "$@"; fi',
      ),
    });
    expectOnly(
      await set.here.examine(),
      'warning',
      'docker.compose',
      /2\.3\.3 is older than 2\.20/,
      /Update it/,
    );
  });

  test('a Compose file without the service, and one that is not there', async () => {
    set.here.intent(
      'wep',
      'action: scale',
      'stack: web',
      'service: wep',
      'replicas: 2',
      `compose: ${set.here.path('stack/docker-compose.yml')}`,
    );
    set.here.intent('gone', 'action: rollout', 'stack: gone', `compose: ${set.here.path('gone.yml')}`);
    const found = findingsOf(await set.here.examine()).map(({ id, message, remedy }) => [
      id,
      message,
      remedy,
    ]);
    expect(found).toEqual([
      [
        'docker.stack',
        expect.stringMatching(/gone\.yml is not there, or is no file\. Needed by gone\./),
        expect.stringMatching(/^Create it/),
      ],
      [
        'docker.stack',
        expect.stringMatching(/has no service wep\. Needed by wep\./),
        expect.stringMatching(/It has web\. Correct service/),
      ],
    ]);
  });
});

describe('Proxmox', () => {
  beforeEach(() => {
    set.here.intent(
      'vm',
      'action: backup',
      'backup_type: vm_proxmox',
      'stack: infra',
      'vm_id: 101',
      'storage: nas',
    );
  });

  test('is neither here nor configured', async () => {
    const message = /vzdump is not installed on this host, and no Proxmox API is configured\. Needed by vm/;
    expectOnly(
      await set.here.examine(),
      'problem',
      'proxmox.api',
      message,
      /Set PVE_API_URL and PVE_API_TOKEN/,
    );
  });

  test('does not answer', async () => {
    set.here.env.PVE_API_URL = 'https://127.0.0.1:9';
    set.here.env.PVE_API_TOKEN = 'chatops@pve!backup=secret-of-the-token';
    const diagnosis = await set.here.examine();
    expectOnly(
      diagnosis,
      'problem',
      'proxmox.guest',
      /does not answer at https:\/\/127\.0\.0\.1:9/,
      /Check PVE_API_URL/,
    );
  });

  test('refuses the token, distrusts, lacks the guest; and is fine', async () => {
    const proxmox = await startProxmox();
    try {
      const { world, certificates } = proxmox;
      set.here.env.PVE_API_URL = proxmox.url;
      set.here.env.PVE_API_TOKEN = 'chatops@pve!backup=wrong-secret';
      expectOnly(
        await set.here.examine(),
        'problem',
        'proxmox.guest',
        /certificate .* is not trusted/,
        /Set PVE_CA_FILE/,
      );
      set.here.env.PVE_CA_FILE = set.here.write('ca.pem', certificates.ca);
      const diagnosis = await set.here.examine();
      expectOnly(diagnosis, 'problem', 'proxmox.guest', /does not accept the token/, /^Check PVE_API_TOKEN/);
      expect(JSON.stringify(diagnosis)).not.toContain('wrong-secret');
      set.here.env.PVE_API_TOKEN = world.token;
      expect(findingsOf(await set.here.examine())).toEqual([]);
      proxmox.intercept = ({ template }) =>
        template.endsWith('/config')
          ? { status: 403, reason: 'Permission check failed (/vms/101, VM.Audit)' }
          : undefined;
      expectOnly(
        await set.here.examine(),
        'warning',
        'proxmox.guest',
        /leaves out can’t be told/,
        /VM\.Audit on \/vms\/101/,
      );
      proxmox.intercept = null;
      world.rights.delete('VM.Audit');
      expectOnly(
        await set.here.examine(),
        'problem',
        'proxmox.guest',
        /no VM or container 101/,
        /VM\.Audit and VM\.Backup on \/vms\/101/,
      );
      expect(proxmox.violations).toEqual([]);
    } finally {
      await proxmox.close();
    }
  });
});

describe('backups', () => {
  test('a source and a destination that are not there', async () => {
    set.here.intent(
      'lost',
      ...MIRROR,
      `source: ${set.here.path('no')}`,
      `destination: ${set.here.path('not/there')}`,
    );
    const found = findingsOf(await set.here.examine()).map(({ id, message, remedy }) => [
      id,
      message,
      remedy,
    ]);
    expect(found).toEqual([
      [
        'backups.source',
        expect.stringMatching(/no does not exist\. Needed by lost\./),
        expect.stringMatching(/^Correct `source`/),
      ],
      [
        'backups.destination',
        expect.stringMatching(/nor its parent folder exists/),
        expect.stringMatching(/^Create .*\/not, or correct/),
      ],
    ]);
  });

  test('a share of /etc/fstab that is not mounted: a warning, with require_mount a problem', async () => {
    set.here.write('fstab', `# shares\nnas:/backups ${set.here.path('mirror')} nfs4 defaults 0 0\n`);
    const message = /mirror should be mounted \(it is in \/etc\/fstab\) and is not\. Needed by copies\./;
    expectOnly(
      await set.here.examine(),
      'warning',
      'backups.mount',
      message,
      /Mount it: `mount .*mirror`\. With `require_mount: true`/,
    );
    set.here.intent('copies', ...MIRROR, 'require_mount: true', ...places());
    expectOnly(
      await set.here.examine(),
      'problem',
      'backups.mount',
      message,
      /^Mount it: `mount .*mirror`\.$/,
    );
  });

  testWithTmpfs('a destination that is nearly full', async () => {
    const disk = mountTmpfs('4m');
    try {
      set.here.intent('copies', ...MIRROR, `source: ${set.here.path('photos')}`, `destination: ${disk.path}`);
      expectOnly(
        await set.here.examine(),
        'warning',
        'backups.space',
        /has 4\.0 MiB free \(100 %\)/,
        /lower retention_days/,
      );
    } finally {
      disk.dispose();
    }
  });
});

describe('the side port', () => {
  test('is used by another program', async () => {
    set.here.env.CHATOPS_HTTP_PORT = String(await set.here.serve(200, 'hello'));
    expectOnly(
      await set.here.examine(),
      'problem',
      'port.free',
      /used by another program/,
      /Set CHATOPS_HTTP_PORT to another port, or stop that program \(`ss /,
    );
  });

  test('is used by another ChatOps; by our own bot it is as it should be', async () => {
    set.here.env.CHATOPS_HTTP_PORT = String(await set.here.serve(200, '{"status":"ok"}'));
    expectOnly(
      await set.here.examine(),
      'problem',
      'port.free',
      /used by another ChatOps/,
      /correct CHATOPS_DATA_DIR/,
    );
    const store = await openSqliteStore({ dataDir: set.here.path('data') });
    await store.owners.beat({
      machine: 'another',
      pid: 1,
      startTime: '1',
      id: 'o-1',
      heartbeatAt: new Date().toISOString(),
    });
    expect(findingsOf(await set.here.examine())).toEqual([]);
    await store.close();
  });

  test('can’t be opened, and is open to every network without a key', async () => {
    set.here.env.CHATOPS_HTTP_HOST = '203.0.113.7';
    set.here.env.CHATOPS_HTTP_PORT = '18080';
    const found = findingsOf(await set.here.examine()).map(({ id, state, remedy }) => [id, state, remedy]);
    expect(found).toEqual([
      ['port.free', 'problem', expect.stringMatching(/^Correct CHATOPS_HTTP_HOST\. Use 127\.0\.0\.1/)],
      [
        'port.exposed',
        'warning',
        expect.stringMatching(/^Set CHATOPS_API_KEY \(Make one with `openssl rand -hex 32`\. /),
      ],
    ]);
  });
});

const MIRROR = ['action: backup', 'backup_type: docker_volumes', 'stack: media'];

function places(): string[] {
  return [`source: ${set.here.path('photos')}`, `destination: ${set.here.path('mirror')}`];
}

/** A PATH with these programs of this machine and no others. */
function own(...programs: readonly string[]): string {
  const folder = set.here.path('own');
  mkdirSync(folder);
  for (const program of programs) {
    const found = (process.env.PATH ?? '').split(':').find((dir) => existsSync(join(dir, program)));
    if (found) symlinkSync(join(found, program), join(folder, program));
  }
  return folder;
}
