import { expect, test } from '@jest/globals';
import { measure } from '../../prove/support/probe-under-flood.js';
import { Stage } from '../e2e/stage.js';

test.each([1, 250])(
  'every probe is answered while slow bodies come from %i addresses',
  async (addresses) => {
    const stage = await Stage.create();
    stage.expectLog(/"reason":"too_(many_connections|slow)".*calls? (was|were) refused/);
    try {
      const url = await (await stage.start()).url();
      // How fast is for the proof to say: here others have the machine as well.
      const signal = AbortSignal.timeout(60_000);
      const { bot, cutOff } = await measure(url, { clients: 1050, addresses }, 3000, signal);
      expect(bot.length).toBeGreaterThan(0);
      expect(bot.filter((took) => took === Number.POSITIVE_INFINITY)).toEqual([]);
      expect(cutOff).toBeGreaterThan(0);
    } finally {
      await stage.end();
    }
  },
  120_000,
);
