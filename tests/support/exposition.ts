/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,?)/;
/** prom-client writes `Nan`; Prometheus reads it in any case. */
const VALUE = /^ (NaN|Nan|[+-]?Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/**
 * Reads Prometheus' text format, version 0.0.4, by family. Stricter than a scraper: every sample needs HELP and
 * TYPE before it, families are in one piece, nothing is there twice, counters end in `_total`, buckets add up.
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { help: string; type: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let open = '';
  if (!text.endsWith('\n')) throw new Error('the last line has no line feed');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (families.has(name)) throw new Error(`${name} is there twice`);
      families.set(name, { help: rest, type: '', samples: [] });
      open = name;
    } else if (kind === 'TYPE') {
      const family = families.get(name);
      if (!family || name !== open) throw new Error(`TYPE without HELP: ${line}`);
      family.type = rest;
    } else {
      const sample = parseSample(line);
      const family = families.get(open);
      const base =
        family?.type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name;
      if (!family || base !== open) throw new Error(`outside of its family: ${line}`);
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) throw new Error(`there twice: ${line}`);
      seen.add(key);
      family.samples.push(sample);
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function parseSample(line: string): Sample {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`no name: ${line}`);
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    for (let found = LABEL.exec(rest); found; found = LABEL.exec(rest)) {
      const [all, label = '', value = '', comma] = found;
      if (label in labels) throw new Error(`a label twice: ${line}`);
      labels[label] = value.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
      rest = rest.slice(all.length);
      if (comma === '') break;
    }
    if (!rest.startsWith('}')) throw new Error(`labels: ${line}`);
    rest = rest.slice(1);
  }
  const value = VALUE.exec(rest)?.[1];
  if (value === undefined) throw new Error(`value: ${line}`);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

function checkFamily(name: string, { type, samples }: Family): void {
  if (!['counter', 'gauge', 'histogram', 'summary'].includes(type)) throw new Error(`${name}: type ${type}`);
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`${name}: a counter ends in _total`);
  const ours = name.startsWith('chatops_');
  if (ours && type !== 'counter' && name.endsWith('_total'))
    throw new Error(`${name}: only counters end in _total`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0)))
    throw new Error(`${name} is negative`);
  if (type !== 'histogram') return;
  const series = new Map<string, { le: number; value: number }[]>();
  for (const { name: each, labels, value } of samples) {
    if (!each.endsWith('_bucket')) continue;
    const { le = '', ...others } = labels;
    const key = JSON.stringify(others);
    series.set(key, [...(series.get(key) ?? []), { le: Number(le.replace('Inf', 'Infinity')), value }]);
  }
  for (const [labels, buckets] of series) {
    const total = samples.find(
      (sample) => sample.name === `${name}_count` && JSON.stringify(sample.labels) === labels,
    )?.value;
    const grows = buckets.every(
      ({ le, value }, index) =>
        index === 0 || (le > (buckets[index - 1]?.le ?? 0) && value >= (buckets[index - 1]?.value ?? 0)),
    );
    const last = buckets.at(-1);
    if (!grows || last?.le !== Infinity || last.value !== total)
      throw new Error(`${name}: buckets of ${labels}`);
  }
}

/** The value of one sample by its labels, in any order; null when there is none. */
export function sampleValue(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  for (const { samples } of parseExposition(text).values()) {
    const found = samples.find(
      (sample) => sample.name === name && JSON.stringify(Object.entries(sample.labels).sort()) === wanted,
    );
    if (found) return found.value;
  }
  return null;
}
