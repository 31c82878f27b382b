/** How live segments and the originals of docked recorders stand to each other. */
export const migration0014 = `
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''docking'', ''clip'', ''activity'', ''case''',
  '''docking'', ''clip'', ''live-session'', ''activity'', ''case''') WHERE type = 'table' AND name = 'reckoning_due';
PRAGMA writable_schema = RESET;

ALTER TABLE docking ADD COLUMN listed_whole INTEGER NOT NULL DEFAULT 0;

CREATE TABLE picture_comparison (
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  original_clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'compared', 'other-format', 'unreadable')),
  alignments TEXT NOT NULL,
  compared_at TEXT,
  PRIMARY KEY (clip_id, original_clip_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX picture_comparison_waiting ON picture_comparison (original_clip_id, clip_id) WHERE state = 'waiting';
CREATE INDEX picture_comparison_by_original ON picture_comparison (original_clip_id);

CREATE TABLE live_match_entry (
  sequence INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES live_session (session_id),
  clip_id TEXT REFERENCES clip (clip_id),
  matches TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX live_match_entry_by_session ON live_match_entry (session_id, sequence);
CREATE TRIGGER live_match_entry_never_updated BEFORE UPDATE ON live_match_entry
BEGIN SELECT RAISE(ABORT, 'live_match_entry is append-only'); END;
CREATE TRIGGER live_match_entry_never_deleted BEFORE DELETE ON live_match_entry
BEGIN SELECT RAISE(ABORT, 'live_match_entry is append-only'); END;

CREATE TABLE live_match (
  session_id TEXT NOT NULL REFERENCES live_session (session_id),
  clip_id TEXT REFERENCES clip (clip_id),
  verdict TEXT NOT NULL CHECK (verdict IN ('confirmed', 'superseded', 'live-only', 'docked-only', 'undecided')),
  original_clip_id TEXT REFERENCES clip (clip_id),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  offset_ms INTEGER,
  evidence TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  CHECK ((clip_id IS NULL) = (verdict = 'docked-only'))
) STRICT;
CREATE INDEX live_match_by_session ON live_match (session_id, from_ms);
CREATE INDEX live_match_by_clip ON live_match (clip_id, from_ms) WHERE clip_id IS NOT NULL;
CREATE INDEX live_match_by_original ON live_match (original_clip_id) WHERE original_clip_id IS NOT NULL;
`;
