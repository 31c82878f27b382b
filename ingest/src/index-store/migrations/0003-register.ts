/** The register: what each recorder said of itself and when, its battery and room, and who was issued it. */
export const migration0003 = `
CREATE UNIQUE INDEX recorder_by_serial ON recorder (serial_number) WHERE serial_number IS NOT NULL;

CREATE TABLE recorder_change (
  sequence INTEGER PRIMARY KEY,
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  docking_id TEXT NOT NULL REFERENCES docking (docking_id),
  at TEXT NOT NULL,
  claim TEXT NOT NULL,
  value_before TEXT,
  value_after TEXT
) STRICT;
CREATE INDEX recorder_change_by_recorder ON recorder_change (recorder_id, sequence);

CREATE TABLE recorder_reading (
  docking_id TEXT PRIMARY KEY REFERENCES docking (docking_id),
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  at TEXT NOT NULL,
  battery_percent REAL,
  capacity_bytes INTEGER,
  free_bytes INTEGER
) STRICT;
CREATE INDEX recorder_reading_by_recorder ON recorder_reading (recorder_id, docking_id);

CREATE TABLE recorder_ledger (
  sequence INTEGER PRIMARY KEY,
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  at TEXT NOT NULL,
  operator TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('issued', 'returned', 'state-changed')),
  officer_number TEXT,
  officer_name TEXT,
  number_on_recorder TEXT,
  state TEXT CHECK (state IN ('in-service', 'lost', 'broken', 'retired')),
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX recorder_ledger_by_recorder ON recorder_ledger (recorder_id, sequence);

ALTER TABLE docking ADD COLUMN concerns TEXT NOT NULL DEFAULT '[]';
CREATE INDEX custody_by_recorder ON custody_entry (recorder_id, sequence) WHERE recorder_id IS NOT NULL;
${['recorder_change', 'recorder_ledger'].map(appendOnly).join('')}
CREATE TRIGGER recorder_reading_never_updated BEFORE UPDATE ON recorder_reading
BEGIN SELECT RAISE(ABORT, 'recorder_reading is append-only'); END;
CREATE TRIGGER recorder_reading_never_deleted BEFORE DELETE ON recorder_reading
BEGIN SELECT RAISE(ABORT, 'recorder_reading is append-only'); END;
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
