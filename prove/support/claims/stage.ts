import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { changeSomething, playAct } from './act.js';
import { isGood, retentionHolds, rowIsTrue } from './archives.js';
import type { Told } from './command.js';
import { doneUnshown } from './deeds.js';
import { Dice } from './dice.js';
import { FAULTS, mountBelow, preparesMount, unmountBelow, type World } from './faults.js';
import { FEATURES, plantBasics } from './features.js';
import { intentOf, sourceOf } from './intent.js';
import { lostInSilence } from './losses.js';
import { mountsHold } from './mounts.js';
import { mustNot } from './musts.js';
import type { Places } from './places.js';
import type { Seen } from './seen.js';
import { judgeSentences } from './sentences.js';
import type { Act, Story } from './story.js';
import { makeTools } from './tools.js';

/** What one run showed. */
export interface Verdict {
  readonly act: Act;
  /** All that the tree has by now. */
  readonly features: readonly string[];
  readonly struck: boolean;
  readonly state: string;
  readonly wrong: readonly string[];
  /** For people who look into it. */
  readonly told: Told | null;
}

/** What all stories of a proof share. */
export interface Theatre {
  readonly root: string;
  readonly places: Places;
  readonly chatops: string;
  /** An image with a file that can't be read to its end. */
  readonly damaged: string;
  /** Fields that the program under test knows. */
  readonly knows: (line: string) => boolean;
}

/** Plays one story; each of its runs is judged on its own. */
export async function play(story: Story, theatre: Theatre): Promise<readonly Verdict[]> {
  const dice = new Dice(story.seed * 7919);
  const root = join(theatre.root, `s${story.seed}`);
  const place = await theatre.places.get(story.place);
  const folder = `s${story.seed}${story.isDeep ? '/not/there' : ''}`;
  for (const name of ['src', 'intents', 'data']) mkdirSync(join(root, name), { recursive: true });
  const world: World = {
    source: join(root, 'src'),
    copy: place.path(folder),
    dice,
    place,
    damaged: theatre.damaged,
    touched: new Set(),
  };
  mkdirSync(place.path(`s${story.seed}`), { recursive: true });
  plantBasics(world);
  // Another folder of the same intent, which is backed up only on the first night.
  const winter = { ...world, source: join(root, 'winter') };
  if (story.form === 'parameter') plantBasics(winter);
  else if (story.form !== 'folder') symlinkSync(sourceOf(story, world.source), join(root, 'current'));
  if (story.acts.some(({ fault }) => preparesMount(fault))) mountBelow(world);
  const intent = intentOf(story, world, place.destination(folder), theatre.knows);
  writeFileSync(join(root, 'intents/story.yaml'), intent.text);
  const tools = makeTools(root);
  const verdicts: Verdict[] = [];
  const good: { readonly path: string; readonly source: string }[] = [];
  let hadMount = false;
  try {
    for (const [night, act] of story.acts.entries()) {
      for (const name of act.features) FEATURES[name](world);
      if (night > 0) changeSomething(world, FAULTS[act.fault].when === 'open');
      const { chatops } = theatre;
      const isOther = story.form === 'parameter' && night === 0;
      const tonight = isOther ? winter : world;
      const album = story.form === 'parameter' ? basename(tonight.source) : null;
      const of = (mine: boolean): readonly string[] =>
        good.filter(({ source }) => (source === tonight.source) === mine).map(({ path }) => path);
      const name = story.isRenamed && night === 2 ? 'renamed' : 'story';
      if (name === 'renamed')
        renameSync(join(root, 'intents/story.yaml'), join(root, 'intents/renamed.yaml'));
      const setting = { world: tonight, root, tools, chatops, night, intent, hadMount, name, album };
      const { seen, said } = await playAct(story, act, { ...setting, good: of(true), others: of(false) });
      const features = story.acts.slice(0, night + 1).flatMap((before) => before.features);
      const about = { act, features, struck: seen?.struck ?? false, state: seen?.told.state ?? 'none' };
      const wrong = seen ? judge(seen) : [`no answer in JSON: ${said.slice(0, 300)}`];
      verdicts.push({ ...about, wrong, told: seen?.told ?? null });
      if (seen?.told.state === 'succeeded') hadMount = seen.source.after.has('mounted/p0');
      if (seen?.archive && isGood(seen)) good.push({ path: seen.archive.path, source: tonight.source });
    }
  } finally {
    place.restore();
    unmountBelow(world);
    rmSync(root, { recursive: true, force: true });
    rmSync(place.path(`s${story.seed}`), { recursive: true, force: true });
  }
  return verdicts;
}

/** Everything that is not so. */
function judge(seen: Seen): readonly string[] {
  return [
    ...judgeSentences(seen),
    ...lostInSilence(seen),
    ...doneUnshown(seen),
    ...rowIsTrue(seen),
    ...retentionHolds(seen),
    ...mountsHold(seen),
    ...mustNot(seen),
  ];
}
