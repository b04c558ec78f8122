import { describe, expect, test } from '@jest/globals';
import { readIntent } from '../../../src/core/intent/read-intent.js';

function read(text: string, file = '/etc/chatops/intents/photos.yaml') {
  const { intent, problems } = readIntent(text, file);
  expect(problems).toEqual([]);
  if (!intent) throw new Error('no intent and no problem');
  return intent;
}

const FILES = 'action: backup\nbackup_type: files\nsource: /srv/photos\ndestination: /srv/backups\n';

describe('an intent as its executor sees it', () => {
  test('files, with every default', () => {
    expect(read(FILES)).toEqual({
      name: 'photos',
      file: '/etc/chatops/intents/photos.yaml',
      description: '',
      action: 'backup',
      stack: 'photos',
      labelRequired: null,
      dependsOn: [],
      params: [],
      template: null,
      steps: [
        {
          kind: 'files',
          action: 'backup',
          stack: 'photos',
          fields: {
            source: '/srv/photos',
            destination: '/srv/backups',
            exclude: [],
            compress: 'gzip',
            retention_days: null,
            min_keep: 3,
            require_mount: false,
          },
        },
      ],
    });
  });

  test('files, with every field', () => {
    const intent = read(
      `${FILES}stack: media\ndescription: The photos.\nlabel_required: approved\ndepends_on: [one, two]\n` +
        'notes: Since May.\nexclude: "*.tmp"\ncompress: zstd\nretention_days: 30\nmin_keep: 5\nrequire_mount: true\n',
    );
    expect(intent).toMatchObject({
      description: 'The photos.',
      stack: 'media',
      labelRequired: 'approved',
      dependsOn: ['one', 'two'],
    });
    expect(intent.steps[0]?.fields).toEqual({
      source: '/srv/photos',
      destination: '/srv/backups',
      exclude: ['*.tmp'],
      compress: 'zstd',
      retention_days: 30,
      min_keep: 5,
      require_mount: true,
    });
  });

  test('docker_volumes: --delete becomes mirror, and harmless options stay', () => {
    const intent = read(
      'action: backup\nbackup_type: docker_volumes\nsource: /var/lib/docker/volumes/\n' +
        'destination: backup@nas:/volume1/docker/\noptions: [-avz, --delete]\nmax_delete: 20\n' +
        'password_secret: NAS_PASSWORD\n',
    );
    expect(intent.steps[0]?.fields).toEqual({
      source: '/var/lib/docker/volumes',
      destination: 'backup@nas:/volume1/docker',
      exclude: [],
      options: ['--compress'],
      mirror: true,
      max_delete: 20,
      require_mount: false,
      password_secret: 'NAS_PASSWORD',
    });
    const plain = read('action: backup\nbackup_type: docker_volumes\nsource: /a\ndestination: /b\n');
    expect(plain.steps[0]?.fields).toMatchObject({ mirror: false, max_delete: 1000, password_secret: null });
  });

  test.each([
    '',
    'backup_type: plex\n',
    'backup_type: docker_volumes\n',
    'backup_type: database\n',
    'backup_type: x\n',
  ])('database_type: plex with %j means plex', (type) => {
    const intent = read(`action: backup\ndatabase_type: plex\n${type}destination: /srv/backups/plex\n`);
    expect(intent.steps[0]).toEqual({
      kind: 'plex',
      action: 'backup',
      stack: 'photos',
      fields: {
        source_container: 'plex',
        source_path: '/config/Library/Application Support/Plex Media Server/Plug-in Support/Databases',
        source: null,
        destination: '/srv/backups/plex',
        destination_container: null,
        consistency: 'stop',
        compress: 'gzip',
        retention_days: null,
        min_keep: 3,
        require_mount: false,
      },
    });
  });

  test('plex by its backup_type alone, from the host into a container', () => {
    const intent = read(
      'action: backup\nbackup_type: plex\nsource: ../plex\nsource_container: tv\ndestination_container: nas\n' +
        'destination_path: /backups/\nconsistency: pause\ncompress: false\n',
    );
    expect(intent.steps[0]?.fields).toMatchObject({
      source_container: 'tv',
      source_path: null,
      source: '/etc/chatops/plex',
      destination: '/backups',
      destination_container: 'nas',
      consistency: 'pause',
      compress: 'none',
    });
  });

  test('vm_proxmox', () => {
    const intent = read(
      'action: backup\nbackup_type: vm_proxmox\nvm_id: 101\nstorage: nas-1\nnotes: Before 9.0\nretention_days: 7\n',
    );
    expect(intent.steps[0]).toMatchObject({
      kind: 'vm_proxmox',
      fields: {
        vm_id: 101,
        storage: 'nas-1',
        mode: 'snapshot',
        compress: 'zstd',
        notes: 'Before 9.0',
        retention_days: 7,
        min_keep: 3,
      },
    });
  });

  test('scale and rollout, with the folder of the stack or a Compose file of their own', () => {
    const scale = read('action: scale\nstack: media\nservice: web\n');
    expect(scale.action).toBe('scale');
    expect(scale.steps[0]?.fields).toEqual({
      service: 'web',
      replicas: null,
      min: 0,
      max: 50,
      compose: '/opt/stacks/media',
      stable_for: 10,
      timeout: 120,
    });
    const rollout = read(
      'action: rollout\nstack: media\nservice: [a, b]\ncompose: ./c.yml\nstable_for: 2m\n',
    );
    expect(rollout.steps[0]?.fields).toEqual({
      services: ['a', 'b'],
      compose: '/etc/chatops/intents/c.yml',
      stable_for: 120,
      timeout: 120,
    });
    expect(read('action: rollout\nstack: media\n').steps[0]?.fields).toMatchObject({ services: [] });
  });

  test('a stack of several files, a name of its own, other variables and profiles', () => {
    const stack = 'stack: media\nproject: tv\nenv_files: ../tv.env\nprofiles: [gpu, "*"]\n';
    const scale = read(`action: scale\nservice: web\n${stack}compose: [./a.yml, /srv/b c,d.yml]\n`);
    const its = {
      compose: ['/etc/chatops/intents/a.yml', '/srv/b c'],
      project: 'tv',
      env_files: ['/etc/chatops/tv.env'],
      profiles: ['gpu', '*'],
    };
    expect(scale.steps[0]?.fields).toMatchObject({
      ...its,
      compose: ['/etc/chatops/intents/a.yml', '/srv/b c', '/etc/chatops/intents/d.yml'],
    });
    const rollout = read(`action: rollout\n${stack}compose: [./a.yml]\nstrategy: rolling\nstart: none\n`);
    const one = { ...its, compose: '/etc/chatops/intents/a.yml', strategy: 'rolling', start: 'none' };
    expect(rollout.steps[0]?.fields).toMatchObject(one);
  });
});

