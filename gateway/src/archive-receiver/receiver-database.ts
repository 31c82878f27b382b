import { join } from 'node:path';
import { IndexDatabase } from '@docket/ingest';

/**
 * What the receiver must not forget and no file tells: how far uploads are promised, what is to be kept for whom and until when,
 * the chain of each dock, and the log of receipts. The bytes themselves lie in files.
 */
const migration1 = `
CREATE TABLE upload (
  id TEXT PRIMARY KEY,
  dock TEXT NOT NULL,
  clip_id TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  offset_bytes INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX upload_of_dock ON upload (dock);

CREATE TABLE object (
  key TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  stored_at TEXT NOT NULL,
  is_leaving INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE deposit (
  dock TEXT NOT NULL,
  clip_id TEXT NOT NULL,
  key TEXT NOT NULL REFERENCES object (key),
  retain_until TEXT,
  is_on_hold INTEGER NOT NULL,
  is_probe INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (dock, clip_id, key)
) STRICT;
CREATE INDEX deposit_of_object ON deposit (key);
CREATE TRIGGER deposit_never_shortened BEFORE UPDATE OF retain_until ON deposit
WHEN OLD.retain_until IS NOT NULL AND (NEW.retain_until IS NULL OR NEW.retain_until < OLD.retain_until)
BEGIN SELECT RAISE(ABORT, 'retention is never shortened'); END;

CREATE TABLE document (
  key TEXT PRIMARY KEY,
  dock TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  stored_at TEXT NOT NULL
) STRICT;
CREATE INDEX document_by_hash ON document (sha256);

CREATE TABLE chain_record (
  dock TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  previous_sha256 TEXT NOT NULL,
  PRIMARY KEY (dock, sequence)
) STRICT;

CREATE TABLE custody_head (
  dock TEXT NOT NULL,
  tree_size INTEGER NOT NULL,
  root TEXT NOT NULL,
  PRIMARY KEY (dock, tree_size)
) STRICT;

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY,
  dock TEXT NOT NULL,
  key TEXT NOT NULL,
  reason TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at TEXT NOT NULL,
  UNIQUE (dock, key, sha256)
) STRICT;

CREATE TABLE receipt (
  leaf_index INTEGER PRIMARY KEY,
  dock TEXT NOT NULL,
  clip_id TEXT NOT NULL,
  key TEXT NOT NULL,
  text TEXT NOT NULL,
  note TEXT NOT NULL,
  subtrees BLOB NOT NULL
) STRICT;
CREATE INDEX receipt_of_clip ON receipt (dock, clip_id);
CREATE TRIGGER receipt_only_appended BEFORE INSERT ON receipt
WHEN NEW.leaf_index IS NOT (SELECT coalesce(max(leaf_index) + 1, 0) FROM receipt)
BEGIN SELECT RAISE(ABORT, 'the log of receipts is append-only'); END;
CREATE TRIGGER receipt_never_updated BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'the log of receipts is append-only'); END;
CREATE TRIGGER receipt_never_deleted BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'the log of receipts is append-only'); END;
`;

export function openReceiverDatabase(folder: string): Promise<IndexDatabase> {
  return IndexDatabase.open(join(folder, 'receiver.sqlite'), [migration1]);
}
