/**
 * Deadlines, holds, retention and deletions. The guards stand here and not only in the code: whatever writes to the index,
 * no clip becomes `deleted` while anything wants it kept, and nothing wants a clip that is gone. `docs/retention.md`.
 */
export const migration0009 = `
CREATE TABLE deadline (
  case_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('hand-in', 'archive-footage', 'archive-file', 'publish', 'preserve', 'unpublish')),
  activity_id TEXT NOT NULL,
  runs_from TEXT NOT NULL,
  due_on TEXT,
  due_at TEXT NOT NULL,
  met_at TEXT,
  met_by TEXT CHECK (met_by IN ('facts', 'statement')),
  is_provisional INTEGER NOT NULL,
  rule TEXT NOT NULL,
  PRIMARY KEY (case_id, kind, activity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_by_due ON deadline (due_at, case_id, kind, activity_id);
CREATE INDEX deadline_unmet ON deadline (due_at) WHERE met_at IS NULL;

CREATE TABLE deadline_statement (
  sequence INTEGER PRIMARY KEY,
  case_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  activity_id TEXT NOT NULL,
  done_at TEXT,
  reason TEXT NOT NULL,
  stated_by TEXT NOT NULL,
  stated_at TEXT NOT NULL
) STRICT;
CREATE INDEX deadline_statement_by_case ON deadline_statement (case_id, sequence);
CREATE TRIGGER deadline_statement_never_updated BEFORE UPDATE ON deadline_statement
BEGIN SELECT RAISE(ABORT, 'deadline_statement is append-only'); END;
CREATE TRIGGER deadline_statement_never_deleted BEFORE DELETE ON deadline_statement
BEGIN SELECT RAISE(ABORT, 'deadline_statement is append-only'); END;

CREATE TABLE hold (
  hold_id TEXT PRIMARY KEY,
  clip_id TEXT REFERENCES clip (clip_id),
  case_id TEXT,
  ground TEXT NOT NULL,
  reason TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_at TEXT NOT NULL,
  lifted_by TEXT,
  lifted_at TEXT,
  lift_reason TEXT,
  CHECK ((clip_id IS NULL) <> (case_id IS NULL)),
  CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
  CHECK (lifted_by IS NULL OR lifted_by <> placed_by)
) STRICT;
CREATE INDEX hold_on_clip ON hold (clip_id) WHERE clip_id IS NOT NULL AND lifted_at IS NULL;
CREATE INDEX hold_on_case ON hold (case_id) WHERE case_id IS NOT NULL AND lifted_at IS NULL;
CREATE INDEX hold_by_time ON hold (placed_at, hold_id);
CREATE TRIGGER hold_placed_standing BEFORE INSERT ON hold
WHEN NEW.lifted_at IS NOT NULL OR EXISTS (SELECT 1 FROM hold WHERE hold_id = NEW.hold_id)
BEGIN SELECT RAISE(ABORT, 'a hold is placed before it is lifted'); END;
CREATE TRIGGER hold_never_deleted BEFORE DELETE ON hold
BEGIN SELECT RAISE(ABORT, 'holds are lifted, never deleted'); END;
CREATE TRIGGER hold_only_lifted BEFORE UPDATE ON hold
WHEN OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.hold_id IS NOT OLD.hold_id
  OR NEW.clip_id IS NOT OLD.clip_id OR NEW.case_id IS NOT OLD.case_id OR NEW.placed_by IS NOT OLD.placed_by
BEGIN SELECT RAISE(ABORT, 'a hold changes only by being lifted, once'); END;

CREATE TABLE clip_retention (
  clip_id TEXT PRIMARY KEY REFERENCES clip (clip_id),
  class TEXT NOT NULL,
  keep_until TEXT,
  reasons TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_retention_ending ON clip_retention (keep_until, clip_id) WHERE keep_until IS NOT NULL;

CREATE TABLE deletion_request (
  request_id TEXT PRIMARY KEY,
  requested_by TEXT NOT NULL,
  requested_at TEXT NOT NULL,
  reason TEXT NOT NULL,
  persons_needed INTEGER NOT NULL CHECK (persons_needed IN (1, 2)),
  verdict TEXT CHECK (verdict IN ('approved', 'refused')),
  decided_by TEXT,
  decided_at TEXT,
  decision_reason TEXT,
  CHECK ((verdict IS NULL) = (decided_by IS NULL)),
  CHECK (verdict IS NOT 'approved' OR persons_needed = 1 OR decided_by <> requested_by)
) STRICT;
CREATE INDEX deletion_request_by_time ON deletion_request (requested_at, request_id);
CREATE TRIGGER deletion_request_made_once BEFORE INSERT ON deletion_request
WHEN EXISTS (SELECT 1 FROM deletion_request WHERE request_id = NEW.request_id)
BEGIN SELECT RAISE(ABORT, 'deletion requests are kept'); END;
CREATE TRIGGER deletion_request_never_deleted BEFORE DELETE ON deletion_request
BEGIN SELECT RAISE(ABORT, 'deletion requests are kept'); END;
CREATE TRIGGER deletion_request_decided_once BEFORE UPDATE ON deletion_request
WHEN OLD.verdict IS NOT NULL OR NEW.requested_by IS NOT OLD.requested_by
  OR NEW.persons_needed IS NOT OLD.persons_needed OR NEW.request_id IS NOT OLD.request_id
BEGIN SELECT RAISE(ABORT, 'a deletion request is decided once'); END;

CREATE TABLE deletion (
  request_id TEXT NOT NULL REFERENCES deletion_request (request_id),
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused', 'kept', 'started', 'done')),
  kept_because TEXT,
  grounds TEXT,
  started_at TEXT,
  done_at TEXT,
  certificate TEXT,
  PRIMARY KEY (request_id, clip_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deletion_under_way ON deletion (clip_id) WHERE state IN ('requested', 'approved', 'started', 'done');
CREATE INDEX deletion_to_do ON deletion (request_id, clip_id) WHERE state IN ('approved', 'started');
CREATE TRIGGER deletion_made_once BEFORE INSERT ON deletion
WHEN EXISTS (SELECT 1 FROM deletion WHERE clip_id = NEW.clip_id AND state IN ('requested', 'approved', 'started', 'done'))
BEGIN SELECT RAISE(ABORT, 'the deletion of this clip is under way'); END;
CREATE TRIGGER deletion_never_deleted BEFORE DELETE ON deletion
BEGIN SELECT RAISE(ABORT, 'deletions are kept'); END;
CREATE TRIGGER deletion_stays_done BEFORE UPDATE ON deletion
WHEN OLD.state = 'done' OR (OLD.state = 'started' AND NEW.state NOT IN ('started', 'done')) OR NEW.clip_id IS NOT OLD.clip_id
BEGIN SELECT RAISE(ABORT, 'what is deleted stays deleted'); END;

CREATE TRIGGER clip_row_never_deleted BEFORE DELETE ON clip
BEGIN SELECT RAISE(ABORT, 'a clip is never taken out of the index'); END;
CREATE TRIGGER clip_row_never_replaced BEFORE INSERT ON clip
WHEN NEW.state = 'deleted' OR EXISTS (SELECT 1 FROM clip WHERE clip_id = NEW.clip_id)
BEGIN SELECT RAISE(ABORT, 'a clip is never taken out of the index'); END;
CREATE TRIGGER clip_stays_deleted BEFORE UPDATE OF state ON clip WHEN OLD.state = 'deleted' AND NEW.state <> 'deleted'
BEGIN SELECT RAISE(ABORT, 'what is deleted stays deleted'); END;
CREATE TRIGGER clip_stays_marked BEFORE UPDATE OF marked ON clip WHEN OLD.marked = 1 AND NEW.marked = 0 AND OLD.sha256 IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the mark of a stored clip stays'); END;
CREATE TRIGGER clip_deleted_only_from_archived BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND OLD.state NOT IN ('receipted', 'released', 'deleted')
BEGIN SELECT RAISE(ABORT, 'clip is kept: the archive has not signed for it'); END;
CREATE TRIGGER clip_with_link_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND EXISTS (
  SELECT 1 FROM clip_link WHERE clip_id = NEW.clip_id AND (case_id IS NOT NULL OR activity_id IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'clip is kept: it is linked'); END;
CREATE TRIGGER clip_with_hold_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND (
  EXISTS (SELECT 1 FROM hold WHERE clip_id = NEW.clip_id AND lifted_at IS NULL)
  OR EXISTS (SELECT 1 FROM clip_link_entry JOIN hold USING (case_id)
    WHERE clip_link_entry.clip_id = NEW.clip_id AND hold.lifted_at IS NULL))
BEGIN SELECT RAISE(ABORT, 'clip is kept: it is on hold'); END;
CREATE TRIGGER clip_undecided_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND NOT EXISTS (
  SELECT 1 FROM clip_mapping WHERE clip_id = NEW.clip_id AND state = 'set-aside')
BEGIN SELECT RAISE(ABORT, 'clip is kept: nobody has said that it belongs to no case'); END;
CREATE TRIGGER clip_quarantined_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND OLD.quarantine_reason IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'clip is kept: it is quarantined'); END;
CREATE TRIGGER clip_marked_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND OLD.marked = 1
BEGIN SELECT RAISE(ABORT, 'clip is kept: it is marked'); END;
CREATE TRIGGER clip_without_receipt_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND NOT EXISTS (
  SELECT 1 FROM receipt WHERE clip_id = NEW.clip_id AND sha256 = OLD.sha256 AND size_bytes = OLD.size_bytes)
BEGIN SELECT RAISE(ABORT, 'clip is kept: no receipt names its hash and length'); END;
CREATE TRIGGER clip_under_six_months_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND coalesce((
  SELECT julianday(max(at), '+6 months') > julianday('now') FROM custody_entry
  WHERE clip_id = NEW.clip_id AND action = 'sealed'), 1)
BEGIN SELECT RAISE(ABORT, 'clip is kept: it was sealed less than six months ago'); END;
CREATE TRIGGER clip_lately_linked_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND coalesce((
  SELECT julianday(max(at), '+6 months') > julianday('now') FROM clip_link_entry
  WHERE clip_id = NEW.clip_id AND act IN ('linked', 'unlinked')), 0)
BEGIN SELECT RAISE(ABORT, 'clip is kept: it was linked or unlinked less than six months ago'); END;
CREATE TRIGGER clip_without_approval_stays BEFORE UPDATE OF state ON clip
WHEN NEW.state = 'deleted' AND NOT EXISTS (
  SELECT 1 FROM deletion JOIN deletion_request USING (request_id)
  WHERE deletion.clip_id = NEW.clip_id AND deletion.state = 'started' AND deletion_request.verdict = 'approved')
BEGIN SELECT RAISE(ABORT, 'clip is kept: nobody approved its deletion'); END;

CREATE TRIGGER deleted_clip_takes_no_link BEFORE INSERT ON clip_link
WHEN (NEW.case_id IS NOT NULL OR NEW.activity_id IS NOT NULL)
  AND EXISTS (SELECT 1 FROM clip WHERE clip_id = NEW.clip_id AND state = 'deleted')
BEGIN SELECT RAISE(ABORT, 'the clip is deleted'); END;
CREATE TRIGGER deleted_clip_takes_no_moved_link BEFORE UPDATE ON clip_link
WHEN (NEW.case_id IS NOT NULL OR NEW.activity_id IS NOT NULL)
  AND EXISTS (SELECT 1 FROM clip WHERE clip_id = NEW.clip_id AND state = 'deleted')
BEGIN SELECT RAISE(ABORT, 'the clip is deleted'); END;
CREATE TRIGGER deleted_clip_takes_no_hold BEFORE INSERT ON hold
WHEN EXISTS (SELECT 1 FROM clip WHERE clip_id = NEW.clip_id AND state = 'deleted')
BEGIN SELECT RAISE(ABORT, 'the clip is deleted'); END;
`;
