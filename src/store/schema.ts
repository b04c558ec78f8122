/**
 * The database's format, one entry for each version: entry 0 makes version 1 out of an empty file, entry n
 * makes version n + 1 out of version n. Entries that were released are never changed.
 *
 * What lists need of a run is apart from its plan, which can have megabytes. `seq` is the order in which runs
 * were recorded; unlike the clock it never goes back, so "newest" and "older" mean this.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    intent TEXT NOT NULL,
    action TEXT NOT NULL,
    stack TEXT NOT NULL,
    params TEXT NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    decided_by TEXT,
    queued_at TEXT,
    started_at TEXT,
    finished_at TEXT,
    owner TEXT,
    outcome TEXT,
    progress TEXT,
    shown TEXT,
    shown_surface TEXT GENERATED ALWAYS AS (json_extract(shown, '$.surface')) VIRTUAL,
    reported INTEGER NOT NULL,
    stop_requested_by TEXT,
    previous TEXT,
    touches TEXT NOT NULL
  );
  CREATE INDEX runs_by_state ON runs (state, seq, expires_at);
  CREATE INDEX runs_by_intent ON runs (intent, state);
  CREATE INDEX runs_by_owner ON runs (owner, state) WHERE owner IS NOT NULL;
  CREATE INDEX runs_unreported ON runs (shown_surface, state) WHERE reported = 0;

  CREATE TABLE plans (
    run INTEGER PRIMARY KEY REFERENCES runs (seq),
    plan TEXT NOT NULL
  );
  CREATE TABLE logs (
    run INTEGER PRIMARY KEY REFERENCES runs (seq),
    text BLOB NOT NULL
  );
  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (seq),
    part INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
  );
  CREATE INDEX journal_by_run ON journal (run);

  CREATE TABLE facts (
    intent TEXT NOT NULL,
    part INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (intent, part)
  ) WITHOUT ROWID;

  CREATE TABLE leases (
    key TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    since TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE owners (
    id TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_time TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE artifacts (
    seq INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    intent TEXT NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT,
    files INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    verified INTEGER NOT NULL,
    deleted_at TEXT
  );
  CREATE UNIQUE INDEX artifacts_present ON artifacts (intent, path) WHERE deleted_at IS NULL;

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    entry TEXT NOT NULL
  );
  `,
  `
  ALTER TABLE runs ADD COLUMN consent TEXT;

  CREATE TABLE locks (
    stack TEXT PRIMARY KEY,
    holder_kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    holder_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT
  ) WITHOUT ROWID;
  `,
  // Incidents, their events, and how far each destination was told of them.
  `
  CREATE TABLE incidents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    intent TEXT,
    opened_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    count INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    good_at TEXT,
    good_checked INTEGER,
    acknowledged TEXT,
    muted TEXT,
    resolved_at TEXT,
    resolved_by TEXT
  );
  CREATE UNIQUE INDEX incidents_open ON incidents (key) WHERE resolved_at IS NULL;

  CREATE TABLE alert_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (seq),
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    run_id TEXT,
    reason TEXT NOT NULL,
    actor TEXT,
    text TEXT NOT NULL,
    count INTEGER NOT NULL,
    mark TEXT
  );
  CREATE INDEX alert_events_by_incident ON alert_events (incident, seq);
  CREATE UNIQUE INDEX alert_events_by_mark ON alert_events (incident, mark) WHERE mark IS NOT NULL;

  CREATE TABLE destinations (
    name TEXT PRIMARY KEY,
    since TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE deliveries (
    destination TEXT NOT NULL,
    incident INTEGER NOT NULL REFERENCES incidents (seq),
    told INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    attempt TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (destination, incident)
  ) WITHOUT ROWID;
  `,
  // Webhooks that were handled, so that a repetition is known also after a restart.
  `
  CREATE TABLE webhook_deliveries (
    key TEXT PRIMARY KEY,
    at TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  // How long each part of each intent took, and what it left.
  `
  CREATE TABLE past_parts (
    seq INTEGER PRIMARY KEY,
    intent TEXT NOT NULL,
    step INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    took_ms INTEGER NOT NULL,
    steps_ms TEXT NOT NULL,
    work_bytes INTEGER NOT NULL,
    artifact_bytes INTEGER NOT NULL
  );
  CREATE INDEX past_parts_by_step ON past_parts (intent, step);
  -- A database from before knows the last backup of each intent, which operators watch, but not its steps.
  INSERT INTO past_parts (intent, step, run_id, finished_at, took_ms, steps_ms, work_bytes, artifact_bytes)
    SELECT intent, 0, id, finished_at,
      CAST(round((julianday(finished_at) - julianday(started_at)) * 86400000) AS INTEGER), '{}', 0,
      (SELECT coalesce(sum(size), 0) FROM artifacts WHERE artifacts.run_id = runs.id)
    FROM runs WHERE started_at IS NOT NULL AND finished_at IS NOT NULL AND seq IN
      (SELECT max(seq) FROM runs WHERE state = 'succeeded' AND action = 'backup' GROUP BY intent);

  CREATE INDEX runs_ended ON runs (intent)
    WHERE dry_run = 0 AND state IN ('succeeded', 'failed', 'rolled_back', 'interrupted', 'refused');
  `,
  // How far each schedule has come, and its times: each gets one run, whatever dies in between.
  `
  CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    timing TEXT NOT NULL,
    cursor TEXT NOT NULL,
    paused TEXT,
    missed INTEGER NOT NULL,
    missed_at TEXT,
    skipped INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE due_times (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule TEXT NOT NULL,
    due TEXT NOT NULL,
    by_hand INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    open INTEGER NOT NULL,
    owner TEXT,
    run_id TEXT,
    attempts INTEGER NOT NULL,
    notice TEXT
  );
  CREATE UNIQUE INDEX due_times_once ON due_times (schedule, due) WHERE by_hand = 0;
  CREATE INDEX due_times_by_schedule ON due_times (schedule, id);
  CREATE INDEX due_times_open ON due_times (due, id) WHERE open = 1;
  `,
  // What an incident is about besides its runs: things that ran before one of them.
  `
  ALTER TABLE incidents ADD COLUMN about TEXT NOT NULL DEFAULT '[]';
  `,
  // What outside did not answer, and isn't asked before its time.
  `
  CREATE TABLE circuits (
    target TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    next_try TEXT NOT NULL,
    failures INTEGER NOT NULL,
    pauses INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  // What was cut off at the beginning of the audit trail, and which file has it; what old runs are found by.
  `
  CREATE TABLE audit_cuts (
    first INTEGER NOT NULL,
    last INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    file TEXT NOT NULL
  );
  CREATE INDEX runs_begun ON runs (seq) WHERE started_at IS NOT NULL;
  CREATE INDEX runs_not_begun ON runs (seq) WHERE started_at IS NULL;
  CREATE INDEX artifacts_deleted ON artifacts (deleted_at) WHERE deleted_at IS NOT NULL;
  CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (at);
  `,
  // What was looked at, instead of whether something was: archives were read back, mirrors and volumes were seen.
  `
  ALTER TABLE artifacts ADD COLUMN verified_level TEXT NOT NULL DEFAULT 'none';
  UPDATE artifacts SET verified_level = CASE WHEN sha256 IS NULL THEN 'listed' ELSE 'read' END WHERE verified = 1;
  ALTER TABLE artifacts DROP COLUMN verified;
  `,
  // What artifacts, facts and durations belong to: what was backed up from where to where, not the intent's name.
  `
  ALTER TABLE artifacts ADD COLUMN origin TEXT;
  ALTER TABLE past_parts ADD COLUMN origin TEXT;
  CREATE TABLE memory (origin TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;

  -- What the plans of before tell. Their paths hold what parameters put into them.
  CREATE TABLE found_origins AS
    SELECT runs.seq AS run, runs.id AS run_id, runs.state, part.value ->> 'intent' AS intent,
      coalesce(part.value ->> 'step', 0) AS step, part.value ->> 'kind' AS kind,
      CASE part.value ->> 'kind'
        WHEN 'docker_volumes' THEN part.value ->> '$.data.destination'
        WHEN 'vm_proxmox' THEN NULL
        ELSE part.value ->> '$.data.archive' END AS path,
      json_object(
        'destination', CASE part.value ->> 'kind'
          WHEN 'vm_proxmox' THEN part.value ->> '$.data.storage'
          ELSE part.value ->> '$.data.destination' END,
        'host', 'local', 'kind', part.value ->> 'kind', 'shape', json('{}'),
        'source', CASE part.value ->> 'kind'
          WHEN 'vm_proxmox' THEN 'vm ' || (part.value ->> '$.data.vm_id')
          ELSE part.value ->> '$.data.source' END) AS origin
    FROM runs JOIN plans ON plans.run = runs.seq, json_each(plans.plan, '$.parts') AS part
    WHERE runs.started_at IS NOT NULL AND json_type(part.value, '$.data') = 'object'
      AND part.value ->> 'kind' IN ('files', 'docker_volumes', 'plex', 'vm_proxmox');
  CREATE INDEX found_origins_by_run ON found_origins (run_id);
  UPDATE artifacts SET origin = (
    SELECT origin FROM found_origins AS found
    WHERE found.run_id = artifacts.run_id AND found.intent = artifacts.intent
      AND (found.path = artifacts.path OR found.kind = 'vm_proxmox')
    ORDER BY found.path IS NULL LIMIT 1);
  UPDATE past_parts SET origin = (
    SELECT origin FROM found_origins AS found
    WHERE found.run_id = past_parts.run_id AND found.intent = past_parts.intent AND found.step = past_parts.step
    LIMIT 1);
  INSERT OR IGNORE INTO memory (origin, facts)
    SELECT origin, facts FROM facts JOIN found_origins AS found ON found.intent = facts.intent
      AND found.step = facts.part AND found.state = 'succeeded'
    GROUP BY facts.intent, facts.part HAVING found.run = max(found.run);
  DELETE FROM facts WHERE EXISTS (
    SELECT 1 FROM found_origins AS found
    WHERE found.intent = facts.intent AND found.step = facts.part AND found.state = 'succeeded');
  DROP TABLE found_origins;

  CREATE INDEX artifacts_by_origin ON artifacts (origin) WHERE deleted_at IS NULL;
  CREATE INDEX artifacts_by_path ON artifacts (path) WHERE deleted_at IS NULL;
  CREATE INDEX past_parts_by_origin ON past_parts (origin);
  `,
];
