-- Append-only, refused by the database itself. Needs PRAGMA recursive_triggers, or INSERT OR REPLACE slips past.
CREATE TRIGGER consent_event_is_kept BEFORE DELETE ON consent_event
BEGIN SELECT RAISE(ABORT, 'append-only: a consent event is never deleted'); END;
CREATE TRIGGER consent_event_is_fixed BEFORE UPDATE OF
  bucket, id, brand_id, contact_id, seq, kind, program_id, received_at, recorded_at, body, entry, leaf_hash ON consent_event
BEGIN SELECT RAISE(ABORT, 'append-only: a consent event is never changed'); END;
CREATE TRIGGER ledger_outbox_is_fixed BEFORE UPDATE ON ledger_outbox
BEGIN SELECT RAISE(ABORT, 'append-only: an outbox row is never changed'); END;
CREATE TRIGGER standing_never_goes_back BEFORE UPDATE OF seq ON standing WHEN NEW.seq < OLD.seq
BEGIN SELECT RAISE(ABORT, 'append-only: a standing never goes back'); END;
CREATE TRIGGER decision_is_fixed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'append-only: a decision is never changed'); END;
CREATE TRIGGER disclosure_is_fixed BEFORE UPDATE ON store_disclosure
BEGIN SELECT RAISE(ABORT, 'append-only: a disclosure is never changed'); END;
CREATE TRIGGER disclosure_is_kept BEFORE DELETE ON store_disclosure
BEGIN SELECT RAISE(ABORT, 'append-only: a disclosure is never deleted'); END;
CREATE TRIGGER program_version_is_fixed BEFORE UPDATE ON store_programversion
BEGIN SELECT RAISE(ABORT, 'append-only: a program version is never changed'); END;
CREATE TRIGGER program_version_is_kept BEFORE DELETE ON store_programversion
BEGIN SELECT RAISE(ABORT, 'append-only: a program version is never deleted'); END;
CREATE TRIGGER proclamation_is_fixed BEFORE UPDATE OF
  id, cause, country, region, starts_at, ends_at, name, entered_by, entered_at ON store_proclamation
BEGIN SELECT RAISE(ABORT, 'append-only: of a proclamation only the end is ever set'); END;
CREATE TRIGGER proclamation_is_kept BEFORE DELETE ON store_proclamation
BEGIN SELECT RAISE(ABORT, 'append-only: a proclamation is never deleted'); END;
