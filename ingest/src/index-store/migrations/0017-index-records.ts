/** The index records of this dock, chained, and how far each feed has got with them. */
export const migration0017 = `
CREATE TABLE index_record (
  sequence INTEGER PRIMARY KEY,
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  at TEXT NOT NULL,
  previous_sha256 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX index_record_by_clip ON index_record (clip_id, sequence);
CREATE TRIGGER index_record_only_appended BEFORE INSERT ON index_record
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence) + 1, 0) FROM index_record)
BEGIN SELECT RAISE(ABORT, 'index records are append-only'); END;
CREATE TRIGGER index_record_never_updated BEFORE UPDATE ON index_record
BEGIN SELECT RAISE(ABORT, 'index records are append-only'); END;
CREATE TRIGGER index_record_never_deleted BEFORE DELETE ON index_record
BEGIN SELECT RAISE(ABORT, 'index records are append-only'); END;

CREATE TABLE record_feed (
  feed TEXT PRIMARY KEY,
  next_sequence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_delivered_at TEXT,
  last_error TEXT
) STRICT;
`;
