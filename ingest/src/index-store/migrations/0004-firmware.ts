/** Firmware roll-outs by the hash of their image, and how far each recorder has come with them. */
export const migration0004 = `
CREATE TABLE firmware_roll_out (
  image_hash TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  stopped_at TEXT,
  stopped_reason TEXT
) STRICT;

CREATE TABLE firmware_update (
  image_hash TEXT NOT NULL REFERENCES firmware_roll_out (image_hash),
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'restarting', 'confirmed', 'reverted', 'failed')),
  slot TEXT NOT NULL,
  version_before TEXT,
  begun_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  detail TEXT,
  PRIMARY KEY (image_hash, recorder_id)
) STRICT;
`;
