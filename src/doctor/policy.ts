import type { Config } from '../config.js';
import type { Reads } from '../core/documents/reads.js';
import type { Check } from '../core/model/diagnosis.js';
import type { Intent } from '../core/model/intent.js';
import { openPolicy } from '../core/policy/source.js';
import { unusedNames } from '../core/policy/unused-names.js';
import { inFile, passed, warning } from './check.js';

const AREA = 'policy';

/** Whether the rules of who may do what are in force, and mean what there is. */
export async function examinePolicy(
  { policyFile, rbac }: Pick<Config, 'policyFile' | 'rbac'>,
  intents: readonly Intent[],
  reads: Reads,
): Promise<readonly Check[]> {
  const source = await openPolicy({ policyFile, rbac, reads });
  source.close();
  const rules = source.rules();
  const broken = source.problems().map((one) => inFile(AREA, 'policy.file', one));
  if (broken.length > 0 || rules.kind === 'closed') return broken;
  if (rules.kind === 'open') {
    const all =
      'There is no policy file: administrators of the Discord server and CHATOPS_API_KEY may do everything';
    const others = rules.keys
      ? ', and other API keys what CHATOPS_RBAC_FILE or CHATOPS_RBAC_JSON gives them'
      : '';
    return [passed(AREA, 'policy.none', `${all}${others}.`)];
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
