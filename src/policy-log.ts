import type { Rules } from './core/model/policy.js';
import type { PolicyProblem } from './core/policy/read-policy.js';
import type { Log } from './core/ports/log.js';

/** Says in the log which rules are in force now, and loudly when they are not what the files say. */
export function logPolicy(log: Log, problems: readonly PolicyProblem[], rules: Rules): void {
  for (const problem of problems) log.error(problem, 'the policy has a problem');
  switch (rules.kind) {
    case 'closed':
      log.error(
        { file: rules.file },
        'the policy can’t be read: nobody but the local operator may do anything',
      );
      return;
    case 'policy': {
      const { roles, deny } = rules.policy;
      const state = { roles: roles.length, deny: deny.length };
      if (problems.length > 0) log.error(state, 'the policy’s last good version stays in force');
      else log.info(state, 'the policy is in force');
      return;
    }
    case 'open':
      if (problems.length > 0) log.error({}, 'the last good rights of API keys stay in force');
      log.info({}, 'there is no policy: administrators of the server may do everything');
  }
}
