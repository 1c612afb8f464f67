-- Append-only, refused by the database itself. Needs PRAGMA recursive_triggers, or INSERT OR REPLACE slips past.
CREATE TRIGGER consent_event_is_kept BEFORE DELETE ON consent_event
BEGIN SELECT RAISE(ABORT, 'append-only: a consent event is never deleted'); END;
CREATE TRIGGER consent_event_is_fixed BEFORE UPDATE OF
  bucket, id, brand_id, contact_id, seq, kind, program_id, received_at, recorded_at, body, entry, leaf_hash ON consent_event
BEGIN SELECT RAISE(ABORT, 'append-only: a consent event is never changed'); END;
CREATE TRIGGER ledger_outbox_is_fixed BEFORE UPDATE ON ledger_outbox
BEGIN SELECT RAISE(ABORT, 'append-only: an outbox row is never changed'); END;
CREATE TRIGGER ledger_outbox_is_kept BEFORE DELETE ON ledger_outbox
  WHEN NOT EXISTS (SELECT 1 FROM ledger_entry WHERE event_id = OLD.event_id)
BEGIN SELECT RAISE(ABORT, 'append-only: what is not in the ledger stays in the outbox'); END;
CREATE TRIGGER ledger_statement_is_fixed BEFORE UPDATE ON ledger_statement
BEGIN SELECT RAISE(ABORT, 'append-only: a statement is never changed'); END;
CREATE TRIGGER ledger_statement_is_kept BEFORE DELETE ON ledger_statement
BEGIN SELECT RAISE(ABORT, 'append-only: a statement is never deleted'); END;
CREATE TRIGGER ledger_entry_is_fixed BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'append-only: a place in the ledger is never changed'); END;
CREATE TRIGGER ledger_entry_is_kept BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'append-only: a place in the ledger is never given up'); END;
CREATE TRIGGER ledger_tile_only_widens BEFORE UPDATE ON ledger_tile
  WHEN (NEW.log_id, NEW.level, NEW.idx) IS NOT (OLD.log_id, OLD.level, OLD.idx)
    OR length(NEW.hashes) < length(OLD.hashes)
    OR substr(NEW.hashes, 1, length(OLD.hashes)) IS NOT OLD.hashes
BEGIN SELECT RAISE(ABORT, 'append-only: a tile only widens'); END;
CREATE TRIGGER ledger_tile_is_kept BEFORE DELETE ON ledger_tile
BEGIN SELECT RAISE(ABORT, 'append-only: a tile is never deleted'); END;
CREATE TRIGGER ledger_log_never_shrinks BEFORE UPDATE ON ledger_log
  WHEN NEW.size < OLD.size OR NEW.published_size < OLD.published_size
    OR (NEW.id, NEW.brand_id, NEW.generation, NEW.origin) IS NOT (OLD.id, OLD.brand_id, OLD.generation, OLD.origin)
BEGIN SELECT RAISE(ABORT, 'append-only: a log never shrinks'); END;
CREATE TRIGGER ledger_log_is_kept BEFORE DELETE ON ledger_log
BEGIN SELECT RAISE(ABORT, 'append-only: a log is never deleted'); END;
CREATE TRIGGER ledger_key_is_fixed BEFORE UPDATE ON ledger_key
BEGIN SELECT RAISE(ABORT, 'append-only: a key of the ledger is never changed'); END;
CREATE TRIGGER ledger_key_is_kept BEFORE DELETE ON ledger_key
BEGIN SELECT RAISE(ABORT, 'append-only: a key of the ledger is never deleted'); END;
CREATE TRIGGER ledger_checkpoint_is_fixed BEFORE UPDATE ON ledger_checkpoint
BEGIN SELECT RAISE(ABORT, 'append-only: a checkpoint is never changed'); END;
CREATE TRIGGER ledger_attestation_is_fixed BEFORE UPDATE ON ledger_attestation
BEGIN SELECT RAISE(ABORT, 'append-only: an attestation is never changed'); END;
CREATE TRIGGER ledger_attestation_is_kept BEFORE DELETE ON ledger_attestation
BEGIN SELECT RAISE(ABORT, 'append-only: an attestation is never deleted'); END;
CREATE TRIGGER handed_batch_is_fixed BEFORE UPDATE ON handed_batch
BEGIN SELECT RAISE(ABORT, 'append-only: a hand-over is never changed'); END;
CREATE TRIGGER handed_batch_is_kept BEFORE DELETE ON handed_batch
BEGIN SELECT RAISE(ABORT, 'append-only: a hand-over is never deleted'); END;
CREATE TRIGGER shown_page_is_fixed BEFORE UPDATE ON shown_page
BEGIN SELECT RAISE(ABORT, 'append-only: what was shown is never changed'); END;
CREATE TRIGGER shown_page_is_kept BEFORE DELETE ON shown_page
BEGIN SELECT RAISE(ABORT, 'append-only: what was shown is never deleted'); END;
CREATE TRIGGER suppression_is_kept BEFORE DELETE ON suppression
BEGIN SELECT RAISE(ABORT, 'append-only: a suppression is never lifted'); END;
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
CREATE TRIGGER audit_entry_is_fixed BEFORE UPDATE ON store_auditentry
  WHEN OLD.stated_in IS NOT NULL OR (NEW.id, NEW.at, NEW.user_id, NEW.action, NEW.subject, NEW.detail)
    IS NOT (OLD.id, OLD.at, OLD.user_id, OLD.action, OLD.subject, OLD.detail)
BEGIN SELECT RAISE(ABORT, 'append-only: a row of the trail is never changed'); END;
CREATE TRIGGER audit_entry_is_kept BEFORE DELETE ON store_auditentry
BEGIN SELECT RAISE(ABORT, 'append-only: a row of the trail is never deleted'); END;
CREATE TRIGGER point_version_is_fixed BEFORE UPDATE ON store_pointversion
BEGIN SELECT RAISE(ABORT, 'append-only: a version of a collection point is never changed'); END;
CREATE TRIGGER point_version_is_kept BEFORE DELETE ON store_pointversion
BEGIN SELECT RAISE(ABORT, 'append-only: a version of a collection point is never deleted'); END;
CREATE TRIGGER contest_leaf_is_fixed BEFORE UPDATE ON contest_leaf
BEGIN SELECT RAISE(ABORT, 'append-only: an entry that was published is never changed'); END;
CREATE TRIGGER contest_leaf_is_kept BEFORE DELETE ON contest_leaf
BEGIN SELECT RAISE(ABORT, 'append-only: an entry that was published is never deleted'); END;
CREATE TRIGGER contest_leaf_is_late BEFORE INSERT ON contest_leaf
  WHEN EXISTS (SELECT 1 FROM contest_commitment WHERE contest_id = NEW.contest_id)
BEGIN SELECT RAISE(ABORT, 'append-only: nothing enters a contest whose list is fixed'); END;
CREATE TRIGGER contest_commitment_is_fixed BEFORE UPDATE ON contest_commitment
BEGIN SELECT RAISE(ABORT, 'append-only: a published list is never changed'); END;
CREATE TRIGGER contest_commitment_is_kept BEFORE DELETE ON contest_commitment
BEGIN SELECT RAISE(ABORT, 'append-only: a published list is never deleted'); END;
CREATE TRIGGER contest_draw_is_fixed BEFORE UPDATE ON contest_draw
BEGIN SELECT RAISE(ABORT, 'append-only: a draw is never changed'); END;
CREATE TRIGGER contest_draw_is_kept BEFORE DELETE ON contest_draw
BEGIN SELECT RAISE(ABORT, 'append-only: a draw is never deleted'); END;
