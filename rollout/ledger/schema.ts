/** Version of the ledger's tables, in SQLite's `user_version`. */
export const schemaVersion = 4;

/** What other processes ask of drivers. Only its answer is ever written to a row again. */
const requests = `
CREATE TABLE IF NOT EXISTS requests (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  rollout TEXT NOT NULL,
  run TEXT,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  answered_at INTEGER,
  answer TEXT
);
CREATE INDEX IF NOT EXISTS open_requests ON requests (rollout, number) WHERE answered_at IS NULL;
`;

/** The last state of a run that its driver kept, so that who looks need not fold all events. It can be thrown away. */
const snapshots = `
CREATE TABLE IF NOT EXISTS snapshots (
  run TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL,
  form TEXT NOT NULL,
  data TEXT NOT NULL
) WITHOUT ROWID;
`;

/**
 * `events` is the record; triggers keep it append-only against mistakes. `runs` and `sites` repeat what its events say
 * so that a look-up need not read them all, and `sites` and `leases` hold who is at work.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS events (
  run TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  lease TEXT NOT NULL,
  PRIMARY KEY (run, sequence)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE IF NOT EXISTS runs (
  number INTEGER PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  rollout TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_of_a_rollout ON runs (rollout, number);
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY,
  token INTEGER NOT NULL,
  claimed_by TEXT,
  success TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  since INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  boot_id TEXT,
  pid_namespace TEXT,
  start_ticks INTEGER
) WITHOUT ROWID;
${requests}${snapshots}
PRAGMA user_version = ${schemaVersion};
`;

/** Brings a ledger of an older version up to this one, by that version. */
export const upgrades: Readonly<Record<number, string>> = {
  // What tells a lease's process from others with its number.
  1: `
ALTER TABLE leases ADD COLUMN boot_id TEXT;
ALTER TABLE leases ADD COLUMN pid_namespace TEXT;
ALTER TABLE leases ADD COLUMN start_ticks INTEGER;
${requests}${snapshots}
PRAGMA user_version = ${schemaVersion};
`,
  2: `
${requests}${snapshots}
PRAGMA user_version = ${schemaVersion};
`,
  3: `
${snapshots}
PRAGMA user_version = ${schemaVersion};
`,
};
