import { ComposeStack } from '../../../support/compose-stack.js';
import { docker, idsOf } from '../../../support/docker-cli.js';
import { makeImage } from '../../../support/docker-images.js';
import { TestRegistry } from '../../../support/docker-registry.js';
import type { End, ExecutorUnderTest } from '../under-test.js';

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
        const wrong = images.length === 1 ? wrongImage(images[0] === wanted ? 'new' : 'old', end) : null;
        return [
          ...(running.length === 1 ? [] : [`${running.length} replicas run, not 1`]),
          ...all.filter((name) => !running.includes(name)).map((name) => `left behind, not running: ${name}`),
          ...images.filter((id) => id !== old && id !== wanted).map((id) => `another image runs: ${id}`),
          ...(images.length === 1 ? [] : [`${images.length} images run`]),
          ...(wrong === null ? [] : [wrong]),
          ...(end === null || mayHold(end) ? [] : held(stack.name).map((id) => `a hold is left: ${id}`)),
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
  return idsOf('ps', '-aq', '--filter', `label=chatops.twin.project=${project}`);
}

/** What people are told must be what runs; without a word about it, it is as before. */
function wrongImage(runs: 'new' | 'old', end: End | null): string | null {
  if (end === null) return null;
  const isNew =
    end.succeeded || /runs \S+ now; whether|has its new version|All that its plan said/.test(end.said);
  return isNew === (runs === 'new') ? null : `the image is the ${runs} one, and it is said: ${end.said}`;
}

/** A hold stays as long as going back needs it, or where it is said that it could not be removed. */
function mayHold({ run, said }: End): boolean {
  return run?.outcome?.rollBack !== undefined || said.includes('may be left');
}