describe('several documents', () => {
  test('are steps in their order; what is about the intent counts from wherever it stands', () => {
    const intent = read(
      `${FILES}stack: one\ndepends_on: a\n---\n# nothing\n---\naction: rollout\nstack: two\ndescription: Both.\n` +
        'label_required: approved\ndepends_on: [a, b]\n---\n',
    );
    expect(intent).toMatchObject({
      action: 'backup',
      stack: 'one',
      description: 'Both.',
      labelRequired: 'approved',
      dependsOn: ['a', 'b'],
    });
    expect(intent.steps.map(({ kind, stack }) => [kind, stack])).toEqual([
      ['files', 'one'],
      ['rollout', 'two'],
    ]);
  });

  test('one that is wrong makes the whole intent wrong', () => {
    const { intent, problems } = readIntent(
      `${FILES}---\naction: rollout\n---\n${FILES}min_keep: x\n`,
      'x.yaml',
    );
    expect(intent).toBeNull();
    expect(problems.map(({ line, field }) => [line, field])).toEqual([
      [6, 'stack'],
      [12, 'min_keep'],
    ]);
  });
});

describe('paths', () => {
  test.each([
    ['/srv/a/', '/srv/a'],
    ['//srv///a/./b', '/srv/a/b'],
    ['.', '/etc/chatops/intents'],
    ['data', '/etc/chatops/intents/data'],
    ['../../data', '/etc/data'],
    ['./../x', '/etc/chatops/x'],
    ['/srv/with space/ä…', '/srv/with space/ä…'],
    ['./a:b', '/etc/chatops/intents/a:b'],
    ['/srv/..data', '/srv/..data'],
    ['/srv/-x', '/srv/-x'],
  ])('%j becomes %j', (written, path) => {
    const intent = read(
      `action: backup\nbackup_type: files\nsource: ${JSON.stringify(written)}\ndestination: /srv/b\n`,
    );
    expect(intent.steps[0]?.fields).toMatchObject({ source: path });
  });

  test.each(['..', '../../../..', '/srv/a/../..', '/..', '/.', '//', '../../../../etc/..'])(
    'nothing is written to %j',
    (written) => {
      const text = `action: backup\nbackup_type: files\nsource: /srv/a\ndestination: ${JSON.stringify(written)}\n`;
      expect(readIntent(text, '/intents/x.yaml').problems).toMatchObject([{ field: 'destination', line: 4 }]);
    },
  );

  const KERNELS = [
    '/dev',
    '/proc/self/root/srv',
    '//proc/1',
    '/sys/',
    '/dev/shm',
    '../../../proc/1',
    '/dev/./sda',
  ];

  test.each(KERNELS)('nobody’s files are in %j', (written) => {
    const path = JSON.stringify(written);
    for (const kind of ['files', 'docker_volumes', 'plex']) {
      for (const [field, line, source, destination] of [
        ['source', 3, path, '/srv/b'],
        ['destination', 4, '/srv/a', path],
      ] as const) {
        const text = `action: backup\nbackup_type: ${kind}\nsource: ${source}\ndestination: ${destination}\n`;
        expect(readIntent(text, '/intents/own/x.yaml').problems).toMatchObject([
          { field, line, message: expect.stringContaining('/dev, /proc and /sys') },
        ]);
      }
    }
  });

  test('what begins like them, and below /dev/shm, is a folder like others', () => {
    for (const written of ['/devices', '/procedures/x', '/system', '/dev/shm/a', '/srv/dev', '/srv/proc/1']) {
      read(`action: backup\nbackup_type: files\nsource: ${written}\ndestination: ${written}-copy\n`);
    }
  });

  test.each(['nas:/dev/sda', 'me@nas:/proc', '[fe80::1]:/sys/x'])('%j is none of another host', (written) => {
    const text = `action: backup\nbackup_type: docker_volumes\nsource: /a\ndestination: '${written}'\n`;
    expect(readIntent(text, '/intents/x.yaml').problems).toMatchObject([{ field: 'destination', line: 4 }]);
  });

  test('nor are they in those of a container', () => {
    const plex = 'action: backup\nbackup_type: plex\n';
    const inside = `${plex}source_path: /proc/1/root/config\ndestination: /srv/b\n`;
    expect(readIntent(inside, '/intents/x.yaml').problems).toMatchObject([{ field: 'source_path', line: 3 }]);
    const into = `${plex}destination_container: keep\ndestination_path: /dev/x\n`;
    expect(readIntent(into, '/intents/x.yaml').problems).toMatchObject([
      { field: 'destination_path', line: 4 },
    ]);
  });

  test.each([
    'nas:/srv',
    'nas.local:/srv/a',
    'me@10.0.0.2:/srv/a',
    '[fe80::1]:/srv',
    'rsync://nas/module',
    'rsync://me@nas:873/module/path',
  ])('%j is a place on another host', (written) => {
    const text = `action: backup\nbackup_type: docker_volumes\nsource: /a\ndestination: "${written}"\n`;
    expect(read(text).steps[0]?.fields).toMatchObject({ destination: written });
  });

  test.each([
    'nas:srv',
    'nas:',
    ':/srv',
    'nas:/',
    'nas::module/x',
    'a b:/srv',
    '-x@nas:/srv',
    'nas:/srv/../x',
    'nas:/a b',
    'nas:/`id`',
    'nas:/a;b',
    'rsync://nas',
    'rsync://nas/',
    'rsync://-nas/m',
    'rsync://nas:x/m',
    'rsync://nas/-m',
    'http://nas/x',
    'file:///srv',
    'me@@nas:/x',
    'nas:/~',
  ])('%j is none', (written) => {
    const text = `action: backup\nbackup_type: docker_volumes\nsource: /a\ndestination: '${written}'\n`;
    expect(readIntent(text, '/intents/x.yaml').problems).toMatchObject([{ field: 'destination', line: 4 }]);
  });

  test('files go to this host only', () => {
    const text = 'action: backup\nbackup_type: files\nsource: /a\ndestination: nas:/b\n';
    expect(readIntent(text, '/x/y.yaml').problems).toMatchObject([
      { message: expect.stringContaining('names another host') },
    ]);
  });
});

describe('the name', () => {
  test('is the file’s without its ending, to the letter', () => {
    expect(read(FILES, '/x/Backup.Media-2_v1.yaml').name).toBe('Backup.Media-2_v1');
    expect(read(FILES, 'short.yml').name).toBe('short');
  });

  test.each([
    '-rf.yaml',
    ' x.yaml',
    'x .yaml',
    'a b.yaml',
    'ä.yaml',
    'a\nb.yaml',
    '‮x.yaml',
    `${'x'.repeat(101)}.yaml`,
  ])('%j can’t be one', (file) => {
    const { intent, problems } = readIntent(FILES, `/intents/${file}`);
    expect(intent).toBeNull();
    expect(problems).toMatchObject([{ line: 1, field: '', message: expect.stringContaining('can’t be') }]);
    expect(problems[0]?.message).not.toMatch(/[\n‮]/);
  });
});
