/** How live segments and the originals of docked recorders stand to each other. */
export const migration0014 = `
CREATE TABLE live_match (
  clip_id TEXT NOT NULL REFERENCES clip (clip_id),
  verdict TEXT NOT NULL CHECK (verdict IN ('confirmed', 'superseded', 'live-only', 'docked-only', 'undecided')),
  original_clip_id TEXT REFERENCES clip (clip_id),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  decided_at TEXT NOT NULL
) STRICT;
CREATE INDEX live_match_by_clip ON live_match (clip_id, from_ms);
CREATE INDEX live_match_by_original ON live_match (original_clip_id) WHERE original_clip_id IS NOT NULL;
`;
