import { plain } from '../../../core/model/phrase.js';
import type { Arg, Argv } from '../../../core/model/plan.js';
import type { Run } from '../../../core/model/run.js';
import { formatCount } from '../../../core/text/format.js';
import { type Block, type Message, type TextFile, withinLimits } from './fit.js';
import { cleanLine, inlineCode, markdown, middle } from './text.js';
import { COLORS, titleLine } from './words.js';

const LINE_MAX = 1500;
const STEPS_SHOWN = 12;

/** The exact commands of every step. What does not fit stands whole in an attached file. */
export function showCommands(run: Run): Message {
  const steps = run.plan.parts.flatMap((part) => part.steps);
  const texts = steps.map(({ commands }) => commands.map(argvText).join(' | '));
  const blocks = steps.map(({ title: words }, index): string => {
    const text = texts[index] ?? '';
    const head = `${index + 1}. ${markdown(words)}`;
    return text === '' ? `${head}\nNo command.` : `${head}\n${asBlock(text)}`;
  });
  const file = commandsFile(run, texts);
  const long = texts.some((text) => text.length > LINE_MAX);
  const list: Block = {
    items: blocks,
    show: STEPS_SHOWN,
    more: (hidden) => `and ${formatCount(hidden, 'more step')}: all are in ${inlineCode(file.name)}`,
    ...(long ? {} : { file: () => file }),
  };
  return withinLimits({
    embeds: [{ color: COLORS.grey, blocks: [titleLine(run), '', list] }],
    files: long ? [file] : [],
  });
}

/** A command as one would type it into a shell, for reading: nothing here is ever run. */
export function argvText(argv: Argv): string {
  return argv.map(argText).join(' ');
}

function argText(arg: Arg): string {
  if (typeof arg !== 'string') return '••••';
  if (/^[\w@%+=:,./-]+$/.test(arg)) return arg;
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(arg)) return `$'${escaped(arg)}'`;
  return `'${arg.replaceAll("'", "'\\''")}'`;
}

/** Control and format characters as shells write them in $'…'. */
function escaped(arg: string): string {
  return arg
    .replace(/[\\']/g, '\\$&')
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
    );
}

function asBlock(text: string): string {
  return `\`\`\`\n${middle(cleanLine(text), LINE_MAX).replace(/`(?=`)/g, '`\u200b')}\n\`\`\``;
}

/** All commands of a run, complete. */
function commandsFile(run: Run, texts: readonly string[]): TextFile {
  const steps = run.plan.parts.flatMap((part) => part.steps);
  const text = steps
    .map(({ title: words }, index) => `# ${index + 1}. ${cleanLine(plain(words))}\n${texts[index] ?? ''}\n`)
    .join('\n');
  return { name: `${run.id}-commands.txt`, text, keep: 'start' };
}
