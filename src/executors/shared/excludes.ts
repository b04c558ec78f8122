/**
 * What an exclude pattern means, for every kind of backup: what rsync makes of it (rsync(1), PATTERN MATCHING RULES). A
 * slash at the start anchors it at the source, one at the end asks for a folder, one inside makes it match the end of a
 * path; `*` and `?` stop at slashes, `**` doesn't. What is below an excluded folder is excluded with it.
 */
interface Exclude {
  /** Matches `/` and a path relative to the source: a POSIX extended regular expression, for bytes (LC_ALL=C). */
  readonly regex: string;
  readonly foldersOnly: boolean;
}

/** Matches no path: none has a slash at its end. */
const NEVER: Exclude = { regex: '/.*/', foldersOnly: false };

/** More than one where a pattern means a folder, and what is in it, but no file of that name. */
function readExclude(pattern: string, render: Render): readonly Exclude[] {
  const isWild = /[*?[]/.test(pattern);
  const foldersOnly = pattern.length > 1 && pattern.endsWith('/');
  const bare = foldersOnly ? pattern.slice(0, -1) : pattern;
  if (bare === '' || bare === '/') return [NEVER];
  const anchored = bare.startsWith('/');
  const isDeep = isWild && bare.includes('**');
  // Two stars at the start may match the slash before the whole path; everything else begins behind a slash.
  const start = isDeep && bare.startsWith('**') ? '' : anchored ? '/' : '/(.*/)?';
  const body = anchored ? bare.slice(1) : bare;
  // rsync counts that slash among those of the path's end, and no path has it there.
  if (isWild && !anchored && !isDeep && hasSlashInBrackets(body)) return [NEVER];
  if (isWild && body.endsWith('/***')) {
    const folder = wild(body.slice(0, -4), render);
    if (folder === null) return [NEVER];
    return [
      { regex: `${start}${folder}`, foldersOnly: true },
      { regex: `${start}${folder}/.*`, foldersOnly },
    ];
  }
  const text = isWild ? wild(body, render) : [...body].map(literal).join('');
  return text === null ? [NEVER] : [{ regex: `${start}${text}`, foldersOnly }];
}

/** Null where it can match nothing. */
function wild(pattern: string, render: Render): string | null {
  let regex = '';
  for (let at = 0; at < pattern.length; ) {
    const sign = pattern[at] ?? '';
    if (sign === '*') {
      const stars = /^\*+/.exec(pattern.slice(at))?.[0].length ?? 1;
      regex += stars > 1 ? '.*' : '[^/]*';
      at += stars;
    } else if (sign === '?') {
      regex += '[^/]';
      at += 1;
    } else if (sign === '[') {
      const found = bracket(pattern, at + 1, render);
      if (found === null) return null;
      regex += found.regex;
      at = found.end;
    } else {
      const escaped = sign === '\\';
      const next = pattern[at + (escaped ? 1 : 0)];
      if (next === undefined) return null;
      regex += literal(next);
      at += escaped ? 2 : 1;
    }
  }
  return regex;
}

function hasSlashInBrackets(pattern: string): boolean {
  const outside: Render = (signs, negated) => (negated || signs.size > 0 ? 'x' : '');
  const regex = wild(pattern, outside) ?? '';
  return slashes(regex.replaceAll('[^/]', 'x')) < slashes(pattern);
}

function slashes(text: string): number {
  return text.split('/').length;
}

function literal(sign: string): string {
  return /[\\^$.|?*+(){}[\]]/.test(sign) ? `\\${sign}` : sign;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /\p{Cc}/u,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};
const ASCII = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1));

