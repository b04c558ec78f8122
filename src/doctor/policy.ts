import type { Config } from '../config.js';
import type { Check } from '../core/diagnosis.js';
import type { Intent } from '../core/intent/intent.js';
import { openPolicy } from '../core/policy/source.js';
import { unusedNames } from '../core/policy/unused-names.js';
import { inFile, passed, warning } from './check.js';

const AREA = 'policy';

/** Whether the rules of who may do what are in force, and mean what there is. */
export async function examinePolicy(
  { policyFile, rbac }: Pick<Config, 'policyFile' | 'rbac'>,
  intents: readonly Intent[],
): Promise<readonly Check[]> {
  const source = await openPolicy({ policyFile, rbac });
  source.close();
  const rules = source.rules();
  const broken = source.problems().map((one) => inFile(AREA, 'policy.file', one));
  if (broken.length > 0) return broken;
  if (rules.kind !== 'policy') {
    const who = 'There is no policy: administrators of the server may do everything, nobody else anything.';
    return [passed(AREA, 'policy.none', who)];
  }
  const unused = unusedNames(rules.policy, intents).map((message) =>
    warning(
      AREA,
      'policy.unused',
      message,
      'Correct the name, or remove it. `chatops intents` lists the names.',
    ),
  );
  return [passed(AREA, 'policy.valid', 'The rules of who may do what are valid.'), ...unused];
}
