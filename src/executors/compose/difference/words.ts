import { code, type Phrase, type PhrasePart, phrase } from '../../../core/model/phrase.js';
import { formatBytes } from '../../../core/text/format.js';
import { type Mount, readMount } from './mounts.js';
import type { Setting, Topic } from './setting.js';

/** What changes, in short pieces for a list: the worst first, names of one kind together. */
export function changeWords(changed: readonly Setting[]): readonly Phrase[] {
  return TOPICS.flatMap(([topic, words]) => words(changed.filter((setting) => setting.topic === topic)));
}

type Words = (changed: readonly Setting[]) => readonly Phrase[];

const TOPICS: readonly (readonly [Topic, Words])[] = [
  ['privileged', each(({ wanted }) => (wanted ? phrase`now privileged` : phrase`no longer privileged`))],
  ['capability', names('adds', 'no longer has', 'capability', 'capabilities')],
  ['dropped', names('drops', 'no longer drops', 'capability', 'capabilities')],
  ['security', names('adds', 'removes', 'security option', 'security options')],
  ['namespace', each(namespaceWords)],
  ['device', names('adds', 'removes', 'device', 'devices')],
  ['mount', each(mountWords)],
  [
    'user',
    each(({ wanted, has }) => phrase`runs as ${code(wanted ?? 'root')}, not as ${code(has ?? 'root')}`),
  ],
  ['variable', variableWords],
  ['port', names('publishes', 'no longer publishes', 'port', 'ports')],
  ['network', each(networkWords)],
  ['label', labelWords],
  ['hidden', each(({ name, wanted }) => (wanted ? phrase`another ${name}` : phrase`no ${name} of its own`))],
  ['plain', each(({ name, wanted, has }) => valueWords(name, wanted, has))],
  ['bytes', each(({ name, wanted, has }) => valueWords(name, size(wanted), size(has)))],
  ['exposed', names('exposes', 'no longer exposes', 'port', 'ports')],
];

function each(words: (setting: Setting) => Phrase): Words {
  return (changed) => changed.map(words);
}

function names(adds: string, removes: string, one: string, many: string): Words {
  return (changed) => {
    const { added, removed } = sorted(changed);
    const noun = (list: readonly string[]): string => (list.length === 1 ? one : many);
    return [
      ...(added.length > 0 ? [phrase`${adds} ${noun(added)} ${listed(added)}`] : []),
      ...(removed.length > 0 ? [phrase`${removes} ${noun(removed)} ${listed(removed)}`] : []),
    ];
  };
}

function sorted(changed: readonly Setting[]) {
  const pick = (is: (setting: Setting) => boolean) =>
    changed
      .filter(is)
      .map(({ name }) => name)
      .sort();
  return {
    added: pick(({ has }) => has === null),
    removed: pick(({ wanted }) => wanted === null),
    other: pick(({ wanted, has }) => wanted !== null && has !== null),
  };
}

/** Never a value: a password is a variable like any other. */
function variableWords(changed: readonly Setting[]): readonly Phrase[] {
  const { added, removed, other } = sorted(changed);
  const verb = (list: readonly string[]): string =>
    list.length === 1 ? 'has another value' : 'have other values';
  return [
    ...(added.length > 0 ? [phrase`${listed(added)} added`] : []),
    ...(removed.length > 0 ? [phrase`${listed(removed)} removed`] : []),
    ...(other.length > 0 ? [phrase`${listed(other)} ${verb(other)}`] : []),
  ];
}

function labelWords(changed: readonly Setting[]): readonly Phrase[] {
  const { added, removed, other } = sorted(changed);
  const labels = (list: readonly string[], verb: string): readonly Phrase[] =>
    list.length === 0 ? [] : [phrase`${list.length === 1 ? 'label' : 'labels'} ${listed(list)} ${verb}`];
  return [...labels(added, 'added'), ...labels(removed, 'removed'), ...labels(other, 'changed')];
}

function namespaceWords({ name, wanted, has }: Setting): Phrase {
  if (wanted === 'host') return phrase`now in the host’s ${name} namespace`;
  if (wanted === null && has === 'host') return phrase`no longer in the host’s ${name} namespace`;
  return valueWords(`${name} namespace`, wanted, has);
}

function networkWords({ name, wanted, has }: Setting): Phrase {
  if (has === null) return phrase`joins network ${code(name)}`;
  if (wanted === null) return phrase`leaves network ${code(name)}`;
  return valueWords(`address on ${name}`, wanted, has);
}

function valueWords(name: string, wanted: string | null, has: string | null): Phrase {
  if (isFlag(wanted) && isFlag(has)) return phrase`${name} ${wanted === 'on' ? 'on' : 'off'}`;
  if (wanted === '' || has === '') return phrase`${wanted === '' ? 'adds' : 'removes'} ${name}`;
  return phrase`${name}: ${value(has)} → ${value(wanted)}`;
}

function isFlag(text: string | null): boolean {
  return text === null || text === 'on';
}

function value(text: string | null): PhrasePart {
  return text === null || text === '' ? 'none' : code(text);
}

function size(bytes: string | null): string | null {
  return bytes === null ? null : formatBytes(Number(bytes));
}

function mountWords({ name: path, wanted, has }: Setting): Phrase {
  const to = wanted === null ? null : readMount(wanted);
  const from = has === null ? null : readMount(has);
  if (from === null) return to === null ? [] : phrase`adds ${mounted(to)} → ${code(path)} (${access(to)})`;
  if (to === null) return phrase`removes ${mounted(from)} from ${code(path)}`;
  if (to.type === from.type && to.source === from.source) {
    if (to.writable === from.writable) return phrase`other mount options at ${code(path)}`;
    return phrase`${mounted(to)} at ${code(path)} is ${to.writable ? 'now read-write' : 'now read-only'}`;
  }
  return phrase`${code(path)}: ${mounted(from)} → ${mounted(to)} (${access(to)})`;
}

/** The thing that is mounted: bind `/srv/data`, volume `db`. */
export function mounted({ type, source }: Mount): Phrase {
  if (type === 'anonymous') return phrase`an anonymous volume`;
  if (type === 'tmpfs') return phrase`a tmpfs`;
  return phrase`${type === 'other' ? 'mount' : type} ${code(source)}`;
}

function access({ writable }: Mount): string {
  return writable ? 'read-write' : 'read-only';
}

function listed(list: readonly string[]): Phrase {
  return list.flatMap<PhrasePart>((name, index) => {
    const joint = index === 0 ? '' : index === list.length - 1 ? ' and ' : ', ';
    return joint === '' ? [code(name)] : [joint, code(name)];
  });
}
