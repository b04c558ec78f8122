import type { RunContext } from '../../core/ports/executor.js';
import type { Layer } from './pull-data.js';

/** `68efe8fca52b Downloading [=>   ]  320.5kB/31.07MB`, as Compose prints each event of the engine. */
const LINE =
  /^\s*([0-9a-f]{12}) (Pulling fs layer|Waiting|Downloading|Verifying Checksum|Download complete|Extracting|Pull complete|Already exists)(?:\s.*?([\d.]+)([kMGT]?B)\/([\d.]+)([kMGT]?B))?\s*$/;
const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
/** Between two reports, in ms. */
const REPORT_EVERY = 1000;

/** Is the line one of many that only say how far a layer is? */
export function isLayerLine(line: string): boolean {
  return LINE.test(line);
}

interface LayerState {
  done: number;
  /** Null while nothing said how large it is. */
  total: number | null;
}

/**
 * Reports how many bytes of an image have been downloaded. The total is told once every layer's size is known: at once
 * where the manifest was read, else when each layer has begun.
 */
export function pullProgress(
  ctx: Pick<RunContext, 'progress' | 'now'>,
  image: string,
  layers: readonly Layer[] | null,
): (line: string) => void {
  const sizes = new Map(layers?.map(({ digest, size }) => [shortOf(digest), size]));
  const states = new Map<string, LayerState>();
  let reportedAt = Number.NEGATIVE_INFINITY;
  let reported = -1;
  return (line) => {
    const [, id = '', what = '', count, unit = '', all, allUnit = ''] = LINE.exec(line) ?? [];
    if (id === '') return;
    const state = states.get(id) ?? { done: 0, total: sizes.get(id) ?? null };
    states.set(id, next(state, what, bytesOf(count, unit), bytesOf(all, allUnit)));
    const known = [...states.values()];
    const done = known.reduce((sum, layer) => sum + layer.done, 0);
    const isKnown = known.every(({ total }) => total !== null);
    const total = known.reduce((sum, layer) => sum + (layer.total ?? 0), 0);
    const now = ctx.now().getTime();
    if (done === reported || (now - reportedAt < REPORT_EVERY && done < total)) return;
    reported = done;
    reportedAt = now;
    ctx.progress({ current: image, done, unit: 'bytes', ...(isKnown && total > 0 ? { total } : {}) });
  };
}

function next(
  { done, total }: LayerState,
  what: string,
  count: number | null,
  all: number | null,
): LayerState {
  switch (what) {
    case 'Already exists':
      return { done: 0, total: 0 };
    case 'Downloading':
      // What Compose prints is rounded to four digits.
      return {
        done: Math.max(done, Math.min(count ?? 0, total ?? Number.POSITIVE_INFINITY)),
        total: total ?? all,
      };
    case 'Pulling fs layer':
    case 'Waiting':
      return { done, total };
    default: {
      const size = total ?? all ?? done;
      return { done: size, total: size };
    }
  }
}

function shortOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1, digest.indexOf(':') + 13);
}

function bytesOf(count: string | undefined, unit: string): number | null {
  const size = UNITS[unit];
  return count === undefined || size === undefined ? null : Math.round(Number(count) * size);
}
