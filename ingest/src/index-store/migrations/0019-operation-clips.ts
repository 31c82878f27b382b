/**
 * The part in an operation that a live clip began in: written when the clip begins, and so told by the order in which things
 * happened. No clock has a say in it, that of the dock may be set back in between. What began before this schema is judged by
 * the dock's clock, as it was.
 */
export const migration0019 = `
CREATE TABLE operation_clip (
  clip_id TEXT PRIMARY KEY REFERENCES clip (clip_id),
  operation_id TEXT NOT NULL,
  recorder_id TEXT NOT NULL,
  joined_at TEXT NOT NULL,
  FOREIGN KEY (operation_id, recorder_id, joined_at) REFERENCES operation_recorder (operation_id, recorder_id, joined_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_clip_by_part ON operation_clip (operation_id, recorder_id, joined_at);
INSERT OR REPLACE INTO operation_clip (clip_id, operation_id, recorder_id, joined_at)
  SELECT clip_id, part.operation_id, part.recorder_id, part.joined_at FROM operation_recorder AS part
  JOIN clip ON clip.live_session_id IS NOT NULL AND clip.recorder_id = part.recorder_id
    AND clip.listed_at >= part.joined_at AND (part.left_at IS NULL OR clip.listed_at < part.left_at)
  ORDER BY part.joined_at;
CREATE TRIGGER operation_clip_never_updated BEFORE UPDATE ON operation_clip
BEGIN SELECT RAISE(ABORT, 'operation_clip is append-only'); END;
CREATE TRIGGER operation_clip_never_deleted BEFORE DELETE ON operation_clip
BEGIN SELECT RAISE(ABORT, 'operation_clip is append-only'); END;
`;
