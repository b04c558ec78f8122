import { ComposeStack } from '../../../support/compose-stack.js';
import { makeImage } from '../../../support/docker-images.js';
import type { ExecutorUnderTest } from '../under-test.js';

const BEFORE = 1;
const WANTED = 3;

/** A Compose service that goes from one replica to three, on the real engine. */
export const scale: ExecutorUnderTest = {
  name: 'scale',
  create: async () => {
    const stack = new ComposeStack();
    const image = `${stack.name}/web:1`;
    makeImage(image, { version: '1' });
    stack.write({ web: { image, network_mode: 'none' } });
    let before: readonly string[] = [];
    return {
      intent: `action: scale
stack: shop
compose: ${stack.file}
service: web
replicas: ${WANTED}
min: 0
max: 5
stable_for: 1
timeout: 20
`,
      kept: [],
      reset: async () => {
        stack.up('--scale', `web=${BEFORE}`);
        before = stack.ids('web');
      },
      look: async (end) => {
        const [all, running] = [stack.names(), stack.running()];
        const lost = before.filter((id) => !stack.ids('web').includes(id));
        const stopped = all.filter((name) => !running.includes(name));
        const isOffered = end?.run?.outcome?.rollBack !== undefined;
        const wanted = end?.succeeded ? WANTED : BEFORE;
        return [
          ...lost.map((id) => `a container of before is gone: ${id.slice(0, 12)}`),
          ...(running.includes('web-1') ? [] : ['web-1 does not run']),
          ...stopped.map((name) => `left behind, not running: ${name}`),
          ...(running.length === wanted || isOffered
            ? []
            : [`${running.length} replicas run, not ${wanted}`]),
        ];
      },
      clean: async () => stack.clean(),
    };
  },
};
