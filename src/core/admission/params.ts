import { shown } from '../documents/param-values.js';
import type { Intent } from '../model/intent.js';
import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import type { Params } from '../model/request.js';
import type { Admission, Ticket } from '../model/ticket.js';
import type { ArtifactStore } from '../ports/store.js';
import { bindIntent } from './bind-intent.js';
import { bindNodes } from './bind-nodes.js';

export { missingParams } from './bind-intent.js';

/**
 * Puts a request's parameters into the steps of its intent, and defaults into those that it depends on, in
 * copies. What steps refer to gets the values that they give.
 * @param at the instant whose day (UTC) the intents may use as `date`
 */
export function bindParams({ request, intent, chain }: Ticket, at: Date): Admission {
  const own = bindIntent(intent, request.params, at, true);
  if (!own.ok) return own;
  const bound = { request: { ...request, params: own.params }, intent: own.intent };
  if (own.intent.graph) {
    const links = chain.map((link) => (link.name === intent.name ? own.intent : link));
    return bindNodes({ ...bound, chain: links }, at);
  }
  const links: Intent[] = [];
  for (const link of chain) {
    const other = link.name === intent.name ? own : bindIntent(link, {}, at, false);
    if (!other.ok) return other;
    links.push(other.intent);
  }
  return { ok: true, ticket: { ...bound, chain: links } };
}

/** Do the backups that a request names still exist? Null means yes, or that it names none. */
export async function checkArtifacts(
  artifacts: Pick<ArtifactStore, 'list'>,
  { intent, request, nodes = [] }: Ticket,
): Promise<Notice | null> {
  const bound = [{ intent, params: request.params }, ...nodes.flatMap(({ work }) => work)];
  for (const { param, given } of bound.flatMap(artifactsOf)) {
    const there = await artifacts.list(param.intent);
    if (there.some(({ path }) => path === given)) continue;
    const newest = there.at(-1);
    return notice(
      'params_invalid',
      phrase`${code(param.name)} is ${code(shown(given ?? ''))}, but ${code(param.intent)} has no such backup.`,
      newest ? phrase`Its newest is ${code(newest.path)}.` : phrase`It has made none that is still there.`,
    );
  }
  return null;
}

function artifactsOf({ intent, params }: { readonly intent: Intent; readonly params: Params }) {
  return intent.params.flatMap((param) =>
    param.type === 'artifact' ? [{ param, given: params[param.name] }] : [],
  );
}
