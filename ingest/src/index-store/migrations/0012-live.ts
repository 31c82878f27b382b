/**
 * Live streams: who may send, each session of a recorder, its gaps and time evidence, and the segments it was recorded in.
 * A segment is a clip that no docking brought: what a docking told of a clip may be missing from here on. SQLite has no
 * statement that takes a NOT NULL away; its documentation names this way (Making Other Kinds Of Table Schema Changes).
 */
export const migration0012 = `
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'docking_id TEXT NOT NULL REFERENCES docking (docking_id)',
  'docking_id TEXT REFERENCES docking (docking_id)') WHERE type = 'table' AND name = 'clip';
PRAGMA writable_schema = RESET;

CREATE TABLE live_source (
  recorder_id TEXT PRIMARY KEY REFERENCES recorder (recorder_id),
  way TEXT NOT NULL CHECK (way IN ('pull-rtsp', 'push-rtsp', 'push-rtmp')),
  url TEXT,
  user_name TEXT NOT NULL,
  secret TEXT NOT NULL,
  is_enabled INTEGER NOT NULL,
  is_always_pulled INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  CHECK ((url IS NULL) = (way <> 'pull-rtsp'))
) STRICT;
CREATE UNIQUE INDEX live_source_by_user ON live_source (user_name) WHERE way <> 'pull-rtsp';

CREATE TABLE live_session (
  session_id TEXT PRIMARY KEY,
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  way TEXT NOT NULL CHECK (way IN ('pull-rtsp', 'push-rtsp', 'push-rtmp')),
  tracks TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  end_cause TEXT
) STRICT;
CREATE INDEX live_session_by_recorder ON live_session (recorder_id, session_id);
CREATE INDEX live_session_open ON live_session (session_id) WHERE ended_at IS NULL;

CREATE TABLE live_gap (
  gap_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES live_session (session_id),
  cause TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX live_gap_by_session ON live_gap (session_id, from_ms);

CREATE TABLE live_report (
  session_id TEXT NOT NULL REFERENCES live_session (session_id),
  track INTEGER NOT NULL,
  arrived_ms REAL NOT NULL,
  sent_not_before_ms REAL,
  ssrc INTEGER NOT NULL,
  ntp_ms REAL NOT NULL,
  rtp_timestamp INTEGER NOT NULL
) STRICT;
CREATE INDEX live_report_by_session ON live_report (session_id, arrived_ms);

ALTER TABLE clip ADD COLUMN live_session_id TEXT REFERENCES live_session (session_id);
ALTER TABLE clip ADD COLUMN live_sequence INTEGER;
ALTER TABLE clip ADD COLUMN live_line INTEGER;
ALTER TABLE clip ADD COLUMN live_start TEXT;
ALTER TABLE clip ADD COLUMN live_from_ms REAL;
ALTER TABLE clip ADD COLUMN live_to_ms REAL;
CREATE INDEX clip_by_live_session ON clip (live_session_id, clip_id) WHERE live_session_id IS NOT NULL;
CREATE INDEX clip_live_by_recorder ON clip (recorder_id, clip_id) WHERE live_session_id IS NOT NULL;
CREATE INDEX clip_recording ON clip (clip_id) WHERE state = 'recording';
`;
