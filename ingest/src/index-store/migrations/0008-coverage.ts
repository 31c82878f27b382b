/** How far footage answers each duty, every judgement kept; and what people signed for where it does not. */
export const migration0008 = `
CREATE TABLE judgement_entry (
  sequence INTEGER PRIMARY KEY,
  activity_id TEXT NOT NULL,
  at TEXT NOT NULL,
  judgement TEXT NOT NULL
) STRICT;
CREATE INDEX judgement_entry_by_activity ON judgement_entry (activity_id, sequence);
CREATE TRIGGER judgement_entry_never_updated BEFORE UPDATE ON judgement_entry
BEGIN SELECT RAISE(ABORT, 'judgement_entry is append-only'); END;
CREATE TRIGGER judgement_entry_never_deleted BEFORE DELETE ON judgement_entry
BEGIN SELECT RAISE(ABORT, 'judgement_entry is append-only'); END;

CREATE TABLE judgement (
  activity_id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL,
  state TEXT NOT NULL,
  sequence INTEGER NOT NULL REFERENCES judgement_entry (sequence),
  judgement TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX judgement_by_case ON judgement (case_id);

CREATE TABLE coverage_exception (
  exception_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('gap-reason', 'exemption', 'late-dock', 'recorder-broken', 'recorder-lost', 'place-unrecordable')),
  activity_id TEXT,
  case_id TEXT,
  recorder_id TEXT,
  from_at TEXT,
  to_at TEXT,
  reason_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  paper_record TEXT,
  requested_at TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  verdict TEXT CHECK (verdict IN ('approved', 'refused', 'withdrawn')),
  decided_at TEXT,
  decided_by TEXT,
  decision_reason TEXT
) STRICT;
CREATE INDEX coverage_exception_by_activity ON coverage_exception (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX coverage_exception_by_case ON coverage_exception (case_id) WHERE case_id IS NOT NULL;
`;
