import { FORMS, type Form, TABLE, type Verdict } from './rsync-option-table.js';
import { noOption, REFUSED, UNKNOWN } from './rsync-refusals.js';

/** What {@link checkRsyncOptions} found. `options` are in a normal form, without deletions and repetitions. */
export type RsyncOptionsCheck =
  | { readonly ok: true; readonly options: readonly string[]; readonly mirror: boolean }
  | { readonly ok: false; readonly option: string; readonly why: string; readonly hint: string };

/**
 * Checks an intent's rsync options against an allowlist. Some options of rsync run programs (`-e`,
 * `--rsync-path`) or read and write other files (`--files-from`, `--log-file`), so everything that is not
 * known to be harmless is refused, with what to write instead. `--delete` and its kin mean: mirror deletions,
 * done as the preview lists them. Options that the bot uses anyway (`-a`, `-H`, `-v`, …) are accepted and left out.
 */
export function checkRsyncOptions(options: readonly string[]): RsyncOptionsCheck {
  const kept = new Set<string>();
  let mirror = false;
  for (const option of options) {
    for (const verdict of verdictsOn(option)) {
      if (verdict === 'implied') continue;
      if (verdict === 'mirror') mirror = true;
      else if ('keep' in verdict) for (const one of verdict.keep) kept.add(one);
      else return { ok: false, option, why: verdict.refuse, hint: verdict.hint };
    }
  }
  return { ok: true, options: [...kept], mirror };
}

function verdictsOn(option: string): readonly Verdict[] {
  const known = own(TABLE, option);
  if (known) return [known];
  if (!option.startsWith('-')) return [noOption(option)];
  // `-e ssh`, `--exclude *.tmp`: an option and its value, as a shell's line has them.
  const [, spaced, rest = ''] = /^(--?[\w-]+) +(.*)$/s.exec(option) ?? [];
  if (spaced !== undefined) return [spacedOut(option, spaced, rest)];
  const [name, value] = split(option);
  const form = own(FORMS, name);
  if (form) return [valued(name, value, form)];
  const refused =
    own(REFUSED, name) ?? (option.startsWith('--') ? undefined : own(REFUSED, option.slice(0, 2)));
  if (refused) return [refused(option.startsWith('--') ? (value ?? '') : option.slice(2))];
  if (/^-[A-Za-z0-9]+$/.test(option)) return [...option.slice(1)].map(ofLetter);
  return [own(TABLE, name) ? { refuse: 'it takes no value', hint: `Write it as ${name}.` } : UNKNOWN];
}

function ofLetter(letter: string): Verdict {
  return own(TABLE, `-${letter}`) ?? own(REFUSED, `-${letter}`)?.('') ?? UNKNOWN;
}

function valued(name: string, value: string | null, { form, example, isImplied }: Form): Verdict {
  if (value === null) {
    return { refuse: `its value is missing; write it as \`${name}=…\``, hint: `Write it like ${example}.` };
  }
  if (!form.test(value)) {
    return { refuse: 'its value is not one that can be used here', hint: `Write it like ${example}.` };
  }
  return isImplied ? 'implied' : { keep: [`${name}=${value}`] };
}

/** Several options in one entry, or one whose value belongs behind an equals sign. */
function spacedOut(option: string, name: string, rest: string): Verdict {
  const refused = own(REFUSED, name);
  if (refused) return refused(rest);
  if (/^-[A-Za-z]+e$/.test(name)) return REFUSED['-e']?.(rest) ?? UNKNOWN;
  const joined = `${name}=${rest.replace(/^(["'])(.*)\1$/s, '$2')}`;
  if (own(FORMS, name) && checkRsyncOptions([joined]).ok) {
    return { refuse: 'its value belongs behind an equals sign', hint: `Write it as ${joined}.` };
  }
  const words = option.trim().split(/\s+/);
  const each = checkRsyncOptions(words);
  if (!each.ok) return { refuse: each.why, hint: each.hint };
  return {
    refuse: 'each option is an entry of its own',
    hint: `Write each option as an entry of its own: options: [${words.join(', ')}].`,
  };
}

function split(option: string): readonly [name: string, value: string | null] {
  const at = option.indexOf('=');
  return at < 0 ? [option, null] : [option.slice(0, at), option.slice(at + 1)];
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
