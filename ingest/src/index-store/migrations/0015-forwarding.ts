/**
 * The queue of every archive target, what each target is found to be, and what was tried on it. `docs/archive.md`.
 * `importance`: 0 bulk, 1 important, 2 marked, 3 demanded. The line of a target is `forward_line`, read from its beginning; its
 * columns are kept by triggers, for SQLite does not answer from an index over generated columns alone.
 */
export const migration0015 = `
ALTER TABLE archive_target RENAME TO archive_mark;

CREATE TABLE archive_target (
  target TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  is_configured INTEGER NOT NULL,
  paused_by TEXT,
  paused_at TEXT,
  paused_reason TEXT,
  last_reached_at TEXT,
  last_refusal TEXT,
  last_error TEXT,
  last_error_at TEXT,
  bytes_per_second REAL
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
  faults INTEGER NOT NULL DEFAULT 0,
  not_before TEXT,
  last_refusal TEXT,
  last_error TEXT,
  last_error_at TEXT,
  is_bulk INTEGER NOT NULL DEFAULT 1,
  due_hour TEXT NOT NULL DEFAULT '',
  rank INTEGER NOT NULL DEFAULT 0,
  age TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (clip_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX forward_line ON forward
  (target, state, is_bulk, due_hour, rank, age, clip_id, not_before, due_at, size_bytes);
CREATE INDEX forward_waiting ON forward (target, state, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX forward_with_session ON forward (target) WHERE session IS NOT NULL;

${['INSERT', 'UPDATE OF importance, due_at, recorded_at'].map(keepsPlace).join('')}

CREATE TRIGGER clip_queued AFTER UPDATE OF state ON clip WHEN NEW.state = 'sealed' AND OLD.state <> 'sealed'
BEGIN
  INSERT INTO forward (clip_id, target, queued_at, size_bytes, importance)
  SELECT NEW.clip_id, target, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NEW.size_bytes, 2 * NEW.marked
  FROM archive_target WHERE is_configured = 1 ON CONFLICT DO NOTHING;
END;
DROP INDEX clip_forward_due;
`;

/** What a clip's place in the line follows from. */
function keepsPlace(act: string): string {
  return `
CREATE TRIGGER forward_place_after_${act.slice(0, 6).toLowerCase()} AFTER ${act} ON forward
BEGIN
  UPDATE forward SET is_bulk = (NEW.importance = 0), due_hour = coalesce(substr(NEW.due_at, 1, 13), ''),
    rank = -NEW.importance, age = coalesce(NEW.recorded_at, '')
  WHERE clip_id = NEW.clip_id AND target = NEW.target;
END;`;
}
