/** The queue of every archive target, what each target is found to be, and what was tried on it. `docs/archive.md`. */
export const migration0015 = `
ALTER TABLE archive_target RENAME TO archive_mark;

CREATE TABLE archive_target (
  target TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  is_configured INTEGER NOT NULL,
  paused_by TEXT,
  paused_at TEXT,
  last_reached_at TEXT,
  last_refusal TEXT,
  last_error TEXT,
  last_error_at TEXT
) STRICT;

CREATE TABLE archive_probe (
  probe_id TEXT PRIMARY KEY,
  target TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  is_sound INTEGER NOT NULL,
  is_worm_proven INTEGER NOT NULL,
  report TEXT NOT NULL
) STRICT;
CREATE INDEX archive_probe_by_target ON archive_probe (target, started_at);
CREATE TRIGGER archive_probe_never_updated BEFORE UPDATE ON archive_probe
BEGIN SELECT RAISE(ABORT, 'archive_probe is append-only'); END;
CREATE TRIGGER archive_probe_never_deleted BEFORE DELETE ON archive_probe
BEGIN SELECT RAISE(ABORT, 'archive_probe is append-only'); END;

DROP TABLE forward;
CREATE TABLE forward (
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  target TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'dead')),
  queued_at TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  due_at TEXT,
  importance INTEGER NOT NULL DEFAULT 0,
  recorded_at TEXT,
  demanded_at TEXT,
  session TEXT,
  held_bytes INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before TEXT,
  last_refusal TEXT,
  last_error TEXT,
  PRIMARY KEY (clip_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX forward_by_target ON forward (target, state, due_at, clip_id);

CREATE TRIGGER clip_queued AFTER UPDATE OF state ON clip WHEN NEW.state = 'sealed' AND OLD.state <> 'sealed'
BEGIN
  INSERT INTO forward (clip_id, target, queued_at, size_bytes, importance)
  SELECT NEW.clip_id, target, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NEW.size_bytes, NEW.marked
  FROM archive_target WHERE is_configured = 1 ON CONFLICT DO NOTHING;
END;
DROP INDEX clip_forward_due;
`;
