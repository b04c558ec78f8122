import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Told } from '../claims/command.js';
import { look, type Seen, type Shown, shownNow } from './engine.js';
import { type Images, Stage } from './stage.js';
import type { Story } from './story.js';

/** What was seen of one story, for the judge. */
export interface Played {
  readonly story: Story;
  readonly project: string;
  readonly before: ReadonlyMap<string, Seen>;
  readonly after: ReadonlyMap<string, Seen>;
  /** After a plain `docker compose up -d`; null: it would say nothing, because somebody edited the files. */
  readonly plain: ReadonlyMap<string, Seen> | null;
  /** What Compose would have made at the time of the preview. */
  readonly shown: ReadonlyMap<string, Shown>;
  readonly told: Told | null;
  readonly said: string;
}

const QUESTION = /Run it\? \[y\/N\] |Type rollout_it to run it: /g;
/** So long a run may take at most. */
const LIMIT_MS = 180_000;

/** Null: Compose itself doesn't start this stack. */
export async function play(
  story: Story,
  seed: number,
  images: Images,
  chatops: string,
): Promise<Played | null> {
  const stage = new Stage(story, seed, images);
  try {
    if (!stage.up()) return null;
    if (story.moment === 'before') stage.edit(story.edit);
    stage.move();
    const before = look(stage.project);
    const shown = shownNow(stage.folder, story.profiles);
    const said = await answered(stage, chatops);
    const after = look(stage.project);
    const id = /\br-[a-z0-9]{4,}\b/.exec(said)?.[0] ?? '';
    const told = toldOf(stage, chatops, id);
    const isUnedited = story.moment === 'before' && story.edit !== 'scaled by hand';
    if (isUnedited) stage.up();
    const plain = isUnedited ? look(stage.project) : null;
    return { story, project: stage.project, before, after, plain, shown, told, said };
  } finally {
    stage.clean();
  }
}

function envOf({ root }: Stage): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const own = { CHATOPS_DATA_DIR: join(root, 'data'), CHATOPS_INTENTS_DIR: join(root, 'intents') };
  return { PATH, HOME, TERM: 'dumb', ...own };
}

/** Runs the intent on a terminal, and answers its first preview; a second one is turned down. */
async function answered(stage: Stage, chatops: string): Promise<string> {
  const { moment, edit, delayMs } = stage.story;
  const command = `'${process.execPath}' '${chatops}' run rollout_it`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: envOf(stage), stdio: 'pipe' });
  const timers = [setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)];
  let [said, questions] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const asked = [...said.matchAll(QUESTION)];
    if (asked.length <= questions) return;
    questions = asked.length;
    if (questions > 1) return void child.stdin.write('\n');
    if (moment === 'between') stage.edit(edit);
    child.stdin.write(asked[0]?.[0].startsWith('Type') ? 'rollout_it\n' : 'y\n');
    if (moment === 'during') timers.push(setTimeout(() => stage.edit(edit), delayMs));
  });
  await new Promise((resolve) => child.on('close', resolve));
  for (const timer of timers) clearTimeout(timer);
  return said;
}

function toldOf(stage: Stage, chatops: string, id: string): Told | null {
  const options = { env: envOf(stage), encoding: 'utf8' } as const;
  const { stdout } = spawnSync(process.execPath, [chatops, 'show', id, '--json'], options);
  try {
    return JSON.parse(stdout) as Told;
  } catch {
    return null;
  }
}
