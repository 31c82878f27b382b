/** What a receipt says, beside its text: signed notes in two grades. `body` is the note. */
export const migration0016 = `
ALTER TABLE receipt ADD COLUMN grade TEXT NOT NULL DEFAULT 'unsigned';
ALTER TABLE receipt ADD COLUMN record_sha256 TEXT;
ALTER TABLE receipt ADD COLUMN verified TEXT;
ALTER TABLE receipt ADD COLUMN worm TEXT;
ALTER TABLE receipt ADD COLUMN retain_mode TEXT;
ALTER TABLE receipt ADD COLUMN retain_until TEXT;
`;
