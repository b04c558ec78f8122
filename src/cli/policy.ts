import { chainSubjects } from '../core/access/authorize.js';
import { tryExamples } from '../core/access/examples.js';
import { openCatalogue } from '../core/intent/catalogue.js';
import { plain } from '../core/model/phrase.js';
import type { Rules } from '../core/model/policy.js';
import { explainRights } from '../core/policy/explanation.js';
import { policyJsonSchema } from '../core/policy/json-schema.js';
import { type OpenPolicy, openPolicy } from '../core/policy/source.js';
import { unusedNames } from '../core/policy/unused-names.js';
import type { CliDeps } from './deps.js';
import { CliError, EXIT } from './errors.js';
import type { Output } from './output.js';
import { parseActor } from './policy-actor.js';
import { explanationLines, roleLines } from './policy-text.js';
import { clean } from './text.js';
import { problemLines } from './validate.js';

/** Opens the configured policy, or that of a file; the older form of API keys' rights is left out then. */
function open(deps: CliDeps, file?: string): Promise<OpenPolicy> {
  const files =
    file === undefined ? deps.policyFiles() : { policyFile: file, rbac: { file: null, json: null } };
  return openPolicy({ ...files, reads: deps.reads });
}

/** `chatops policy`: the rules as the files say them now. */
export async function policyCommand(deps: CliDeps, out: Output): Promise<number> {
  const source = await open(deps);
  const rules = source.rules();
  if (out.json) out.result({ state: rules.kind, problems: source.problems(), ...rolesJson(rules) });
  if (source.problems().length > 0) {
    out.lines(source.problems().flatMap((problem) => problemLines(problem, out.style)));
    out.lines([
      'A running bot keeps the last good version. A bot that starts now would let nobody but this command do anything.',
    ]);
    return EXIT.failed;
  }
  out.lines(roleLines(rules, out.style));
  return EXIT.done;
}

function rolesJson(rules: Rules) {
  return rules.kind === 'policy'
    ? { policy: { ...rules.policy, apiKeys: rules.policy.apiKeys.map(({ name }) => name) } }
    : {};
}

/** `chatops policy check [file]`: every problem, and names that fit no intent. */
export async function policyCheckCommand(deps: CliDeps, out: Output, file?: string): Promise<number> {
  const source = await open(deps, file);
  const rules = source.rules();
  const problems = source.problems();
  const warnings = rules.kind === 'policy' ? unusedNames(rules.policy, await intentsOf(deps)) : [];
  if (out.json) out.result({ ok: problems.length === 0, state: rules.kind, problems, warnings });
  out.lines(problems.flatMap((problem) => problemLines(problem, out.style)));
  out.lines(warnings.map((warning) => `⚠ ${clean(warning)}`));
  out.lines([verdict(rules, problems.length, out)]);
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}

function verdict(rules: Rules, problems: number, { style }: Output): string {
  if (problems > 0) {
    return `❌ ${style.red(problems === 1 ? 'The policy has 1 problem' : `The policy has ${problems} problems`)}.`;
  }
  if (rules.kind === 'policy') return '✅ The policy is valid.';
  return '✅ There is no policy file: CHATOPS_POLICY_FILE is not set. Administrators of the server may do everything.';
}

/** `chatops policy explain <actor> <intent>`: what somebody may do with an intent, and which rule says so. */
export async function policyExplainCommand(
  deps: CliDeps,
  out: Output,
  who: string,
  intent: string,
  options: { channel?: string; administrator?: boolean },
): Promise<number> {
  const actor = parseActor(who, options);
  const source = await open(deps);
  const catalogue = await openCatalogue({ dir: deps.intentsDir(), reads: deps.reads });
  const found = catalogue.find(intent);
  if (!found) {
    const [near] = catalogue.suggest(intent);
    const remedy = near ? `Did you mean ${near}?` : 'chatops intents lists the names.';
    throw new CliError(EXIT.usage, 'intent_unknown', `There is no intent ${intent}.`, remedy);
  }
  const subjects = chainSubjects(catalogue, found);
  const explanation = explainRights(source.rules(), actor, subjects, deps.now(), 'name');
  if (out.json) {
    const rights = explanation.rights.map(({ right, allowed, because, remedy }) => ({
      right,
      allowed,
      because: plain(because),
      remedy: remedy && plain(remedy),
    }));
    out.result({ actor: who, ...explanation, rights });
  }
  out.lines(explanationLines(explanation, actor, out.style));
  const mayRun = explanation.rights.some(({ right, allowed }) => right === 'run' && allowed);
  return mayRun ? EXIT.done : EXIT.refused;
}

/** `chatops policy test [file]`: runs the examples that the policy file itself holds. */
export async function policyTestCommand(deps: CliDeps, out: Output, file?: string): Promise<number> {
  const source = await open(deps, file);
  const rules = source.rules();
  if (source.problems().length > 0) return policyCheckCommand(deps, out, file);
  const catalogue = await openCatalogue({ dir: deps.intentsDir(), reads: deps.reads });
  const tried = tryExamples(rules, catalogue);
  const wrong = tried.filter(({ ok }) => !ok);
  if (out.json) {
    const results = tried.map(({ because, ...one }) => ({ ...one, because: plain(because) }));
    out.result({ ok: wrong.length === 0, results });
  }
  out.lines(
    wrong.flatMap(({ name, line, expected, got, because }) => [
      `❌ ${out.style.bold(clean(name))} (line ${line}): ${expected} expected, ${got ?? 'it could not be tried'}.`,
      `  ${clean(plain(because))}`,
    ]),
  );
  if (tried.length === 0) out.lines(['The policy has no tests yet. docs/policy.md shows how to write them.']);
  else if (wrong.length === 0)
    out.lines([`✅ ${tried.length === 1 ? '1 test' : `All ${tried.length} tests`} passed.`]);
  else out.lines([`${wrong.length} of ${tried.length} tests failed.`]);
  return wrong.length === 0 ? EXIT.done : EXIT.failed;
}

/** `chatops policy schema`: the JSON Schema that an editor checks policy files with. */
export async function policySchemaCommand(out: Output): Promise<number> {
  out.result(policyJsonSchema());
  return EXIT.done;
}

async function intentsOf(deps: CliDeps) {
  const catalogue = await openCatalogue({ dir: deps.intentsDir(), reads: deps.reads });
  return catalogue.all();
}
