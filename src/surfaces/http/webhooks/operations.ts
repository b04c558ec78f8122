import { createHash } from 'node:crypto';
import * as z from 'zod';
import { tooManyWrong } from '../access/guard.js';
import type { WrongKeys } from '../access/wrong-keys.js';
import { type Answer, type Call, json, type Operation, operation } from '../api/operation.js';
import { type Problem, ProblemError } from '../problem.js';
import type { Refusal } from '../refusal-log.js';
import { markedIntents, type Told, type WebhookOrigins } from './change.js';
import { type DeliverDeps, runMarked } from './deliver.js';
import { readGithubEvent } from './github.js';
import { readGitlabEvent } from './gitlab.js';
import { isSignedByGithub, isToken } from './signature.js';

export interface WebhookDeps extends DeliverDeps {
  /** Null: that webhook is not set up. */
  readonly githubSecret: string | null;
  readonly gitlabToken: string | null;
  readonly origins: WebhookOrigins;
  readonly wrongKeys: WrongKeys;
  /** Counts and tells of a delivery that was not let in. */
  refused(from: string): void;
  /** Leaves a line and a figure of a signed delivery that can't start anything. */
  noted(refusal: Refusal): void;
}

const Payload = z.looseObject({}).meta({ id: 'WebhookPayload', description: 'As the provider sends it.' });
const Acknowledged = z
  .looseObject({
    status: z.enum(['accepted', 'ignored', 'duplicate']),
    detail: z.string(),
    intents: z.array(z.string()),
  })
  .meta({ id: 'WebhookAnswer' });

const ANSWERS: Readonly<Record<number, Answer>> = {
  200: { description: 'Acknowledged; nothing is run.', schema: Acknowledged },
  202: { description: 'The intents are run, one after the other.', schema: Acknowledged },
};

/** `POST /webhook/github` and `/webhook/gitlab`: markers in commits and merged requests run intents. */
export function webhookOperations(deps: WebhookDeps): readonly Operation[] {
  return [
    operation({
      id: 'githubWebhook',
      method: 'POST',
      path: '/webhook/github',
      summary: 'Deliveries of a GitHub webhook',
      description: 'Signed with GITHUB_WEBHOOK_SECRET. Needs no API key.',
      endpoint: 'webhook',
      rawBody: true,
      body: Payload,
      requestHeaders: {
        'X-GitHub-Event': '`push` and `pull_request` count.',
        'X-GitHub-Delivery': 'Handled once.',
        'X-Hub-Signature-256': '`sha256=` and the HMAC-SHA256 of the body.',
      },
      answers: ANSWERS,
      problems: [401, 429],
      handle: (call) => {
        const { raw, headers } = call;
        const signature = headers['x-hub-signature-256'];
        const { githubSecret: secret } = deps;
        const good = secret !== null && isSignedByGithub(raw, secret, signature);
        judge(deps, call, 'GITHUB_WEBHOOK_SECRET', secret, good);
        const event = headers['x-github-event'] ?? '';
        return deliver(deps, call, 'github', headers['x-github-delivery'], (body) =>
          readGithubEvent(event, body),
        );
      },
    }),
    operation({
      id: 'gitlabWebhook',
      method: 'POST',
      path: '/webhook/gitlab',
      summary: 'Deliveries of a GitLab webhook',
      description: 'With GITLAB_WEBHOOK_TOKEN in X-Gitlab-Token. Needs no API key.',
      endpoint: 'webhook',
      rawBody: true,
      body: Payload,
      requestHeaders: {
        'X-Gitlab-Event': '`Push Hook` and `Merge Request Hook` count.',
        'X-Gitlab-Event-UUID': 'Handled once.',
        'X-Gitlab-Token': 'The token.',
      },
      answers: ANSWERS,
      problems: [401, 429],
      handle: (call) => {
        const { headers } = call;
        const { gitlabToken: token } = deps;
        const good = token !== null && isToken(token, headers['x-gitlab-token']);
        judge(deps, call, 'GITLAB_WEBHOOK_TOKEN', token, good);
        const event = headers['x-gitlab-event'] ?? '';
        // Newer versions keep Idempotency-Key the same when they send a delivery again.
        const delivery = headers['idempotency-key'] ?? headers['x-gitlab-event-uuid'];
        return deliver(deps, call, 'gitlab', delivery, (body) => readGitlabEvent(event, body));
      },
    }),
  ];
}

async function deliver(
  deps: WebhookDeps,
  { raw, from }: Pick<Call<unknown, unknown, unknown>, 'raw' | 'from'>,
  provider: string,
  delivery: string | undefined,
  read: (payload: unknown) => Told,
) {
  const told = understood(raw, read);
  if ('ignored' in told) return acknowledged('ignored', told.ignored);
  const { change } = told;
  const intents = markedIntents(change.texts);
  if (intents.length === 0) return acknowledged('ignored', 'No text has a marker.');
  if (!deps.origins.allows(change)) {
    deps.noted({ reason: 'origin_not_allowed', path: `/webhook/${provider}`, from });
    return acknowledged('ignored', `${change.repository} may not start runs from ${change.branch}.`);
  }
  // The id is not part of what was signed: a delivery sent again under another id has the same body.
  const keys = [`body:${provider}:${createHash('sha256').update(raw).digest('hex')}`];
  if (delivery) keys.push(`delivery:${provider}:${delivery.slice(0, 200)}`);
  if (!(await deps.deliveries.claim(keys, deps.now().toISOString()))) {
    return acknowledged('duplicate', 'This delivery was handled before.');
  }
  // Providers wait for 10 seconds; runs take as long as they take.
  void runMarked(deps, change, intents, from);
  return acknowledged('accepted', 'The intents run one after the other.', intents);
}

function acknowledged(status: string, detail: string, intents: readonly string[] = []) {
  return json(status === 'accepted' ? 202 : 200, { status, detail, intents });
}

function understood(raw: Buffer, read: (payload: unknown) => Told): Told {
  try {
    return read(JSON.parse(raw.toString('utf8')));
  } catch (error) {
    const detail =
      error instanceof z.ZodError
        ? `The payload is not as described: ${error.issues[0]?.path.join('.')}.`
        : 'The payload is not JSON. Choose the content type application/json in the webhook’s settings.';
    throw new ProblemError({ status: 422, code: 'request_invalid', detail });
  }
}

/** Lets a delivery through that is signed rightly; throws for any other, and for all while too many were wrong. */
function judge(
  { wrongKeys, refused }: WebhookDeps,
  { from }: { from: string },
  name: string,
  secret: string | null,
  good: boolean,
): void {
  const wait = wrongKeys.wait(from, good ? name : null);
  if (wait > 0) throw tooManyWrong(from, wait);
  if (good) {
    wrongKeys.right(from, name);
    return;
  }
  wrongKeys.wrong(from);
  refused(from);
  const problem: Problem = {
    status: 401,
    code: 'invalid_signature',
    detail: 'The delivery is not signed rightly.',
  };
  throw new ProblemError(
    secret === null
      ? { ...problem, detail: `${name} is not set.`, remedy: `Set ${name} and restart.` }
      : problem,
  );
}
