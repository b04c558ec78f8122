import { conditionFault } from '../conditions/check-condition.js';
import { sentence } from '../documents/explain.js';
import { pathText, type YamlProblem } from '../documents/flat-document.js';
import type { Param } from '../model/param.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { findCycles } from './cycles.js';
import type { FoundStep } from './read-step-group.js';
import { isStepName } from './steps-fields.js';

type Report = (problem: YamlProblem) => void;
type Known = FoundStep & { readonly rules: NonNullable<FoundStep['rules']> };

/** Tells what is wrong with how steps wait for each other: names, cycles, conditions that can never hold. */
export function checkGraph(found: readonly FoundStep[], params: readonly Param[], report: Report): void {
  // A name that can't be one was told of already; it is never repeated in a sentence.
  const named = found.filter(({ group }) => isStepName(group.name));
  const names = named.map(({ group }) => group.name);
  const known = named.filter((one): one is Known => one.rules !== null);
  for (const one of known) checkNeeds(one, names, report);
  checkCycles(known, report);
  checkConditions(known, params, report);
}

function checkNeeds(one: Known, names: readonly string[], report: Report): void {
  const { name } = one.group;
  for (const [index, need] of one.rules.needs.entries()) {
    const tell = (message: string, hint: string): void => tellNeed(one, index, message, hint, report);
    if (need === name) tell(`${name} needs itself.`, 'Remove it.');
    else if (one.rules.needs.indexOf(need) < index)
      tell(`${name} needs ${need} twice.`, 'Keep one of the two.');
    else if (!names.includes(need)) {
      const others = names.filter((other) => other !== name);
      const [near] = closest(need, others);
      const some =
        others.length > 0 ? `The other steps are ${listed(others.slice(0, 10), 'and')}.` : 'Remove it.';
      tell(
        `${name} needs "${need}", but there is no step of that name.`,
        near ? `Did you mean ${near}?` : some,
      );
    }
  }
}

/** Each cycle once, at the first of its steps. */
function checkCycles(known: readonly Known[], report: Report): void {
  // A step that needs itself was told so.
  const waits = new Map(
    known.map(({ group, rules }) => [group.name, rules.needs.filter((need) => need !== group.name)]),
  );
  const cycles = findCycles(waits);
  const told = new Set<string>();
  for (const one of known) {
    const cycle = cycles.get(one.group.name);
    if (!cycle || cycle.some((name) => told.has(name))) continue;
    for (const name of cycle) told.add(name);
    const index = one.rules.needs.indexOf(cycle[1] ?? '');
    const shown = cycle.length > 12 ? [...cycle.slice(0, 10), '…', ...cycle.slice(-1)] : cycle;
    const message = `${one.group.name} waits for itself: ${shown.join(' → ')}.`;
    tellNeed(one, index, message, 'Remove one of these names from needs.', report);
  }
}

function tellNeed(
  { group, rules }: Known,
  index: number,
  message: string,
  hint: string,
  report: Report,
): void {
  const isList = Array.isArray(group.fields?.values.get('needs'));
  const path = isList || rules.needs.length > 1 ? ['needs', index] : ['needs'];
  const at = group.fields?.locate(path) ?? group.at;
  report({ ...at, field: pathText(['steps', group.name, ...path]), message, hint });
}

function checkConditions(known: readonly Known[], params: readonly Param[], report: Report): void {
  const steps = new Map(known.map(({ group, rules }) => [group.name, rules]));
  for (const { group, rules } of known) {
    if (rules.when === null) continue;
    const fault = conditionFault(rules.when, { params, needs: rules.needs, steps });
    if (!fault) continue;
    const at = group.fields?.locate(['when']) ?? group.at;
    report({
      ...at,
      field: pathText(['steps', group.name, 'when']),
      ...sentence(['when'], rules.when, fault.why, fault.hint),
    });
  }
}
