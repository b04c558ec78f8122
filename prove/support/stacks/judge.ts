import type { Told } from '../claims/command.js';
import type { Seen, Shown } from './engine.js';
import type { Played } from './play.js';

type Effect = { readonly kind: string; readonly target?: string };

/** What is not so, of all that was promised: each in a sentence. */
export function wrongIn(played: Played): readonly string[] {
  const { told, after, before, story } = played;
  if (told === null) return [`nothing was told: ${played.said.slice(-300)}`];
  const byHand = story.moment !== 'before' && /by hand$/.test(story.edit) ? story.target : null;
  const named = namedServices(told, before);
  return [
    ...unnamedTouched(played, named.all, byHand),
    ...endWrong(told, played, named.replaced, byHand),
    ...(byHand === null ? downWrong(told, played) : []),
    ...plainWrong(told, played),
    ...[...after.values()].flatMap(({ name }) => (/^[0-9a-f]{12}_/.test(name) ? [`${name} is left`] : [])),
  ];
}

/** `replaced`: containers of them are made; `all`: with those that are only started or restarted. */
function namedServices(told: Told, before: ReadonlyMap<string, Seen>) {
  const effects = (told.plan?.parts ?? []).flatMap(({ effects }) => effects as readonly Effect[]);
  const serviceOf = (target: string): string => before.get(target)?.service ?? target;
  const stopped = new Set(effects.flatMap(({ kind, target = '' }) => (kind === 'stop' ? [target] : [])));
  const targets = effects.map(({ target = '' }) => target);
  const made = targets.filter((target) => !stopped.has(target));
  return { all: new Set(targets.map(serviceOf)), replaced: new Set(made.map(serviceOf)) };
}

function unnamedTouched(
  { before, after }: Played,
  named: ReadonlySet<string>,
  byHand: string | null,
): readonly string[] {
  const all = [...new Set([...before.keys(), ...after.keys()])];
  return all.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    const service = was?.service ?? is?.service ?? '';
    if (named.has(service) || service === byHand || was?.id === is?.id) return [];
    return [`${name} was not named, and ${was ? (is ? 'is another one' : 'is gone') : 'is new'}`];
  });
}

function endWrong(
  { state }: Told,
  { before, after, shown }: Played,
  replaced: ReadonlySet<string>,
  byHand: string | null,
): readonly string[] {
  const now = [...after.values()].filter(({ service }) => replaced.has(service) && service !== byHand);
  switch (state) {
    case 'succeeded':
      return now.flatMap((one) => otherThanShown(one, shown.get(one.service)));
    case 'rolled_back':
      return [...before.values()]
        .filter(({ service }) => replaced.has(service) && service !== byHand)
        .flatMap((was) => otherThanBefore(was, after.get(was.name), shown.get(was.service)));
    case 'failed':
      return now.flatMap((one) => {
        const was = before.get(one.name);
        const isNew = otherThanShown(one, shown.get(one.service)).length === 0;
        return isNew || (was && sameSpec(was, one))
          ? []
          : [`${one.name} is neither what ran nor what was shown`];
      });
    default:
      // Nothing was run.
      return now
        .filter(({ name, id }) => before.get(name)?.id !== id)
        .map(({ name }) => `${name} is another one, and the run is ${state}`);
  }
}

function otherThanShown(one: Seen, shown: Shown | undefined): readonly string[] {
  if (!shown) return [`${one.name} is of a service that the files did not have`];
  const { env, mounts, privileged, command } = one.spec;
  const binds = mounts.flatMap((mount) => {
    const [type, source, target] = mount.split(' ');
    return type === 'bind' ? [`${source} ${target}`] : [];
  });
  const differing = [
    ...(one.image === shown.image ? [] : ['image']),
    ...(shown.env.every((each) => env.includes(each)) ? [] : ['variables']),
    ...(env.some((each) => each.startsWith('EDITED=') && !shown.env.includes(each))
      ? ['edited variables']
      : []),
    ...(binds.sort().join() === [...shown.binds].sort().join() ? [] : ['binds']),
    ...(privileged === shown.privileged ? [] : ['privileges']),
    ...(isShownCommand(command, shown.command) ? [] : ['command']),
  ];
  return differing.map((what) => `${one.name} has another ${what} than was shown`);
}

/** Where the files name none, it is the image's. */
function isShownCommand(command: string, shown: string): boolean {
  return shown === 'null' ? !command.includes('100001') : command === shown;
}

/** The old one, or another that is made as it was; a unit of which another one failed may have kept what was shown. */
function otherThanBefore(was: Seen, is: Seen | undefined, shown: Shown | undefined): readonly string[] {
  if (!is) return [`${was.name} is gone after the way back`];
  if (sameSpec(was, is) || otherThanShown(is, shown).length === 0) return [];
  return [`${was.name} is not what it was: ${JSON.stringify(was.spec)} ${JSON.stringify(is.spec)}`];
}

function sameSpec(was: Seen, is: Seen): boolean {
  return was.image === is.image && JSON.stringify(was.spec) === JSON.stringify(is.spec);
}

/** What ran before runs, or the outcome says its name; with success there is nothing to say. */
function downWrong(told: Told, { before, after }: Played): readonly string[] {
  const words = (told.outcome?.summary ?? []).join(' ');
  return [...before.values()].flatMap(({ name, service, isUp }) => {
    const now = after.get(name);
    if (!isUp || now?.isUp) return [];
    const isSaid = told.state !== 'succeeded' && (words.includes(name) || words.includes(service));
    return isSaid ? [] : [`${name} ran before, is down now, and the run is ${told.state}`];
  });
}

/** The one exception that docs/compose.md names: made again, with the volume that nobody named. */
function keepsItsVolume(was: Seen, is: Seen | undefined): boolean {
  const unnamed = was.spec.mounts.filter((mount) => /^volume [0-9a-f]{64} /.test(mount));
  return unnamed.length > 0 && unnamed.every((mount) => is?.spec.mounts.includes(mount));
}

function plainWrong({ state }: Told, { after, plain }: Played): readonly string[] {
  if (plain === null || state !== 'succeeded') return [];
  return [...after.values()]
    .filter(({ name, id }) => plain.get(name)?.id !== id)
    .filter((one) => !keepsItsVolume(one, plain.get(one.name)))
    .map(({ name }) => `${name} is made again by a plain docker compose up`);
}
