import type { Commit } from '../../../core/model/commit.js';
import { webhookAllowed } from '../../../core/policy/webhook-rule.js';
import type { PolicySource } from '../../../core/ports/policy-source.js';

/** What a webhook told of: commits that are on a branch now, by its newest. Texts and names are a stranger's. */
export interface Change extends Readonly<Commit> {
  readonly defaultBranch: string;
  /** The repository is a fork, or the text comes from one. */
  readonly fork: boolean;
  /** Commit messages in their order, or the text of the pull request. */
  readonly texts: readonly string[];
}

/** An event is a change, or it is acknowledged and nothing else, for this reason. */
export type Told = { readonly change: Change } | { readonly ignored: string };

/** Which repositories and branches may start runs. */
export interface WebhookOrigins {
  allows(change: Change): boolean;
}

/** Those that the policy of the moment names, never a fork's text. */
export function originsOf(policy: PolicySource): WebhookOrigins {
  return { allows: (change) => !change.fork && webhookAllowed(policy.rules(), change) };
}

/** More markers of one delivery than this are left out. */
const MOST_INTENTS = 20;

/** The intents that texts name with `[chatops:intent=<name>]`, in order, each once. */
export function markedIntents(texts: readonly string[]): readonly string[] {
  const names = texts.flatMap((text) =>
    [...text.matchAll(/\[chatops:intent=([^\]\s]{1,100})\]/g)].map((match) => match[1] ?? ''),
  );
  return [...new Set(names)].slice(0, MOST_INTENTS);
}

const BRANCH = 'refs/heads/';

/** The branch of a ref; null for tags. */
export function branchOf(ref: string): string | null {
  return ref.startsWith(BRANCH) ? ref.slice(BRANCH.length) : null;
}
