import { askThrough, type Circuits } from '../../../core/ports/circuit.js';
import type { Log } from '../../../core/ports/log.js';
import type { Change } from './change.js';

export interface CommitState {
  readonly intent: string;
  readonly state: 'pending' | 'success' | 'failure';
  /** One short sentence. */
  readonly description: string;
}

/** Tells the place where the commit lives how a run of it went. Never rejects. */
export type ReportStatus = (change: Change, state: CommitState) => Promise<void>;

export interface StatusSettings {
  /** REST bases without a slash at their end. */
  readonly githubApiUrl: string;
  readonly gitlabApiUrl: string;
  readonly githubToken: string | null;
  readonly gitlabToken: string | null;
  readonly circuits: Pick<Circuits, 'enter'>;
  readonly log: Log;
}

const ANSWER_MS = 10_000;
/** What both take at most. */
const LONGEST = 140;

/** Without a token for the provider nothing is told. */
export function createStatusReporter(settings: StatusSettings): ReportStatus {
  return async (change, state) => {
    const call =
      change.provider === 'github' ? github(settings, change, state) : gitlab(settings, change, state);
    if (!call) return;
    try {
      const { host } = new URL(call.url);
      await askThrough(settings.circuits, `${change.provider}:${host}`, () => tell(call, host), silence);
    } catch (error) {
      settings.log.warn(
        { err: error, repository: change.repository },
        'the commit’s status could not be set',
      );
    }
  };
}

/** A state that says no: the host answered. */
class Refused extends Error {
  constructor(
    host: string,
    readonly status: number,
  ) {
    super(`${host} answered ${status}`);
  }
}

function silence(error: unknown): string | null {
  if (error instanceof Refused && error.status < 500) return null;
  return error instanceof Error ? error.message : String(error);
}

async function tell({ url, headers, body }: Call, host: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
    redirect: 'error',
  });
  await response.body?.cancel();
  if (!response.ok) throw new Refused(host, response.status);
}

interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

function github(
  { githubApiUrl, githubToken }: StatusSettings,
  change: Change,
  state: CommitState,
): Call | null {
  if (githubToken === null) return null;
  return {
    url: `${githubApiUrl}/repos/${change.repository}/statuses/${change.commit}`,
    headers: { authorization: `Bearer ${githubToken}`, accept: 'application/vnd.github+json' },
    body: { state: state.state, context: `chatops/${state.intent}`, description: short(state) },
  };
}

const GITLAB_STATES = { pending: 'running', success: 'success', failure: 'failed' } as const;

function gitlab(
  { gitlabApiUrl, gitlabToken }: StatusSettings,
  change: Change,
  state: CommitState,
): Call | null {
  if (gitlabToken === null) return null;
  return {
    url: `${gitlabApiUrl}/projects/${encodeURIComponent(change.repository)}/statuses/${change.commit}`,
    headers: { 'private-token': gitlabToken },
    body: {
      state: GITLAB_STATES[state.state],
      name: `chatops/${state.intent}`,
      ref: change.branch,
      description: short(state),
    },
  };
}

function short({ description }: CommitState): string {
  return description.length > LONGEST ? `${description.slice(0, LONGEST - 1)}…` : description;
}
