import { type Config, createSecrets, secretsOf } from './config.js';
import { subjectsOf } from './core/access/authorize.js';
import { createRefusalAudit } from './core/access/refusal-audit.js';
import { type ArtifactDesk, createArtifactDesk } from './core/admission/adoption.js';
import type { Reads } from './core/documents/reads.js';
import { tellCircuits } from './core/faults/circuit-faults.js';
import { createFaults } from './core/faults/faults.js';
import { type CircuitDesk, createCircuitDesk } from './core/incidents/circuit-desk.js';
import { createIncidentDesk, type IncidentDesk } from './core/incidents/incident-desk.js';
import { watchIncidents } from './core/incidents/incident-watch.js';
import { createSecurityReports, type SecurityReports } from './core/incidents/security-reports.js';
import { openCatalogue } from './core/intent/catalogue.js';
import type { Notice } from './core/model/reasons.js';
import { createPipeline, type Pipeline } from './core/pipeline.js';
import { askedByPolicy } from './core/policy/confirm-rule.js';
import { openPolicy } from './core/policy/source.js';
import type { Circuits } from './core/ports/circuit.js';
import type { CoreDeps } from './core/ports/deps.js';
import { EventBus } from './core/ports/events.js';
import type { Faults } from './core/ports/fault.js';
import type { RefusalAudit } from './core/ports/known-refusal.js';
import type { Log } from './core/ports/log.js';
import type { PolicySource } from './core/ports/policy-source.js';
import { Redactor } from './core/ports/redact.js';
import type { Store } from './core/ports/store.js';
import { Ownership } from './core/records/ownership.js';
import { recoverDeadRuns } from './core/recovery/recovery.js';
import { createScheduleDesk, type ScheduleDesk } from './core/schedule/desk.js';
import { type OpenSchedules, openSchedules } from './core/schedule/source.js';
import { archiveReader, createExecutors, type ExecutorSettings } from './executors/index.js';
import { readCertificate } from './hosts/certificate.js';
import { circuitHosts } from './hosts/circuit-hosts.js';
import { circuitHttpClient } from './hosts/circuit-http.js';
import { createHttpClient } from './hosts/http.js';
import { createLocalHosts } from './hosts/local.js';
import { createReads } from './hosts/reads.js';
import { createCircuits, type OwnCircuits } from './limits/circuits.js';
import { keepCircuits } from './limits/kept-circuits.js';
import { createPlanningSlots } from './limits/planning-slots.js';
import { createRequestCounter } from './limits/request-counter.js';
import { createRunSlots } from './limits/run-slots.js';
import { createLog } from './log.js';
import { logPolicy } from './policy-log.js';
import { openSqliteReader, openSqliteStore } from './store/sqlite.js';

/** Longer than any plan takes that somebody still waits for, in ms. */
const PLAN_MS = 600_000;

/** The wired core: what the command line and the bot stand on. */
export interface App {
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly catalogue: CoreDeps['catalogue'];
  readonly policy: PolicySource;
  readonly redactor: Redactor;
  readonly secrets: CoreDeps['secrets'];
  readonly ownership: Ownership;
  readonly faults: Faults;
  readonly incidents: IncidentDesk;
  readonly circuits: Circuits;
  readonly circuitDesk: CircuitDesk;
  readonly artifacts: ArtifactDesk;
  /** Ends incidents whose things run again, for a process that stays. Returns the function that ends this. */
  watchIncidents(): () => void;
  readonly schedules: OpenSchedules;
  readonly scheduleDesk: ScheduleDesk;
  /** Takes refusals that never became a request, such as a wrong API key. */
  readonly security: SecurityReports;
  /** Takes refusals of somebody known that never became a request. */
  readonly refusals: RefusalAudit;
  readonly log: ReturnType<typeof createLog>;
  /** How the bot's own files are read. */
  readonly reads: Reads;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Follow changes of the intents' files and the policy's, for a process that stays. */
  readonly watch: boolean;
  /** Nothing is made or written, and this process is no owner: whatever would write throws. */
  readonly readOnly?: boolean;
  /** There is no data folder yet, and none is made. */
  readonly isMissing?: boolean;
  /** Changes what the core works with before anything uses it, such as decorating its host. */
  readonly adapt?: (deps: CoreDeps) => CoreDeps;
}

/**
 * Opens the store and the intents, and registers this process as an owner.
 * @throws StoreError when the data directory can't be used
 */
