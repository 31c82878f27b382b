/** How far footage answers each duty, every judgement kept; and what people signed for where it does not. */
export const migration0008 = `
CREATE TABLE judgement_entry (
  sequence INTEGER PRIMARY KEY,
  activity_id TEXT NOT NULL,
  at TEXT NOT NULL,
  judgement TEXT
) STRICT;
CREATE INDEX judgement_entry_by_activity ON judgement_entry (activity_id, sequence);

CREATE TABLE judgement (
  activity_id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL,
  state TEXT NOT NULL,
  started_ms INTEGER,
  due_again_ms INTEGER,
  sequence INTEGER NOT NULL REFERENCES judgement_entry (sequence),
  judgement TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX judgement_by_case ON judgement (case_id);
CREATE INDEX judgement_by_state ON judgement (state, coalesce(started_ms, 0), activity_id);
CREATE INDEX judgement_by_start ON judgement (coalesce(started_ms, 0), activity_id);
CREATE INDEX judgement_due_again ON judgement (due_again_ms) WHERE due_again_ms IS NOT NULL;

CREATE TABLE coverage_exception (
  sequence INTEGER PRIMARY KEY,
  exception_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('gap-reason', 'exemption', 'late-dock', 'recorder-broken', 'recorder-lost', 'place-unrecordable')),
  activity_id TEXT,
  case_id TEXT,
  recorder_id TEXT REFERENCES recorder (recorder_id),
  from_at TEXT,
  to_at TEXT,
  reason_code TEXT,
  reason TEXT NOT NULL,
  paper_record TEXT,
  requested_at TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  CHECK ((activity_id IS NULL) != (case_id IS NULL))
) STRICT;
CREATE INDEX coverage_exception_by_activity ON coverage_exception (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX coverage_exception_by_case ON coverage_exception (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE coverage_exception_decision (
  sequence INTEGER PRIMARY KEY,
  exception_id TEXT NOT NULL REFERENCES coverage_exception (exception_id),
  verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'refused', 'withdrawn')),
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX coverage_exception_decision_by_exception ON coverage_exception_decision (exception_id, sequence);
CREATE TRIGGER coverage_exception_decided_by_another BEFORE INSERT ON coverage_exception_decision
WHEN NEW.verdict != 'withdrawn' AND NEW.by = (SELECT requested_by FROM coverage_exception WHERE exception_id = NEW.exception_id)
BEGIN SELECT RAISE(ABORT, 'another person than the one who asked must decide'); END;
CREATE TRIGGER coverage_exception_decided_once BEFORE INSERT ON coverage_exception_decision
WHEN EXISTS (SELECT 1 FROM coverage_exception_decision WHERE exception_id = NEW.exception_id
  AND (verdict != 'approved' OR NEW.verdict != 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'the exception is decided'); END;
${['judgement_entry', 'coverage_exception', 'coverage_exception_decision'].map(appendOnly).join('')}
`;

/** A table whose rows follow each other by sequence and stay as they were written. */
function appendOnly(table: string): string {
  return `
CREATE TRIGGER ${table}_only_appended BEFORE INSERT ON ${table}
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence) + 1, 0) FROM ${table})
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
CREATE TRIGGER ${table}_never_updated BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
CREATE TRIGGER ${table}_never_deleted BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}
