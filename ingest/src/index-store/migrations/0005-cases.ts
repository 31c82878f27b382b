/** What case systems tell (every version of it kept), and what must be reckoned anew because something changed. */
export const migration0005 = `
CREATE TABLE received_facts (
  sequence INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('unit', 'officer', 'case', 'activity')),
  entity_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  revision TEXT,
  received_at TEXT NOT NULL,
  received_from TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'stale')),
  is_withdrawn INTEGER NOT NULL,
  facts TEXT CHECK (facts IS NOT NULL OR is_withdrawn)
) STRICT;
CREATE INDEX received_facts_by_entity ON received_facts (kind, entity_id, sequence);
CREATE TRIGGER received_facts_never_updated BEFORE UPDATE ON received_facts
BEGIN SELECT RAISE(ABORT, 'received_facts is append-only'); END;
CREATE TRIGGER received_facts_never_deleted BEFORE DELETE ON received_facts
BEGIN SELECT RAISE(ABORT, 'received_facts is append-only'); END;

CREATE TABLE unit (
  unit_id TEXT PRIMARY KEY,
  department_id TEXT NOT NULL,
  facts TEXT NOT NULL,
  received INTEGER NOT NULL REFERENCES received_facts (sequence),
  is_withdrawn INTEGER NOT NULL
) STRICT;

CREATE TABLE officer (
  officer_id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  certificate_number TEXT,
  officer_number TEXT,
  facts TEXT NOT NULL,
  received INTEGER NOT NULL REFERENCES received_facts (sequence),
  is_withdrawn INTEGER NOT NULL
) STRICT;
CREATE INDEX officer_by_certificate ON officer (certificate_number) WHERE certificate_number IS NOT NULL;
CREATE INDEX officer_by_number ON officer (officer_number) WHERE officer_number IS NOT NULL;

CREATE TABLE enforcement_case (
  case_id TEXT PRIMARY KEY,
  case_number TEXT,
  name TEXT NOT NULL,
  department_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  category TEXT NOT NULL,
  opened_on TEXT NOT NULL,
  closed_on TEXT,
  decided_on TEXT,
  facts TEXT NOT NULL,
  received INTEGER NOT NULL REFERENCES received_facts (sequence),
  is_withdrawn INTEGER NOT NULL
) STRICT;
CREATE INDEX case_by_number ON enforcement_case (case_number) WHERE case_number IS NOT NULL;
CREATE INDEX case_by_opening ON enforcement_case (opened_on, case_id);
CREATE INDEX case_by_unit ON enforcement_case (unit_id, opened_on);

CREATE TABLE activity (
  activity_id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  facts TEXT NOT NULL,
  received INTEGER NOT NULL REFERENCES received_facts (sequence),
  is_withdrawn INTEGER NOT NULL
) STRICT;
CREATE INDEX activity_by_case ON activity (case_id, started_ms);
CREATE INDEX activity_by_start ON activity (started_ms, activity_id);

CREATE TABLE activity_officer (
  activity_id TEXT NOT NULL REFERENCES activity (activity_id),
  officer_id TEXT NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  PRIMARY KEY (activity_id, officer_id)
) STRICT;
CREATE INDEX activity_officer_by_time ON activity_officer (officer_id, started_ms);

CREATE TABLE reckoning_due (
  kind TEXT NOT NULL CHECK (kind IN ('docking', 'clip', 'activity', 'case')),
  id TEXT NOT NULL,
  marked INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
`;
