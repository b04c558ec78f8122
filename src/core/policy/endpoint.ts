import { code, phrase } from '../model/phrase.js';
import { ENDPOINTS, type Endpoint, type Rules } from '../model/policy.js';
import { type Notice, notice } from '../model/reasons.js';
import type { Actor } from '../model/request.js';
import { judgeEndpoint } from './judge.js';

/**
 * Why this API key may not call that; null: it may. Calls that only show something have no right of their own:
 * what they show is judged by itself.
 */
export function endpointRefusal(rules: Rules, actor: Actor, endpoint: string): Notice | null {
  if (!isJudged(endpoint) || judgeEndpoint(rules, actor, endpoint)) return null;
  return notice(
    'not_allowed',
    phrase`The key ${code(actor.name)} may not call ${code(endpoint)}.`,
    phrase`Ask an admin to add it: ${code('policy.yaml')} › roles › endpoints.`,
  );
}

function isJudged(endpoint: string): endpoint is Endpoint {
  return (ENDPOINTS as readonly string[]).includes(endpoint);
}
