const heldClips =
  'clip_id = NEW.clip_id OR clip_id IN (SELECT clip_id FROM clip_link_entry WHERE case_id = NEW.case_id)';

/**
 * The index records of this dock, chained; which clips have one to come; and how far each feed has got with them. What a
 * record says is marked where it changes, by triggers: no writer can forget it, and no crash comes between.
 */
export const migration0017 = `
CREATE TABLE index_record (
  sequence INTEGER PRIMARY KEY,
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  at TEXT NOT NULL,
  previous_sha256 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX index_record_by_clip ON index_record (clip_id, sequence);
CREATE TRIGGER index_record_only_appended BEFORE INSERT ON index_record
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence) + 1, 0) FROM index_record)
BEGIN SELECT RAISE(ABORT, 'index records are append-only'); END;
CREATE TRIGGER index_record_never_updated BEFORE UPDATE ON index_record
BEGIN SELECT RAISE(ABORT, 'index records are append-only'); END;
CREATE TRIGGER index_record_never_deleted BEFORE DELETE ON index_record
BEGIN SELECT RAISE(ABORT, 'index records are append-only'); END;

CREATE TABLE index_record_due (
  clip_id TEXT PRIMARY KEY REFERENCES clip (clip_id),
  since TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO index_record_due (clip_id, since, changed_at) ${dueClips('TRUE')};

${dueOn('clip_changed', 'UPDATE OF state, time, media, marked, quarantine_reason, officer_number ON clip', 'clip_id = NEW.clip_id')}
${dueOn('custody_told', 'INSERT ON custody_entry WHEN NEW.clip_id IS NOT NULL', 'clip_id = NEW.clip_id')}
${dueOn('link_made', 'INSERT ON clip_link', 'clip_id = NEW.clip_id')}
${dueOn('link_ended', 'DELETE ON clip_link', 'clip_id = OLD.clip_id')}
${dueOn('wearer_found', 'INSERT ON clip_mapping', 'clip_id = NEW.clip_id')}
${dueOn('wearer_changed', 'UPDATE OF officer_id ON clip_mapping WHEN NEW.officer_id IS NOT OLD.officer_id', 'clip_id = NEW.clip_id')}
${dueOn('retention_found', 'INSERT ON clip_retention', 'clip_id = NEW.clip_id')}
${dueOn(
  'retention_changed',
  'UPDATE OF class, keep_until ON clip_retention WHEN NEW.class IS NOT OLD.class OR NEW.keep_until IS NOT OLD.keep_until',
  'clip_id = NEW.clip_id',
)}
${dueOn('hold_placed', 'INSERT ON hold', heldClips)}
${dueOn('hold_lifted', 'UPDATE OF lifted_at ON hold', heldClips)}
${dueOn('receipt_kept', 'INSERT ON receipt', 'clip_id = NEW.clip_id')}
${dueOn('receipt_changed', 'UPDATE ON receipt', 'clip_id = NEW.clip_id')}

CREATE TABLE record_feed (
  feed TEXT PRIMARY KEY,
  destination TEXT NOT NULL,
  next_sequence INTEGER NOT NULL DEFAULT 0,
  mark TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before TEXT,
  last_delivered_at TEXT,
  last_error TEXT,
  last_error_at TEXT,
  last_loss TEXT,
  last_loss_at TEXT
) STRICT;
`;

/** Clips that have a record, among those of the condition, as rows of the table. */
function dueClips(condition: string): string {
  const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  return `SELECT clip_id, ${now}, ${now} FROM clip
  WHERE state IN ('sealed', 'forwarded', 'receipted', 'released', 'deleted') AND (${condition})`;
}

function dueOn(name: string, change: string, condition: string): string {
  return `
CREATE TRIGGER index_record_due_${name} AFTER ${change}
BEGIN
  INSERT INTO index_record_due (clip_id, since, changed_at) ${dueClips(condition)}
  ON CONFLICT (clip_id) DO UPDATE SET changed_at = excluded.changed_at;
END;`;
}