export async function openApp(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  options: OpenOptions,
): Promise<App> {
  const redactor = new Redactor((what) =>
    log.error({ what }, 'something that is not plain data was to be shown: a word stands in for it'),
  );
  for (const secret of secretsOf(config)) redactor.add(secret);
  const log = createLog(config.logLevel, redactor);
  const { readOnly = false, isMissing = false } = options;
  const store = await (readOnly ? openSqliteReader : openSqliteStore)({
    dataDir: config.dataDir,
    isMissing,
    warn: (message) => log.warn({}, message),
  });
  const now = () => new Date();
  const faults = createFaults({
    incidents: store.incidents,
    redact: redactor.data,
    log,
    now,
    alerts: options.watch,
  });
  const reads = createReads();
  const catalogue = await openCatalogue({
    dir: config.intentsDir,
    reads,
    watch: options.watch,
    onChange: (problems) => {
      for (const problem of problems) log.warn(problem, 'intent has a problem');
    },
    // A command that ends in a moment says it itself.
    ...(options.watch
      ? { onFolder: (fault: Notice | null) => tellFile(faults, 'intents-folder', fault) }
      : {}),
  });
  const onFile = options.watch
    ? { onFile: (key: string, fault: Notice | null) => tellFile(faults, key, fault) }
    : {};
  const policy = await openPolicy({
    policyFile: config.policyFile,
    rbac: config.rbac,
    reads,
    watch: options.watch,
    onSecret: (key) => redactor.add(key),
    ...onFile,
    onChange: (problems, rules) => logPolicy(log, problems, rules),
  });
  const schedules = await openSchedules({
    file: config.schedulesFile,
    catalogue,
    reads,
    watch: options.watch,
    ...onFile,
    onChange: (problems) => {
      for (const problem of problems) log.warn(problem, 'a schedule has a problem');
    },
  });
  const requests =
    config.redisUrl === null || readOnly ? createRequestCounter() : await sharedCounter(config.redisUrl, log);
  const circuits: OwnCircuits = createCircuits({
    redact: redactor.text,
    now,
    onChange: (target, circuit) => circuitChanged(target, circuit),
  });
  const keptCircuits = keepCircuits(() => circuits, store.circuits, log);
  const circuitChanged = tellCircuits({ circuits, kept: keptCircuits, faults, log });
  await keptCircuits.load();
  if (options.watch) keptCircuits.watch();
  const refusals = createRefusalAudit({ store, log, now: () => new Date() });
  const wired: CoreDeps = {
    store,
    refusals,
    catalogue,
    policy,
    executors: new Map(
      createExecutors({ proxmox: proxmoxOf(config, circuits, reads) }).map((executor) => [
        executor.kind,
        executor,
      ]),
    ),
    hosts: circuitHosts(createLocalHosts(env), circuits, env),
    circuits,
    events: new EventBus((error) => log.error({ err: error }, 'a listener failed')),
    redactor,
    secrets: createSecrets(env, { cwd: process.cwd(), onResolved: (value) => redactor.add(value) }),
    log,
    faults,
    now,
    planningSlot: createPlanningSlots(),
    requests,
    runSlots: createRunSlots(() => {
      const rules = policy.rules();
      return (rules.kind === 'policy' ? rules.policy.limits.atOnce : null) ?? config.runsAtOnce;
    }),
    confirmRule: (intent) => askedByPolicy(policy.rules(), subjectsOf(intent)),
    settings: {
      confirmTtlSeconds: config.confirmTtlSeconds,
      approvedLabel: config.approvedLabel,
      people: {
        approvalTtlSeconds: config.approvalTtlSeconds,
        opsChannel: config.discord.token !== null && config.discord.opsChannelId !== null,
        largeDeletion: config.largeDeletion,
      },
      deadlines: {
        probeMs: config.probeSeconds * 1000,
        stallMs: config.stallSeconds * 1000,
        planMs: PLAN_MS,
      },
    },
  };
  const deps = options.adapt?.(wired) ?? wired;
  const ownership = new Ownership(deps, (looker) => recoverDeadRuns(deps, looker));
  if (!readOnly) await ownership.start({ stays: options.watch });
  const pipeline = createPipeline(deps, ownership);
  const security = createSecurityReports(deps);
  return {
    pipeline,
    store,
    catalogue,
    policy,
    redactor,
    secrets: deps.secrets,
    ownership,
    faults,
    incidents: createIncidentDesk(deps),
    circuits,
    circuitDesk: createCircuitDesk(deps),
    artifacts: createArtifactDesk(deps, archiveReader),
    watchIncidents: () => watchIncidents(deps),
    schedules,
    scheduleDesk: createScheduleDesk({ ...deps, schedules, reloadIntents: () => catalogue.reload() }),
    security,
    refusals,
    log,
    reads,
    close: async () => {
      catalogue.close();
      policy.close();
      schedules.close();
      await requests.close();
      await keptCircuits.end();
      await Promise.all([security.end(), refusals.end()]);
      faults.end();
      if (!readOnly) await ownership.end();
      await store.close();
    },
  };
}

function tellFile(faults: Faults, key: string, fault: Notice | null): void {
  if (fault === null) faults.clear(key);
  else faults.open(key, fault);
}

/** Loaded on demand: most installations have no Redis. */
async function sharedCounter(url: string, log: Log): Promise<ReturnType<typeof createRequestCounter>> {
  const { createSharedCounter } = await import('./limits/shared-counter.js');
  return createSharedCounter(url, log);
}

/** The way to Proxmox: its API when address and token are set, else the commands of this machine. */
function proxmoxOf({ pve }: Config, circuits: Circuits, reads: Reads): ExecutorSettings['proxmox'] {
  const { apiUrl, apiToken, caFile } = pve;
  if (apiUrl === null || apiToken === null) return { api: null };
  const ca = caFile === null ? null : () => readCertificate(caFile, reads);
  const client = createHttpClient({ ca, resolveSecret: () => apiToken });
  const http = circuitHttpClient(client, circuits, 'proxmox');
  return { api: { url: apiUrl, http, token: { secret: 'PVE_API_TOKEN' } } };
}
