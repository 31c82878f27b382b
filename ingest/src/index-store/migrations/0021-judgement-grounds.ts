/**
 * Judgements tell whether they rest on the assumed delay of live footage (`docs/coverage.md`): those that may are judged anew.
 */
export const migration0021 = `
INSERT INTO reckoning_due (kind, id, marked)
  SELECT DISTINCT 'activity', clip_link.activity_id, 1 FROM clip JOIN clip_link USING (clip_id)
  WHERE clip_link.activity_id IS NOT NULL AND clip.time LIKE '%"delay-assumed"%'
  ON CONFLICT (kind, id) DO UPDATE SET marked = marked + 1;
`;
