import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { inputsOfFile } from '../../../src/executors/compose/inputs.js';
import { readProject } from '../../../src/executors/compose/project.js';
import { describeWithDocker } from '../../support/docker.js';
import { Lab } from '../support/lab.js';

const STACK = resolve(dirname(fileURLToPath(import.meta.url)), '../../../intents/demo-stack');

describeWithDocker('the demo stack', () => {
  test('is a Compose file with one service that scales and one that can’t', async () => {
    const lab = new Lab();
    const result = await readProject(lab.host(), inputsOfFile(join(STACK, 'docker-compose.yml')));
    lab.clean();
    if (!result.ok) throw new Error(JSON.stringify(result.blockers));
    const { name, services, warnings } = result.project;
    expect([name, warnings]).toEqual(['chatops-demo', []]);
    expect(services.get('hello')).toMatchObject({ containerName: null, hostPorts: [], source: 'registry' });
    expect(services.get('proxy')).toMatchObject({ hostPorts: ['8080'], dependsOn: ['hello'] });
  });
});
