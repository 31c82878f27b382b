/** Recorders, dockings, clips, receipts, the forward queue and the custody log. Instants are RFC 3339 UTC text. */
export const migration0001 = `
CREATE TABLE recorder (
  recorder_id TEXT PRIMARY KEY,
  serial_number TEXT,
  vendor TEXT,
  model TEXT,
  firmware TEXT,
  officer_number TEXT,
  driver TEXT NOT NULL,
  identity_source TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) STRICT;

CREATE TABLE docking (
  docking_id TEXT PRIMARY KEY,
  slot TEXT NOT NULL,
  driver TEXT NOT NULL,
  recorder_id TEXT REFERENCES recorder (recorder_id),
  state TEXT NOT NULL,
  attached_at TEXT NOT NULL,
  safe_at TEXT,
  detached_at TEXT,
  clock TEXT NOT NULL,
  clips_listed INTEGER NOT NULL DEFAULT 0,
  clips_pulled INTEGER NOT NULL DEFAULT 0,
  clips_known INTEGER NOT NULL DEFAULT 0,
  clips_quarantined INTEGER NOT NULL DEFAULT 0,
  failure_code TEXT,
  failure_detail TEXT
) STRICT;
CREATE INDEX docking_by_slot ON docking (slot, docking_id);
CREATE INDEX docking_by_recorder ON docking (recorder_id, docking_id);

CREATE TABLE clip (
  clip_id TEXT PRIMARY KEY,
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  docking_id TEXT NOT NULL REFERENCES docking (docking_id),
  path_bytes BLOB NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  name_encoding TEXT NOT NULL,
  kind TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at TEXT,
  started_at TEXT,
  marked INTEGER NOT NULL,
  marked_source TEXT,
  officer_number TEXT,
  state TEXT NOT NULL,
  quarantine_reason TEXT,
  quarantine_detail TEXT,
  listed_at TEXT NOT NULL,
  pulled_in TEXT REFERENCES docking (docking_id),
  sha256 TEXT,
  blake3 TEXT,
  sample_blake3 TEXT,
  read_back TEXT,
  store_path TEXT,
  record_sha256 TEXT,
  media TEXT,
  preview_state TEXT NOT NULL DEFAULT 'waiting',
  release_started_at TEXT,
  released_at TEXT
) STRICT;
CREATE INDEX clip_by_source ON clip (recorder_id, path_bytes, size_bytes);
CREATE INDEX clip_by_state ON clip (state, clip_id);
CREATE INDEX clip_by_sha256 ON clip (sha256);
CREATE INDEX clip_by_docking ON clip (docking_id, clip_id);
CREATE INDEX clip_preview_due ON clip (clip_id) WHERE preview_state = 'waiting';
CREATE INDEX clip_forward_due ON clip (marked DESC, clip_id) WHERE state IN ('sealed', 'forwarded');
CREATE INDEX clip_by_taking ON clip (coalesce(pulled_in, docking_id), clip_id);
CREATE INDEX clip_quarantined ON clip (clip_id) WHERE quarantine_reason IS NOT NULL;

CREATE TABLE receipt (
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  target TEXT NOT NULL,
  object TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  stored_at TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (clip_id, target)
) STRICT;

CREATE INDEX receipt_latest ON receipt (target, stored_at);

CREATE TABLE archive_target (
  target TEXT PRIMARY KEY,
  archive_id TEXT NOT NULL,
  first_used_at TEXT NOT NULL
) STRICT;

CREATE TABLE forward (
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  target TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT NOT NULL,
  last_error TEXT,
  PRIMARY KEY (clip_id, target)
) STRICT;
CREATE INDEX forward_due ON forward (target, next_attempt_at);

CREATE TABLE custody_entry (
  sequence INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  clip_id TEXT,
  docking_id TEXT,
  recorder_id TEXT,
  entry TEXT NOT NULL,
  leaf_hash BLOB NOT NULL,
  subtree_hashes BLOB NOT NULL,
  root_hash BLOB NOT NULL
) STRICT;
CREATE INDEX custody_by_clip ON custody_entry (clip_id, sequence) WHERE clip_id IS NOT NULL;
CREATE INDEX custody_by_docking ON custody_entry (docking_id, sequence) WHERE docking_id IS NOT NULL;
CREATE TRIGGER custody_entry_only_appended BEFORE INSERT ON custody_entry
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence) + 1, 0) FROM custody_entry)
BEGIN SELECT RAISE(ABORT, 'custody entries are append-only'); END;
CREATE TRIGGER custody_entry_never_updated BEFORE UPDATE ON custody_entry
BEGIN SELECT RAISE(ABORT, 'custody entries are append-only'); END;
CREATE TRIGGER custody_entry_never_deleted BEFORE DELETE ON custody_entry
BEGIN SELECT RAISE(ABORT, 'custody entries are append-only'); END;
`;
