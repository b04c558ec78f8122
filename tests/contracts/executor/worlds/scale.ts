import { ComposeStack } from '../../../support/compose-stack.js';
import { makeImage } from '../../../support/docker-images.js';
import type { End, ExecutorUnderTest } from '../under-test.js';

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
        const wanted = end === null ? [BEFORE, WANTED] : [saidToRun(end)];
        return [
          ...lost.map((id) => `a container of before is gone: ${id.slice(0, 12)}`),
          ...(running.includes('web-1') ? [] : ['web-1 does not run']),
          ...stopped.map((name) => `left behind, not running: ${name}`),
          ...(wanted.includes(running.length)
            ? []
            : [`${running.length} replicas run, not ${wanted.join(' or ')}: ${end?.said}`]),
        ];
      },
      clean: async () => stack.clean(),
    };
  },
};

/** How many replicas run by what people are told. */
function saidToRun({ succeeded, run, said }: End): number {
  if (succeeded || said.includes('All that its plan said had been done')) return WANTED;
  const seen = /has (\d+) replicas? now/.exec(said)?.[1];
  // A number that nobody has confirmed is only left where going back is offered.
  return seen !== undefined && run?.outcome?.rollBack ? Number(seen) : BEFORE;
}
