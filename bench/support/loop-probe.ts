/** Loaded into a measured process by `--import`: tells its event loop's delay when it is asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Since the last reading, in ms. The probe's own timer of 1 ms is part of each delay. */
export interface LoopFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const MS = 1e6;
const histogram = monitorEventLoopDelay({ resolution: 1 });
histogram.enable();

process.on('message', () => {
  const figures: LoopFigures = {
    p50: histogram.percentile(50) / MS,
    p99: histogram.percentile(99) / MS,
    max: histogram.max / MS,
  };
  histogram.reset();
  process.send?.(figures);
});
// Being asked must not be what keeps the process alive.
process.channel?.unref();
