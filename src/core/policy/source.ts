import { dirname } from 'node:path';
import { plainReads, type Reads } from '../documents/reads.js';
import { watchFolder } from '../documents/watch-folder.js';
import { fileNotice, type OnFile } from '../model/file-notice.js';
import type { Policy, Rules } from '../model/policy.js';
import type { Notice } from '../model/reasons.js';
import type { PolicySource } from '../ports/policy-source.js';
import { readRbac } from './rbac.js';
import { readPolicyFile, readRbacFile } from './read-files.js';
import type { PolicyProblem } from './read-policy.js';

/** Where the rules stand; null: not set. */
export interface PolicyFiles {
  readonly policyFile: string | null;
  readonly rbac: { readonly file: string | null; readonly json: Readonly<Record<string, unknown>> | null };
}

export interface PolicyOptions extends PolicyFiles {
  /** Follow changes of the files. */
  readonly watch?: boolean;
  /** Called when the rules or their problems are others than before, also for what is found at the start. */
  readonly onChange?: (problems: readonly PolicyProblem[], rules: Rules) => void;
  /** Told after each reading of a file. */
  readonly onFile?: OnFile<'policy-file' | 'rbac-file'>;
  /** Told of each API key that is read in plain, so that it can be redacted everywhere. */
  readonly onSecret?: (key: string) => void;
  /** How often the files are looked at besides, in milliseconds. Default 10 s. */
  readonly pollMs?: number;
  /** How the files are read. Default: in this process. */
  readonly reads?: Reads;
}

export interface OpenPolicy extends PolicySource {
  /** Reads the files again now; resolves when the rules show what is there. */
  reload(): Promise<void>;
  /** Stops following changes; the rules stay as they are. */
  close(): void;
}

/** The last good reading of one file, and what is wrong with it now. */
interface Part {
  readonly policy: Policy | null;
  readonly problems: readonly PolicyProblem[];
  /** There is no file, or nothing of it could be read. */
  readonly unread?: true;
}

type Reader = () => Promise<Part>;

/** Opens the policy. Nothing here throws because of a file: one that was never good closes everything. */
export async function openPolicy(options: PolicyOptions): Promise<OpenPolicy> {
  const { policyFile, rbac, watch = false, onChange, onFile, pollMs = 10_000, reads = plainReads } = options;
  const onSecret = options.onSecret ?? (() => {});
  const sources: { readonly kind: 'policy' | 'keys'; readonly file: string; readonly read: Reader }[] = [];
  const { file: rbacFile, json } = rbac;
  if (policyFile !== null) {
    sources.push({ kind: 'policy', file: policyFile, read: () => readPolicyFile(policyFile, reads) });
  }
  if (rbacFile !== null) {
    sources.push({ kind: 'keys', file: rbacFile, read: () => readRbacFile(rbacFile, onSecret, reads) });
  } else if (json !== null) {
    sources.push({
      kind: 'keys',
      file: 'CHATOPS_RBAC_JSON',
      read: async () => readRbac(json, 'CHATOPS_RBAC_JSON', onSecret),
    });
  }

  let parts = new Map<string, Part>();
  let rules: Rules = { kind: 'open', keys: null };
  let closed = false;
  const load = async (): Promise<void> => {
    const next = new Map<string, Part>();
    for (const { file, read } of sources) {
      const found = await read();
      next.set(file, { ...found, policy: found.policy ?? parts.get(file)?.policy ?? null });
    }
    if (closed) return;
    onFile?.('policy-file', faultOf(policyFile, 'policy file', next));
    onFile?.('rbac-file', faultOf(rbacFile, 'file of API keys', next));
    const changed = JSON.stringify([...next]) !== JSON.stringify([...parts]);
    parts = next;
    if (!changed) return;
    rules = rulesOf(
      sources.map(({ kind, file }) => ({ kind, file, policy: next.get(file)?.policy ?? null })),
    );
    onChange?.(problemsOf(next), rules);
  };
  // One after the other: a slow older reading must not overwrite a newer one.
  let turn = Promise.resolve();
  const reload = (): Promise<void> => {
    turn = turn.then(load, load);
    return turn;
  };

  await reload();
  const folders = [policyFile, rbacFile].flatMap((file) => (file === null ? [] : [dirname(file)]));
  const stops = watch
    ? [...new Set(folders)].map((dir) => watchFolder(dir, pollMs, () => void reload(), reads))
    : [];
  return {
    rules: () => rules,
    problems: () => problemsOf(parts),
    reload,
    close: () => {
      closed = true;
      for (const stop of stops) stop();
    },
  };
}

function faultOf(file: string | null, name: string, parts: ReadonlyMap<string, Part>): Notice | null {
  const part = file === null ? undefined : parts.get(file);
  const [problem] = part?.unread ? part.problems : [];
  if (!part || !problem) return null;
  const words = {
    code: 'policy_unavailable',
    name,
    kept: 'What it said last stays in force.',
    never: 'Until it can be read, nobody but the local operator can do anything.',
  } as const;
  return fileNotice(words, problem, part.policy !== null);
}

function problemsOf(parts: ReadonlyMap<string, Part>): readonly PolicyProblem[] {
  return [...parts.values()].flatMap(({ problems }) => problems);
}

/**
 * The files together: the policy's roles and those that the older form gives its keys. A key of the older form
 * is bound by the policy's `deny`, `freezes` and `windows` too. Any file that was never good closes everything.
 */
function rulesOf(
  parts: readonly {
    readonly kind: 'policy' | 'keys';
    readonly file: string;
    readonly policy: Policy | null;
  }[],
): Rules {
  const broken = parts.find(({ policy }) => policy === null);
  if (broken) return { kind: 'closed', file: broken.file };
  const policy = parts.find(({ kind }) => kind === 'policy')?.policy ?? null;
  const keys = parts.find(({ kind }) => kind === 'keys')?.policy ?? null;
  if (policy === null) return { kind: 'open', keys };
  if (keys === null) return { kind: 'policy', policy };
  return {
    kind: 'policy',
    policy: {
      ...policy,
      roles: [...policy.roles, ...keys.roles],
      apiKeys: [...policy.apiKeys, ...keys.apiKeys],
    },
  };
}
