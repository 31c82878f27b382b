/** 音像记录事项清单 of each department, every version kept. */
export const migration0006 = `
CREATE TABLE duty_list (
  department_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  in_force_from TEXT NOT NULL,
  published_at TEXT NOT NULL,
  published_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  content TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (department_id, version)
) STRICT;
CREATE TRIGGER duty_list_never_updated BEFORE UPDATE ON duty_list
BEGIN SELECT RAISE(ABORT, 'duty_list is append-only'); END;
CREATE TRIGGER duty_list_never_deleted BEFORE DELETE ON duty_list
BEGIN SELECT RAISE(ABORT, 'duty_list is append-only'); END;
`;
