/** On-site operations, who and which recorders take part, bookmarks, and alarms. */
export const migration0013 = `
CREATE TABLE operation (
  operation_id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  case_id TEXT,
  activity_id TEXT,
  step TEXT,
  place TEXT,
  officer_ids TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  closed_at TEXT,
  closed_by TEXT
) STRICT;
CREATE INDEX operation_by_case ON operation (case_id, operation_id) WHERE case_id IS NOT NULL;
CREATE INDEX operation_by_activity ON operation (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX operation_open ON operation (operation_id) WHERE closed_at IS NULL;
CREATE TRIGGER operation_closed_once BEFORE UPDATE OF closed_at, closed_by ON operation WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the operation is closed'); END;
CREATE TRIGGER operation_never_deleted BEFORE DELETE ON operation
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END;

CREATE TABLE operation_recorder (
  operation_id TEXT NOT NULL REFERENCES operation (operation_id),
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  officer_id TEXT,
  joined_at TEXT NOT NULL,
  left_at TEXT,
  PRIMARY KEY (operation_id, recorder_id, joined_at)
) STRICT;
CREATE UNIQUE INDEX operation_recorder_now ON operation_recorder (recorder_id) WHERE left_at IS NULL;
CREATE INDEX operation_recorder_by_recorder ON operation_recorder (recorder_id, joined_at);
CREATE TRIGGER operation_recorder_left_once BEFORE UPDATE ON operation_recorder WHEN OLD.left_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the recorder has left'); END;
CREATE TRIGGER operation_recorder_never_deleted BEFORE DELETE ON operation_recorder
BEGIN SELECT RAISE(ABORT, 'operation_recorder is append-only'); END;

CREATE TABLE operation_bookmark (
  bookmark_id TEXT PRIMARY KEY,
  operation_id TEXT NOT NULL REFERENCES operation (operation_id),
  kind TEXT NOT NULL CHECK (kind IN ('credentials-shown', 'rights-told', 'inspection-begun', 'inspection-ended', 'note')),
  text TEXT,
  at TEXT NOT NULL,
  recorder_id TEXT REFERENCES recorder (recorder_id),
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL
) STRICT;
CREATE INDEX operation_bookmark_by_operation ON operation_bookmark (operation_id, at);

CREATE TABLE operation_bookmark_strike (
  bookmark_id TEXT PRIMARY KEY REFERENCES operation_bookmark (bookmark_id),
  reason TEXT NOT NULL,
  struck_by TEXT NOT NULL,
  struck_at TEXT NOT NULL
) STRICT;
${['operation_bookmark', 'operation_bookmark_strike'].map(neverChanged).join('')}

CREATE TABLE live_alarm (
  alarm_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  recorder_id TEXT REFERENCES recorder (recorder_id),
  operation_id TEXT REFERENCES operation (operation_id),
  session_id TEXT REFERENCES live_session (session_id),
  detail TEXT NOT NULL,
  raised_at TEXT NOT NULL,
  ended_at TEXT,
  seen_by TEXT,
  seen_at TEXT
) STRICT;
CREATE INDEX live_alarm_open ON live_alarm (raised_at) WHERE ended_at IS NULL OR seen_at IS NULL;
CREATE INDEX live_alarm_by_operation ON live_alarm (operation_id, alarm_id) WHERE operation_id IS NOT NULL;
CREATE INDEX live_alarm_by_recorder ON live_alarm (recorder_id, alarm_id) WHERE recorder_id IS NOT NULL;
`;

/** A table whose rows stay as they were written. */
function neverChanged(table: string): string {
  return `
CREATE TRIGGER ${table}_never_updated BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
CREATE TRIGGER ${table}_never_deleted BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}
