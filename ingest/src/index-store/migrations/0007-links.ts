/** Which clip belongs to which case, activity and step: every word on it kept, the standing ones beside. */
export const migration0007 = `
CREATE TABLE clip_link_entry (
  sequence INTEGER PRIMARY KEY,
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  act TEXT NOT NULL CHECK (act IN ('linked', 'unlinked', 'set-aside')),
  case_id TEXT,
  activity_id TEXT,
  step TEXT,
  source TEXT NOT NULL CHECK (source IN ('interval', 'qr', 'mark', 'live', 'manual')),
  confidence TEXT NOT NULL CHECK (confidence IN ('certain', 'strong', 'assumed')),
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,
  supersedes INTEGER REFERENCES clip_link_entry (sequence),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX clip_link_entry_by_clip ON clip_link_entry (clip_id, sequence);
CREATE TRIGGER clip_link_entry_never_updated BEFORE UPDATE ON clip_link_entry
BEGIN SELECT RAISE(ABORT, 'clip_link_entry is append-only'); END;
CREATE TRIGGER clip_link_entry_never_deleted BEFORE DELETE ON clip_link_entry
BEGIN SELECT RAISE(ABORT, 'clip_link_entry is append-only'); END;

CREATE TABLE clip_link (
  sequence INTEGER PRIMARY KEY REFERENCES clip_link_entry (sequence),
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  case_id TEXT,
  activity_id TEXT,
  step TEXT,
  source TEXT NOT NULL
) STRICT;
CREATE INDEX clip_link_by_clip ON clip_link (clip_id);
CREATE INDEX clip_link_by_activity ON clip_link (activity_id, clip_id) WHERE activity_id IS NOT NULL;
CREATE INDEX clip_link_by_case ON clip_link (case_id, clip_id) WHERE case_id IS NOT NULL;

CREATE TABLE clip_mapping (
  clip_id TEXT PRIMARY KEY REFERENCES clip (clip_id),
  state TEXT NOT NULL CHECK (state IN ('linked', 'queued', 'set-aside')),
  officer_id TEXT,
  recorded_from_ms INTEGER,
  recorded_to_ms INTEGER,
  reasons TEXT NOT NULL,
  suggestions TEXT NOT NULL,
  decided_by TEXT NOT NULL DEFAULT 'rules' CHECK (decided_by IN ('rules', 'person')),
  rules_said TEXT NOT NULL DEFAULT '[]',
  decided_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_mapping_queued ON clip_mapping (clip_id) WHERE state = 'queued';
CREATE INDEX clip_mapping_by_officer ON clip_mapping (officer_id, recorded_from_ms);
CREATE INDEX clip_mapping_wide ON clip_mapping (recorded_from_ms, recorded_to_ms)
  WHERE recorded_to_ms - recorded_from_ms > 172800000;

CREATE TABLE clip_code (
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  at_ms INTEGER NOT NULL,
  text TEXT NOT NULL,
  named_kind TEXT NOT NULL CHECK (named_kind IN ('activity', 'case')),
  named_id TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (clip_id, at_ms, text)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_code_by_named ON clip_code (named_id, clip_id);

CREATE TABLE live_session_case (
  session_id TEXT PRIMARY KEY,
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  case_id TEXT,
  activity_id TEXT,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  doubt_ms INTEGER NOT NULL,
  told_at TEXT NOT NULL
) STRICT;
CREATE INDEX live_session_case_by_recorder ON live_session_case (recorder_id, from_ms);

ALTER TABLE clip ADD COLUMN code_state TEXT NOT NULL DEFAULT 'waiting';
CREATE INDEX clip_code_due ON clip (clip_id) WHERE code_state = 'waiting' AND kind IN ('video', 'photo');
CREATE INDEX clip_by_officer_number ON clip (officer_number, clip_id) WHERE officer_number IS NOT NULL;
CREATE INDEX clip_sidecar ON clip (docking_id, recorder_id) WHERE kind = 'sidecar';
`;
