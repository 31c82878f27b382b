/**
 * Facts that statistics add up: one row a clip, one a judged activity, one a docking. Each table lies in the order of its
 * days, so that a question over a period reads what lies in the period and no row besides. Days are those of the dock's
 * zone.
 */
export const migration0011 = `
CREATE TABLE clip_fact (
  day TEXT NOT NULL,
  clip_id TEXT NOT NULL UNIQUE,
  recorder_id TEXT NOT NULL,
  officer_id TEXT,
  unit_id TEXT,
  category TEXT,
  step TEXT,
  activity_kind TEXT,
  is_random_inspection INTEGER NOT NULL,
  mapping TEXT NOT NULL,
  is_late INTEGER,
  duration_ms INTEGER,
  size_bytes INTEGER NOT NULL,
  is_marked INTEGER NOT NULL,
  is_quarantined INTEGER NOT NULL,
  PRIMARY KEY (day, clip_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity_fact (
  day TEXT NOT NULL,
  activity_id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  unit_id TEXT,
  category TEXT,
  step TEXT NOT NULL,
  activity_kind TEXT NOT NULL,
  is_random_inspection INTEGER NOT NULL,
  level TEXT,
  state TEXT NOT NULL,
  is_due INTEGER NOT NULL,
  required_ms INTEGER,
  covered_ms INTEGER,
  gap_ms INTEGER,
  PRIMARY KEY (day, activity_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity_fact_party (
  day TEXT NOT NULL,
  activity_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('officer', 'recorder')),
  party_id TEXT NOT NULL,
  PRIMARY KEY (day, activity_id, role, party_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_fact_party_by_activity ON activity_fact_party (activity_id);

CREATE TABLE clock_fact (
  day TEXT NOT NULL,
  docking_id TEXT NOT NULL UNIQUE,
  recorder_id TEXT NOT NULL,
  officer_id TEXT,
  unit_id TEXT,
  verdict TEXT NOT NULL,
  PRIMARY KEY (day, docking_id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO reckoning_due (kind, id, marked)
SELECT 'clip', clip_id, 1 FROM clip WHERE state IN ('sealed', 'forwarded', 'receipted', 'released')
UNION ALL SELECT 'docking', docking_id, 1 FROM clock_history;
`;