/** What is between brackets, from `start` on, as signs one by one: a regular expression has other rules for order. */
function bracket(
  pattern: string,
  start: number,
  render: Render,
): { readonly regex: string; readonly end: number } | null {
  const negated = pattern[start] === '!' || pattern[start] === '^';
  const signs = new Set<string>();
  let at = start + (negated ? 1 : 0);
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    const named = /^\[:([a-z]*):\]/.exec(pattern.slice(at));
    if (named) {
      const members = CLASSES[named[1] ?? ''];
      if (!members) return null;
      for (const sign of ASCII) if (members.test(sign)) signs.add(sign);
      at += named[0].length;
      continue;
    }
    const low = signAt(pattern, at);
    if (low === null) return null;
    at = low.end;
    const hyphen = pattern[at] === '-' && pattern[at + 1] !== undefined && pattern[at + 1] !== ']';
    const high = hyphen ? signAt(pattern, at + 1) : null;
    if (high === null) {
      signs.add(low.sign);
      continue;
    }
    at = high.end;
    // rsync looks at the sign before a range, too: it is one of those that match.
    for (const sign of ASCII) if (sign >= low.sign && sign <= high.sign) signs.add(sign);
    if (low.sign > '\x7f' || high.sign > '\x7f') for (const { sign } of [low, high]) signs.add(sign);
    signs.add(low.sign);
  }
  if (negated) signs.add('/');
  else signs.delete('/');
  return signs.size === 0 ? null : { regex: render(signs, negated), end: at + 1 };
}

function signAt(pattern: string, at: number): { readonly sign: string; readonly end: number } | null {
  const escaped = pattern[at] === '\\';
  const sign = pattern[at + (escaped ? 1 : 0)];
  return sign === undefined ? null : { sign, end: at + (escaped ? 2 : 1) };
}

/** How one sign of several is written in a regular expression; of another dialect for each reader. */
type Render = (signs: ReadonlySet<string>, negated: boolean) => string;

/** POSIX knows no escapes between brackets: what would mean something stands where it doesn't. */
const forFind: Render = (signs, negated) => {
  if (signs.size === 1 && !negated) return literal([...signs][0] ?? '');
  const has = (sign: string): string => (signs.has(sign) ? sign : '');
  const plain = [...signs].filter((sign) => ![']', '^', '[', '-'].includes(sign)).join('');
  const inside = `${has(']')}${plain}${has('[')}`;
  const last = inside === '' && !negated ? `${has('-')}${has('^')}` : `${has('^')}${has('-')}`;
  return `[${negated ? '^' : ''}${inside}${last}]`;
};

const forHere: Render = (signs, negated) =>
  `[${negated ? '^' : ''}${[...signs].map((sign) => (/[\]\\^[-]/.test(sign) ? `\\${sign}` : sign)).join('')}]`;

/** find(1)'s words for what a pattern excludes, of files found below `root`. Its environment needs LC_ALL=C. */
export function excludedTest(root: string, pattern: string): string[] {
  const prefix = [...root].map(literal).join('');
  const tests = readExclude(pattern, forFind).map(({ regex, foldersOnly }) => [
    ...(foldersOnly ? ['-type', 'd'] : []),
    ...['-regex', `${prefix}${regex}`],
  ]);
  return ['(', ...tests.flatMap((test, index) => (index === 0 ? test : ['-o', ...test])), ')'];
}

/** Lets find leave out what is excluded, and go on with all that is not. */
export function prunedFirst(root: string, exclude: readonly string[]): string[] {
  return exclude.flatMap((pattern) => [...excludedTest(root, pattern), '-prune', '-o']);
}

/** How find is called so that {@link excludedTest} means bytes and extended regular expressions. */
export function findCommand(root: string, ...words: readonly string[]): string[] {
  return ['env', 'LC_ALL=C', 'find', root, '-regextype', 'posix-extended', ...words];
}

/**
 * Is a folder left out, or one above it?
 * @param path relative to the source
 */
export function excludesFolder(patterns: readonly string[], path: string): boolean {
  const parts = path.split('/');
  const above = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return patterns
    .flatMap((pattern) => readExclude(pattern, forHere))
    .some(({ regex }) => above.some((folder) => new RegExp(`^(?:${regex})$`, 's').test(folder)));
}
