/**
 * Legal review: every packet that was handed out, every act on it, what may be published, and what is told to the public.
 * What may be published is decided here, by `decision_gate`; no code can write past it.
 */
export const migration0010 = `
CREATE TABLE review_packet (
  sha256 TEXT PRIMARY KEY,
  case_id TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  decision TEXT,
  is_ready INTEGER NOT NULL,
  packet TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX review_packet_by_case ON review_packet (case_id, made_at);
${neverChanged('review_packet')}

CREATE TABLE review_entry (
  sequence INTEGER PRIMARY KEY,
  case_id TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('submitted', 'passed', 'failed', 'returned')),
  packet_sha256 TEXT NOT NULL REFERENCES review_packet (sha256),
  person TEXT NOT NULL,
  opinion TEXT,
  reason TEXT NOT NULL,
  at TEXT NOT NULL,
  CHECK (act = 'submitted' OR opinion IS NOT NULL)
) STRICT;
CREATE INDEX review_entry_by_case ON review_entry (case_id, sequence);
${neverChanged('review_entry')}

CREATE VIEW standing_review AS
SELECT entry.sequence, entry.case_id, entry.act, entry.packet_sha256, entry.person, packet.decision
FROM review_entry AS entry JOIN review_packet AS packet ON packet.sha256 = entry.packet_sha256
WHERE entry.sequence = (SELECT max(sequence) FROM review_entry AS newest WHERE newest.case_id = entry.case_id);

CREATE TRIGGER review_entry_rules BEFORE INSERT ON review_entry
BEGIN
  SELECT RAISE(ABORT, 'the packet is of another case') WHERE NOT EXISTS (
    SELECT 1 FROM review_packet WHERE sha256 = NEW.packet_sha256 AND case_id = NEW.case_id);
  SELECT RAISE(ABORT, 'only what another person submitted can be reviewed') WHERE NEW.act <> 'submitted' AND NOT EXISTS (
    SELECT 1 FROM standing_review WHERE case_id = NEW.case_id AND act = 'submitted'
      AND packet_sha256 = NEW.packet_sha256 AND person <> NEW.person);
END;

CREATE VIEW decision_gate AS
WITH told AS (
  SELECT case_id, department_id, category, is_withdrawn,
    json_extract(facts, '$.decision') AS decision,
    json_extract(facts, '$.decision.isMajor') AS is_major,
    json_extract(facts, '$.decision.revokedOn') AS revoked_on,
    json_extract(facts, '$.secrecy') AS secrecy,
    (SELECT json_extract(content, '$.reviewCategories') FROM duty_list
     WHERE duty_list.department_id = enforcement_case.department_id
       AND in_force_from <= coalesce(decided_on, opened_on)
     ORDER BY version DESC LIMIT 1) AS review_categories
  FROM enforcement_case
), ruled AS (
  SELECT told.*, CASE
    WHEN is_major = 1 THEN 'major'
    WHEN is_major = 0 THEN 'not-major'
    WHEN review_categories IS NULL THEN 'no-list'
    WHEN review_categories = '*' THEN 'category-reviewed'
    WHEN EXISTS (SELECT 1 FROM json_each(review_categories) WHERE value = category) THEN 'category-reviewed'
    ELSE 'category-not-reviewed' END AS review_rule
  FROM told
)
SELECT ruled.case_id, ruled.decision, revoked_on, secrecy, is_withdrawn, review_rule,
  review_rule IN ('major', 'no-list', 'category-reviewed') AS is_review_needed,
  review.sequence AS review_sequence, review.act AS review_act, review.decision IS ruled.decision AS is_review_current,
  coalesce(is_withdrawn = 0 AND ruled.decision IS NOT NULL AND revoked_on IS NULL AND secrecy = 'none'
    AND CASE WHEN review.act IS NULL THEN review_rule IN ('not-major', 'category-not-reviewed')
        ELSE review.act = 'passed' AND review.decision = ruled.decision END, 0) AS is_open
FROM ruled LEFT JOIN standing_review AS review ON review.case_id = ruled.case_id;

CREATE TABLE decision_publication (
  sequence INTEGER PRIMARY KEY,
  case_id TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('publishable', 'unpublishable')),
  decision TEXT NOT NULL,
  review_sequence INTEGER REFERENCES review_entry (sequence),
  review_rule TEXT NOT NULL,
  cause TEXT CHECK (cause IN ('revoked', 'secret', 'case-withdrawn', 'by-person')),
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL,
  CHECK ((act = 'unpublishable') = (cause IS NOT NULL))
) STRICT;
CREATE INDEX decision_publication_by_case ON decision_publication (case_id, sequence);
${neverChanged('decision_publication')}
CREATE TRIGGER decision_publication_gate BEFORE INSERT ON decision_publication WHEN NEW.act = 'publishable'
BEGIN
  SELECT RAISE(ABORT, 'this decision may not be published') WHERE NOT EXISTS (
    SELECT 1 FROM decision_gate WHERE case_id = NEW.case_id AND is_open AND decision = NEW.decision
      AND review_sequence IS NEW.review_sequence AND review_rule = NEW.review_rule);
END;

CREATE TABLE disclosure_event (
  sequence INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('duty-list', 'officer-list', 'statistics', 'decision')),
  subject TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('published', 'corrected', 'withdrawn')),
  replaces TEXT REFERENCES disclosure_event (event_id),
  case_id TEXT,
  content TEXT NOT NULL,
  at TEXT NOT NULL,
  CHECK (act = 'published' OR replaces IS NOT NULL)
) STRICT;
CREATE INDEX disclosure_event_by_subject ON disclosure_event (kind, subject, sequence);
CREATE INDEX disclosure_event_by_case ON disclosure_event (case_id, sequence) WHERE case_id IS NOT NULL;
${neverChanged('disclosure_event')}
CREATE TRIGGER disclosure_event_decision_gate BEFORE INSERT ON disclosure_event
WHEN NEW.kind = 'decision' AND NEW.act <> 'withdrawn'
BEGIN
  SELECT RAISE(ABORT, 'this decision may not be disclosed') WHERE NOT EXISTS (
    SELECT 1 FROM decision_publication AS publication JOIN decision_gate AS gate USING (case_id)
    WHERE case_id = NEW.case_id AND act = 'publishable' AND publication.decision = gate.decision AND gate.is_open
      AND publication.sequence = (SELECT max(sequence) FROM decision_publication AS newest
        WHERE newest.case_id = NEW.case_id));
END;

CREATE TABLE disclosure_delivery (
  event_sequence INTEGER NOT NULL REFERENCES disclosure_event (sequence),
  way TEXT NOT NULL CHECK (way IN ('https', 'directory')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'superseded', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT NOT NULL,
  last_attempt_at TEXT,
  last_status INTEGER,
  last_error TEXT,
  delivered_at TEXT,
  PRIMARY KEY (way, event_sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX disclosure_delivery_due ON disclosure_delivery (way, next_attempt_at) WHERE state = 'waiting';
`;

function neverChanged(table: string): string {
  return `
CREATE TRIGGER ${table}_never_updated BEFORE UPDATE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
CREATE TRIGGER ${table}_never_deleted BEFORE DELETE ON ${table}
BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}
