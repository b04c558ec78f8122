import { symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { type ReadProject, readDefinition, unknownService } from '../../../src/executors/compose/project.js';
import { describeWithDocker } from '../../support/docker.js';
import { Lab } from '../support/lab.js';

jest.setTimeout(90_000);

describeWithDocker('reading a Compose file', () => {
  let lab: Lab;

  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.clean());

  const file = () => lab.path('docker-compose.yml');

  async function read(text: string): Promise<ReadProject> {
    writeFileSync(file(), text);
    return readDefinition(lab.host(), { compose: file() });
  }

  function faults(result: ReadProject): string[][] {
    return result.ok ? [] : result.blockers.map(({ code, message }) => [code, plain(message)]);
  }

  test('everything that executors need to know, also of profiles that are off', async () => {
    const result = await read(`
name: chatops-test-read
services:
  web:
    image: nginx:1
    platform: linux/amd64
    container_name: front
    ports: ["8080-8082:80-82", "127.0.0.1:9000:90", "443"]
    depends_on: [db]
  db: { build: ., image: db:1 }
  own: { build: . }
  fixed: { image: fixed:1, pull_policy: never, network_mode: "service:db" }
  job: { image: job:1, profiles: [jobs] }
`);
    if (!result.ok) throw new Error(JSON.stringify(faults(result)));
    const { services, name } = result.project;
    expect(name).toBe('chatops-test-read');
    expect([...services.keys()].sort()).toEqual(['db', 'fixed', 'job', 'own', 'web']);
    expect(services.get('web')).toMatchObject({
      image: 'nginx:1',
      source: 'registry',
      platform: 'linux/amd64',
      containerName: 'front',
      dependsOn: ['db'],
    });
    expect([...(services.get('web')?.hostPorts ?? [])].sort()).toEqual(['8080', '8081', '8082', '9000']);
    expect(services.get('db')).toMatchObject({ source: 'registry_or_build' });
    expect(services.get('own')).toMatchObject({ source: 'local', image: 'chatops-test-read-own' });
    expect(services.get('fixed')).toMatchObject({ source: 'local', livesIn: ['db'], hashes: [] });
    expect(services.get('job')?.hashes).toHaveLength(1);
    expect(plain(unknownService(result.project, 'wbe').remedy)).toBe(
      'It has db, fixed, job, own, web. Correct service in the intent.',
    );
  });

  test('the project is named after the file’s folder when the file has no name', async () => {
    const result = await read('services:\n  web: {image: x}\n');
    expect(result.ok && lab.root.toLowerCase().endsWith(result.project.name)).toBe(true);
  });

  test('services of different profiles that name their container alike', async () => {
    const result = await read(`
services:
  cpu: { image: x, container_name: ollama, profiles: [cpu] }
  gpu: { image: x, container_name: ollama, profiles: [gpu] }
  web: { image: x }
`);
    if (!result.ok) throw new Error(JSON.stringify(faults(result)));
    const found = [...result.project.services.values()].map(({ name, hashes }) => [name, hashes.length > 0]);
    expect(found).toEqual(expect.arrayContaining(['cpu', 'gpu', 'web'].map((name) => [name, true])));
  });

  test('a variable that nothing sets is a warning', async () => {
    const result = await read('services:\n  web: {image: "x:$TAG", environment: {A: $TAG}}\n');
    expect(result.ok && result.project.warnings.map(({ code, message }) => [code, plain(message)])).toEqual([
      ['variable_unset', 'The Compose file uses the variable TAG, which is not set: it is empty.'],
    ]);
  });

  test.each([
    ['services: [', /did not find expected node content|could not find expected|flow/],
    ['services:\n  web: {imag: x}\n', /imag/],
    [`services:\n  web: {image: "\${X:?set X first}"}\n`, /set X first/],
    ['services:\n  web: {image: x, depends_on: [nope]}\n', /nope/],
    ['', /empty/],
  ])('%j is invalid, in Compose’s words on one line', async (text, words) => {
    const [[code, message = ''] = []] = faults(await read(text));
    expect(code).toBe('compose_invalid');
    expect(message.startsWith(`Compose can’t read ${file()}: `)).toBe(true);
    expect(message).toMatch(words);
    expect(message).not.toContain('\n');
  });

  test('a file that is not there, a folder, a link to nowhere', async () => {
    expect(faults(await readDefinition(lab.host(), { compose: file() }))).toEqual([
      ['compose_missing', `${file()} is not there, or is no file.`],
    ]);
    const names = 'compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml';
    expect(faults(await readDefinition(lab.host(), { compose: lab.root }))).toEqual([
      ['compose_missing', `The folder ${lab.root} has no Compose file (${names}).`],
    ]);
    symlinkSync(lab.path('nowhere.yml'), file());
    expect(faults(await readDefinition(lab.host(), { compose: file() }))).toEqual([
      ['compose_missing', `${file()} is not there, or is no file.`],
    ]);
  });

  test('without the Compose plugin: what to install', async () => {
    lab.environment = { ...process.env, HOME: lab.root };
    writeFileSync(file(), 'services: {}\n');
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => host.exec(['docker', 'no-such-plugin', ...argv.slice(2)], options),
    });
    expect(faults(await readDefinition(lab.host(), { compose: file() }))).toEqual([
      ['tool_missing', 'Docker’s Compose plugin is not installed on this host.'],
    ]);
  });
});
