/**
 * When the store's own copy of a clip's media left, its record staying; `NULL`: it stands in the store. The guard stands here
 * and not only in the code: whatever writes to the index, no copy leaves that no archive signed for. `docs/archive.md`.
 */
export const migration0018 = `
ALTER TABLE clip ADD COLUMN local_removed_at TEXT;
CREATE INDEX clip_local_archived ON clip (clip_id) WHERE local_removed_at IS NULL AND state IN ('receipted', 'released');

CREATE TABLE local_copy_leaving (
  clip_id TEXT PRIMARY KEY REFERENCES clip (clip_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER local_copy_leaves_once BEFORE UPDATE OF local_removed_at ON clip
WHEN OLD.local_removed_at IS NOT NULL AND NEW.local_removed_at IS NOT OLD.local_removed_at
BEGIN SELECT RAISE(ABORT, 'the local copy has left already'); END;
CREATE TRIGGER local_copy_leaves_only_archived BEFORE UPDATE OF local_removed_at ON clip
WHEN NEW.local_removed_at IS NOT NULL AND OLD.local_removed_at IS NULL AND (
  OLD.state NOT IN ('receipted', 'released') OR OLD.quarantine_reason IS NOT NULL
  OR NOT EXISTS (SELECT 1 FROM receipt WHERE clip_id = NEW.clip_id AND sha256 = OLD.sha256 AND size_bytes = OLD.size_bytes)
  OR EXISTS (SELECT 1 FROM forward WHERE clip_id = NEW.clip_id)
  OR EXISTS (SELECT 1 FROM hold WHERE clip_id = NEW.clip_id AND lifted_at IS NULL)
  OR EXISTS (SELECT 1 FROM clip_link_entry JOIN hold USING (case_id)
    WHERE clip_link_entry.clip_id = NEW.clip_id AND hold.lifted_at IS NULL)
  OR EXISTS (SELECT 1 FROM deletion WHERE clip_id = NEW.clip_id AND state IN ('requested', 'approved', 'started')))
BEGIN SELECT RAISE(ABORT, 'the local copy stays'); END;
`;
