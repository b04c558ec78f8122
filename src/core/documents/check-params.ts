import type { Param } from '../model/param.js';
import type { Params } from '../model/request.js';
import { closest } from '../text/closest.js';
import { type FlatDocument, pathText, type YamlProblem } from './flat-document.js';
import { defaultOf, formOf, readParam, shown } from './param-values.js';

/** Do a schedule's values fit what its intent takes? What does not is told, with where it stands. */
export function checkParams(
  given: Params,
  { name, params }: { readonly name: string; readonly params: readonly Param[] },
  fields: Pick<FlatDocument, 'locate'>,
  report: (problem: YamlProblem) => void,
): boolean {
  let fits = true;
  const tell = (path: readonly string[], message: string, hint: string): void => {
    fits = false;
    report({ ...fields.locate(path), field: pathText(path), message, hint });
  };
  for (const [param, value] of Object.entries(given)) {
    const path = ['params', param];
    const declared = params.find((one) => one.name === param);
    if (!declared) {
      const [near] = closest(
        param,
        params.map((one) => one.name),
      );
      const hint = near ? `Did you mean ${near}?` : 'Remove the line.';
      tell(path, `${name} has no parameter ${param}.`, hint);
      continue;
    }
    const read = readParam(declared, value);
    if (!read.ok) tell(path, `${pathText(path)} is ${shown(value)}, but ${read.why}.`, read.hint);
  }
  const missing = params.filter((one) => given[one.name] === undefined && defaultOf(one) === undefined);
  for (const one of missing) {
    const hint = `Give it below params: as ${formOf(one)}.`;
    tell(['params'], `${name} needs ${one.name}, which has no default.`, hint);
  }
  return fits;
}
