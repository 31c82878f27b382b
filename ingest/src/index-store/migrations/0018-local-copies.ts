/** When the store's own copy of a clip's media left, its record staying; `NULL`: it stands in the store. */
export const migration0018 = `
ALTER TABLE clip ADD COLUMN local_removed_at TEXT;
CREATE INDEX clip_local ON clip (clip_id) WHERE local_removed_at IS NULL;
`;
