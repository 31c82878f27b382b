/**
 * What a gap or an alarm of a live stream tells, as a code and figures (JSON, `LiveReason`) beside the English sentence; rows
 * of before have the sentence alone. `docs/live.md`.
 */
export const migration0020 = `
ALTER TABLE live_gap ADD COLUMN reason TEXT;
ALTER TABLE live_alarm ADD COLUMN reason TEXT;
`;
