/** Asks some addresses in turn, from a thread that does nothing else; tells how long each answer took. */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const PAUSE_MS = 4;
const agent = new Agent({ keepAlive: true });
const urls: readonly string[] = workerData;
const samples: number[][] = urls.map(() => []);
let over = false;
parentPort?.once('message', () => {
  over = true;
});

function ask(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().once('end', resolve);
    }).once('error', reject);
  });
}

while (!over) {
  for (const [index, url] of urls.entries()) {
    const began = performance.now();
    await ask(url);
    samples[index]?.push(performance.now() - began);
    await sleep(PAUSE_MS);
  }
}
agent.destroy();
parentPort?.postMessage(samples);
