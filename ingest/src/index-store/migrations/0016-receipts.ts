/**
 * What a receipt says, beside its text: signed notes in two grades. `body` is the note; `unsigned` are those of before. Keys
 * whose receipts count, and the signed heads of the custody log.
 */
export const migration0016 = `
ALTER TABLE receipt ADD COLUMN grade TEXT NOT NULL DEFAULT 'unsigned';
ALTER TABLE receipt ADD COLUMN record_sha256 TEXT;
ALTER TABLE receipt ADD COLUMN verified TEXT;
ALTER TABLE receipt ADD COLUMN worm TEXT;
ALTER TABLE receipt ADD COLUMN retain_mode TEXT;
ALTER TABLE receipt ADD COLUMN retain_until TEXT;

CREATE TABLE receipt_key (
  verifier_key TEXT NOT NULL,
  target TEXT NOT NULL,
  trusted_at TEXT NOT NULL,
  PRIMARY KEY (verifier_key, target)
) STRICT;
CREATE TRIGGER receipt_key_never_updated BEFORE UPDATE ON receipt_key
BEGIN SELECT RAISE(ABORT, 'receipt_key is append-only'); END;
CREATE TRIGGER receipt_key_never_deleted BEFORE DELETE ON receipt_key
BEGIN SELECT RAISE(ABORT, 'receipt_key is append-only'); END;

CREATE TABLE custody_head (
  tree_size INTEGER PRIMARY KEY,
  signed_at TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE TRIGGER custody_head_never_updated BEFORE UPDATE ON custody_head
BEGIN SELECT RAISE(ABORT, 'custody_head is append-only'); END;
CREATE TRIGGER custody_head_never_deleted BEFORE DELETE ON custody_head
BEGIN SELECT RAISE(ABORT, 'custody_head is append-only'); END;

CREATE TABLE custody_head_kept (
  target TEXT PRIMARY KEY,
  tree_size INTEGER NOT NULL,
  kept_at TEXT NOT NULL
) STRICT;
`;
