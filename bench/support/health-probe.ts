import { Worker } from 'node:worker_threads';

export interface HealthProbe {
  /** Stops asking; resolves with the times of each address, in ms. */
  end(): Promise<readonly (readonly number[])[]>;
}

/** Asks the addresses in turn all the time, in a thread of its own, so that nothing of the bench delays it. */
export function startHealthProbe(urls: readonly string[]): HealthProbe {
  const worker = new Worker(new URL('./health-worker.js', import.meta.url), { workerData: urls });
  const samples = new Promise<number[][]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    end: () => {
      worker.postMessage('end');
      return samples;
    },
  };
}
