import { ComposeStack } from '../../../support/compose-stack.js';
import { docker, idsOf } from '../../../support/docker-cli.js';
import { makeImage } from '../../../support/docker-images.js';
import { TestRegistry } from '../../../support/docker-registry.js';
import type { ExecutorUnderTest } from '../under-test.js';

/** A Compose service whose image has a new version in a real registry. */
export const rollout: ExecutorUnderTest = {
  name: 'rollout',
  create: async () => {
    const registry = await TestRegistry.start();
    const stack = new ComposeStack();
    const image = `${registry.address}/${stack.name}/web:1`;
    const publish = (version: string): string => {
      const id = makeImage(image, { version });
      docker('push', '-q', image);
      return id;
    };
    const old = publish('1');
    stack.write({ web: { image, network_mode: 'none' } });
    stack.up();
    const wanted = publish('2');
    return {
      intent: `action: rollout
stack: shop
compose: ${stack.file}
stable_for: 1
timeout: 20
`,
      kept: [],
      reset: async () => {
        docker('tag', old, image);
        const holds = held(stack.name);
        if (holds.length > 0) docker('rm', '-f', ...holds);
        stack.up();
      },
      look: async (end) => {
        const images = stack.images('web');
        const [all, running] = [stack.names(), stack.running()];
        const right = end?.succeeded ? wanted : old;
        const { outcome, state } = end?.run ?? {};
        // Killed after the last service was replaced: the new version stays, and the report says so.
        const isOffered = outcome?.rollBack !== undefined || state === 'interrupted';
        return [
          ...(running.length === 1 ? [] : [`${running.length} replicas run, not 1`]),
          ...all.filter((name) => !running.includes(name)).map((name) => `left behind, not running: ${name}`),
          ...(images.length === 1 && (images[0] === right || isOffered)
            ? []
            : [
                `the image is ${images.map((id) => (id === wanted ? 'the new one' : id === old ? 'the old one' : id))}`,
              ]),
          ...(end === null ? [] : held(stack.name).map((id) => `a hold is left: ${id}`)),
        ];
      },
      clean: async () => {
        stack.clean();
        await registry.stop();
      },
    };
  },
};

/** Containers that only hold an image. */
function held(project: string): readonly string[] {
  return idsOf('ps', '-aq', '--filter', `label=chatops.hold.project=${project}`);
}
