import { Stage } from '../tests/e2e/stage.js';
import { at, measure } from './support/probe-under-flood.js';
import type { Proof } from './support/proof.js';

/** From how many addresses the bodies come; one seed each, and again from the first. */
const ADDRESSES = [1, 250] as const;
const CLIENTS = 1050;
/** In 99 of 100 cases a probe takes no longer than this beyond what the machine makes a server that idles take, in ms. */
const PROMISED_MS = 100;
const LONGEST_MS = 10_000;

export const proof: Proof = {
  description: 'probes are answered within 100 ms while 1,050 slow bodies without a key hold connections',

  async run({ seeds, minutes, log, signal }) {
    const ms = Math.min(LONGEST_MS, (minutes * 60_000) / seeds.length / 4);
    const stage = await Stage.create();
    stage.expectLog(/"reason":"too_(many_connections|slow)".*calls? (was|were) refused/);
    const figures: Record<string, string> = {};
    let ok = true;
    try {
      const url = await (await stage.start()).url();
      for (const seed of seeds) {
        if (signal.aborted) break;
        const addresses = ADDRESSES[(seed - 1) % ADDRESSES.length] ?? 1;
        const { bot, idle, cutOff } = await measure(url, { clients: CLIENTS, addresses }, ms, signal);
        const [p50, p99, most, machine] = [at(0.5, bot), at(0.99, bot), at(1, bot), at(0.99, idle)].map(
          (took) => Math.round(took),
        ) as [number, number, number, number];
        const told = `${bot.length} probes of /healthz: p50 ${p50} ms, p99 ${p99} ms, longest ${most} ms; a server that idles: p99 ${machine} ms; ${cutOff} bodies cut off`;
        figures[`seed ${seed}, ${addresses} addresses`] = told;
        if (p99 - machine < PROMISED_MS && cutOff > 0) continue;
        ok = false;
        log(`seed ${seed}, ${addresses} addresses: ${told}`);
      }
    } finally {
      await stage.end();
    }
    return { ok, figures };
  },
};
