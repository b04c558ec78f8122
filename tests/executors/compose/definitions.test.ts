import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { definitionNotices } from '../../../src/executors/compose/definitions.js';
import { inputsOfFile } from '../../../src/executors/compose/inputs.js';
import { readConfig } from '../../../src/executors/compose/project.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { describeWithDocker, docker } from '../../support/docker.js';
import { makeImage } from '../../support/docker-images.js';
import { codes, Lab } from '../support/lab.js';

jest.setTimeout(120_000);

describeWithDocker('networks and volumes that the files define anew', () => {
  let lab: Lab;
  let stack: ComposeStack;

  beforeEach(() => {
    lab = new Lab();
    stack = new ComposeStack();
    makeImage(`${stack.name}/app:1`, { version: '1' });
  });
  afterEach(() => {
    stack.clean();
    lab.clean();
  });

  function write(front: object, data: object): void {
    const web = { image: `${stack.name}/app:1`, networks: ['front'], volumes: ['data:/data'] };
    stack.write({ web }, { networks: { front }, volumes: { data } });
  }

  /** The engine's own answers, but for the version of Compose. */
  function withCompose(version: string): Host {
    const host = lab.host();
    return Object.assign(Object.create(host) as Host, {
      exec: async (...given: Parameters<Host['exec']>) => {
        const result = await host.exec(...given);
        return given[0].join(' ').startsWith('docker compose version')
          ? { ...result, stdout: version }
          : result;
      },
    });
  }

  async function look(version: string, ...services: string[]) {
    const config = await readConfig(lab.host(), inputsOfFile(stack.file));
    if (config === null) throw new Error('Compose does not read the stack');
    return definitionNotices(withCompose(version), config, services);
  }

  test('what Compose leaves as it is is told, what it would stop containers for is refused', async () => {
    write({}, {});
    // A default of an old engine, and what nobody has made yet, are no change.
    expect(await look('2.26.1', 'web')).toEqual({ warnings: [], blockers: [] });
    stack.compose('create');
    expect(await look('2.26.1', 'web')).toEqual({ warnings: [], blockers: [] });
    docker('network', 'inspect', `${stack.name}_front`);

    const subnet = '10.213.57.0/24';
    write({ internal: true, ipam: { config: [{ subnet }] } }, { labels: { kept: 'yes' } });
    const old = await look('2.26.1', 'web');
    expect([codes(old.warnings), old.blockers]).toEqual([['definition_changed', 'definition_changed'], []]);
    const [volume = '', network = ''] = old.warnings.map(({ message }) => plain(message));
    expect(volume).toBe(
      `The file has another volume ${stack.name}_data than the one that exists: label kept added. The existing one is kept.`,
    );
    expect(network).toMatch(
      /_front than the one that exists: now internal, subnet [\d./]+ → 10\.213\.57\.0\/24\. /,
    );

    const late = await look('2.40.3', 'web');
    expect([codes(late.warnings), codes(late.blockers)]).toEqual([
      ['definition_changed'],
      ['definition_changed'],
    ]);
    expect(await look('2.40.3')).toEqual({ warnings: [], blockers: [] });
  });
});
