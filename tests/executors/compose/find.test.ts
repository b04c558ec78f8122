import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { StackFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { findInputs } from '../../../src/executors/compose/find.js';
import { readDefinition } from '../../../src/executors/compose/project.js';
import { describeWithDocker } from '../../support/docker.js';
import { Lab } from '../support/lab.js';

jest.setTimeout(90_000);

describeWithDocker('finding what a stack is made from', () => {
  let lab: Lab;

  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.clean());

  function write(name: string, text: string): string {
    const path = lab.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** A file that writes its own name into the rendered configuration. */
  const marked = (name: string, key = 'base') =>
    write(name, JSON.stringify({ services: { web: { image: 'x', labels: { [key]: name } } } }));

  async function found(fields: StackFields): Promise<readonly string[]> {
    const result = await findInputs(lab.host(), fields);
    return result.ok
      ? result.inputs.files.map((file) => file.replace(`${lab.root}/`, ''))
      : [plain(result.notice.message).replaceAll(lab.root, '')];
  }

  /** What somebody at the keyboard gets there. */
  function composeIn(folder: string, ...args: readonly string[]): string {
    const env = { ...process.env, PWD: folder };
    return execFileSync('docker', ['compose', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  async function read(fields: StackFields) {
    const result = await readDefinition(lab.host(), fields);
    if (!result.ok) throw new Error(result.blockers.map(({ message }) => plain(message)).join());
    return result.project;
  }

  test('the files of a folder are those that Compose itself takes, in its order', async () => {
    const bases = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
    const overrides = [
      ...['compose.override.yml', 'compose.override.yaml'],
      ...['docker-compose.override.yml', 'docker-compose.override.yaml'],
    ];
    for (const name of bases) marked(name);
    for (const name of overrides) marked(name, 'override');
    for (let round = 0; round < 4; round += 1) {
      const files = await found({ compose: lab.root });
      const { labels } = JSON.parse(composeIn(lab.root, 'config', '--format', 'json')).services.web;
      expect(files).toEqual([labels.base, labels.override]);
      for (const file of files) rmSync(lab.path(file));
    }
  });

  test('a file is that file alone, a list its files in order', async () => {
    marked('docker-compose.yml');
    marked('docker-compose.override.yml', 'override');
    marked('other.yml', 'other');
    write('.env', 'COMPOSE_FILE=other.yml\n');
    expect(await found({ compose: lab.path('docker-compose.yml') })).toEqual(['docker-compose.yml']);
    expect(await found({ compose: [lab.path('docker-compose.yml'), lab.path('other.yml')] })).toEqual([
      'docker-compose.yml',
      'other.yml',
    ]);
  });

  test('the variables of a folder name its files and profiles, as Compose reads them', async () => {
    marked('base.yml');
    marked('gpu.yml', 'gpu');
    write('.env', `export COMPOSE_FILE="base.yml;\${X:-gpu}.yml" # both\nCOMPOSE_PATH_SEPARATOR=;\n`);
    expect(await found({ compose: lab.root })).toEqual(['base.yml', 'gpu.yml']);
    const other = write('other.env', 'COMPOSE_FILE=gpu.yml:base.yml\nCOMPOSE_PROFILES=a,b\n');
    expect(await found({ compose: lab.root, env_files: [other] })).toEqual(['gpu.yml', 'base.yml']);
    const inputs = await findInputs(lab.host(), { compose: lab.root, env_files: [other] });
    expect(inputs).toMatchObject({ inputs: { profiles: ['a', 'b'], envFiles: [other] } });
    const given = await findInputs(lab.host(), { compose: lab.root, env_files: [other], profiles: ['c'] });
    expect(given).toMatchObject({ inputs: { profiles: ['c'] } });
    write('.env', 'COMPOSE_FILE=none.yml\n');
    expect(await found({ compose: lab.root })).toEqual([
      'COMPOSE_FILE in the variables of  names /none.yml, which is not there.',
    ]);
  });

  test('the project is named by the intent, then the variables, then the file, then the folder', async () => {
    const file = write('my stack/compose.yaml', 'services: {web: {image: x}}\n');
    expect((await read({ compose: file })).name).toBe('mystack');
    write('my stack/compose.yaml', 'name: from-file\nservices: {web: {image: x}}\n');
    expect((await read({ compose: file })).name).toBe('from-file');
    write('my stack/.env', 'COMPOSE_PROJECT_NAME=from-env\n');
    expect((await read({ compose: file })).name).toBe('from-env');
    expect((await read({ compose: file, project: 'from-intent' })).name).toBe('from-intent');
  });

  test('nothing of the bot’s own environment: its variables, nor its folder', async () => {
    const leaks = { COMPOSE_FILE: '/none.yml', COMPOSE_PROJECT_NAME: 'bot', COMPOSE_PROFILES: 'bot' };
    lab.environment = { ...process.env, ...leaks, COMPOSE_ENV_FILES: '/none.env', TAG: 'bot', PWD: '/bot' };
    const image = 'x:$' + '{TAG-none}$' + '{COMPOSE_PROFILES-}';
    write('stack/compose.yaml', `services: {web: {image: "${image}", volumes: ["$PWD/d:/d"]}}\n`);
    symlinkSync(lab.path('stack'), lab.path('link'));
    const project = await read({ compose: lab.path('link') });
    expect(project).toMatchObject({ name: 'link', warnings: [] });
    expect(project.services.get('web')).toMatchObject({ image: 'x:none' });
    expect(project.inputs).toMatchObject({ folder: lab.path('link'), profiles: [] });
  });

  test('what is not there', async () => {
    mkdirSync(lab.path('empty'));
    marked('compose.yaml');
    const names = 'compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml';
    expect(await found({ compose: lab.path('empty') })).toEqual([
      `The folder /empty has no Compose file (${names}).`,
    ]);
    const file = lab.path('compose.yaml');
    expect(await found({ compose: [file, lab.path('b.yml')] })).toEqual([
      '/b.yml is not there, or is no file.',
    ]);
    expect(await found({ compose: [file, lab.root] })).toEqual([' is not there, or is no file.']);
    expect(await found({ compose: file, env_files: [lab.path('x.env')] })).toEqual([
      '/x.env is not there, or is no file.',
    ]);
    write('.env', 'COMPOSE_PROFILES=${X\n');
    expect(await found({ compose: file })).toEqual([expect.stringMatching(/^Compose can’t read \/\.env: /)]);
  });
});
