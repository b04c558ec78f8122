import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { type ReadText, readSecretFile } from './secret-file.js';
import { SECRET_NAMES, twinOf, type ValueOf, type VariableName, variable } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One thing wrong with the environment. `problem` continues the sentence that the variable begins. */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Reads variables one by one and collects what is wrong with them. */
export interface Reader {
  /** Is it set, by itself or by its twin? An empty string counts as unset. */
  isSet(name: VariableName): boolean;
  get<Name extends VariableName>(name: Name): ValueOf<Name>;
  /** The absolute path of the file that a secret comes from; null when it does not come from one. */
  fileOf(name: VariableName): string | null;
  readonly problems: ConfigProblem[];
}

/**
 * @param cwd absolute; relative paths count from here
 * @param mayTouch a path that this process may look at; others are taken to be readable
 * @param readText reads a secret's file
 */
export function createReader(
  env: Environment,
  cwd: string,
  mayTouch: (path: string) => boolean = () => true,
  readText?: ReadText,
): Reader {
  const problems: ConfigProblem[] = [];
  const given = (name: string): string | undefined => env[name] || undefined;
  const twinIfAny = (name: VariableName): string | undefined =>
    SECRET_NAMES.includes(name) ? given(twinOf(name)) : undefined;

  const rawText = (name: VariableName): string | undefined => {
    const own = given(name);
    const file = twinIfAny(name);
    if (file === undefined) return own;
    if (own !== undefined) {
      problems.push({
        variable: name,
        problem: `and ${twinOf(name)} are both set`,
        remedy: 'Remove one of the two.',
      });
      return undefined;
    }
    const read = readSecretFile(resolve(cwd, file), readText);
    if (read.ok) return read.value;
    problems.push({
      variable: twinOf(name),
      problem: read.problem,
      remedy: `Give a readable file that holds nothing but the secret, or set ${name} itself.`,
    });
    return undefined;
  };

  return {
    problems,
    fileOf: (name) => {
      const file = twinIfAny(name);
      return file === undefined ? null : resolve(cwd, file);
    },
    isSet: (name) => given(name) !== undefined || twinIfAny(name) !== undefined,
    get: <Name extends VariableName>(name: Name) => {
      const { schema, fallback, path, remedy, secret, hidden } = variable(name);
      const text = rawText(name) ?? fallback;
      if (text === undefined) return null as ValueOf<Name>;
      const parsed = schema.safeParse(text);
      if (!parsed.success) {
        const shown = secret || hidden ? '' : ` It is “${text.slice(0, 80)}” now.`;
        for (const { message } of parsed.error.issues) {
          problems.push({ variable: name, problem: `${message}.${shown}`, remedy });
        }
        return null as ValueOf<Name>;
      }
      const value = path ? resolve(cwd, text) : parsed.data;
      if (path === 'file' && mayTouch(resolve(cwd, text)) && !readable(resolve(cwd, text))) {
        problems.push({
          variable: name,
          problem: `names ${resolve(cwd, text)}, which can’t be read`,
          remedy,
        });
      }
      return value as ValueOf<Name>;
    },
  };
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
