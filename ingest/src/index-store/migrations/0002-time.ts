/**
 * The clock of each recorder at each docking, and the time of each clip as it is now understood. Statements of before
 * did not keep what the host's clock was worth: they stand, against that clock only.
 */
export const migration0002 = `
UPDATE docking SET clock = json_set(clock, '$.kind', 'unverified', '$.resolutionMs', 0, '$.rttMsMin', 0, '$.host',
  json_object('source', 'none', 'state', 'unknown', 'stratum', NULL, 'rootDelayMs', NULL, 'rootDispersionMs', NULL,
    'boundMs', NULL, 'leap', NULL, 'readAt', json_extract(clock, '$.readAt')))
WHERE json_extract(clock, '$.state') = 'measured';

CREATE TABLE clock_history (
  position INTEGER PRIMARY KEY,
  docking_id TEXT NOT NULL UNIQUE REFERENCES docking (docking_id),
  recorder_id TEXT NOT NULL REFERENCES recorder (recorder_id),
  host TEXT NOT NULL,
  found TEXT NOT NULL,
  readings TEXT NOT NULL,
  setting TEXT,
  after_set TEXT,
  readings_after_set TEXT,
  drift TEXT,
  verdict TEXT NOT NULL
) STRICT;
CREATE INDEX clock_history_by_recorder ON clock_history (recorder_id);

INSERT INTO clock_history (docking_id, recorder_id, host, found, readings, verdict)
SELECT docking_id, recorder_id, json_object('source', 'none', 'state', 'unknown', 'stratum', NULL, 'rootDelayMs', NULL,
  'rootDispersionMs', NULL, 'boundMs', NULL, 'leap', NULL, 'readAt', attached_at), clock, '[]', '{"state":"unknown","reasons":[]}'
FROM docking WHERE recorder_id IS NOT NULL ORDER BY docking_id;

ALTER TABLE clip ADD COLUMN time TEXT;
ALTER TABLE clip ADD COLUMN gps_track TEXT;
CREATE INDEX clip_with_track ON clip (docking_id) WHERE gps_track IS NOT NULL;
CREATE INDEX clip_by_pulling ON clip (pulled_in);
`;
