-- Append-only, refused by the database itself; TRUNCATE passes row triggers, so it has its own.
CREATE OR REPLACE FUNCTION yesword_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME; END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.bucket, NEW.id, NEW.brand_id, NEW.contact_id, NEW.seq, NEW.kind, NEW.program_id, NEW.received_at,
      NEW.recorded_at, NEW.body, NEW.entry, NEW.leaf_hash)
     IS DISTINCT FROM
     (OLD.bucket, OLD.id, OLD.brand_id, OLD.contact_id, OLD.seq, OLD.kind, OLD.program_id, OLD.received_at,
      OLD.recorded_at, OLD.body, OLD.entry, OLD.leaf_hash)
  THEN RAISE EXCEPTION 'append-only: a consent event is never changed'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq < OLD.seq THEN RAISE EXCEPTION 'append-only: a standing never goes back'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_proclamation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.cause, NEW.country, NEW.region, NEW.starts_at, NEW.ends_at, NEW.name, NEW.entered_by, NEW.entered_at)
     IS DISTINCT FROM
     (OLD.id, OLD.cause, OLD.country, OLD.region, OLD.starts_at, OLD.ends_at, OLD.name, OLD.entered_by, OLD.entered_at)
  THEN RAISE EXCEPTION 'append-only: of a proclamation only the end is ever set'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_entry WHERE event_id = OLD.event_id)
  THEN RAISE EXCEPTION 'append-only: what is not in the ledger stays in the outbox'; END IF;
  RETURN OLD;
END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_narrowing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.log_id, NEW.level, NEW.idx) IS DISTINCT FROM (OLD.log_id, OLD.level, OLD.idx)
     OR substr(NEW.hashes, 1, length(OLD.hashes)) IS DISTINCT FROM OLD.hashes
  THEN RAISE EXCEPTION 'append-only: a tile only widens'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR NEW.published_size < OLD.published_size
     OR (NEW.id, NEW.brand_id, NEW.generation, NEW.origin) IS DISTINCT FROM (OLD.id, OLD.brand_id, OLD.generation, OLD.origin)
  THEN RAISE EXCEPTION 'append-only: a log never shrinks'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consent_event_is_kept BEFORE DELETE ON consent_event FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER consent_event_is_fixed BEFORE UPDATE ON consent_event FOR EACH ROW EXECUTE FUNCTION yesword_refuse_event();
CREATE TRIGGER consent_event_is_whole BEFORE TRUNCATE ON consent_event EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_outbox_is_fixed BEFORE UPDATE ON ledger_outbox FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_outbox_is_whole BEFORE TRUNCATE ON ledger_outbox EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER standing_never_goes_back BEFORE UPDATE ON standing FOR EACH ROW EXECUTE FUNCTION yesword_refuse_step_back();
CREATE TRIGGER standing_is_whole BEFORE TRUNCATE ON standing EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER decision_is_fixed BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER disclosure_is_fixed BEFORE UPDATE OR DELETE ON store_disclosure FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER disclosure_is_whole BEFORE TRUNCATE ON store_disclosure EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER program_version_is_fixed BEFORE UPDATE OR DELETE ON store_programversion FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER program_version_is_whole BEFORE TRUNCATE ON store_programversion EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER proclamation_is_fixed BEFORE UPDATE ON store_proclamation FOR EACH ROW EXECUTE FUNCTION yesword_refuse_proclamation();
CREATE TRIGGER proclamation_is_kept BEFORE DELETE ON store_proclamation FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER proclamation_is_whole BEFORE TRUNCATE ON store_proclamation EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_outbox_is_kept BEFORE DELETE ON ledger_outbox FOR EACH ROW EXECUTE FUNCTION yesword_refuse_loss();
CREATE TRIGGER ledger_tile_only_widens BEFORE UPDATE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION yesword_refuse_narrowing();
CREATE TRIGGER ledger_tile_is_kept BEFORE DELETE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_log_never_shrinks BEFORE UPDATE ON ledger_log FOR EACH ROW EXECUTE FUNCTION yesword_refuse_shrinking();
CREATE TRIGGER ledger_log_is_kept BEFORE DELETE ON ledger_log FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_checkpoint_is_fixed BEFORE UPDATE ON ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER suppression_is_kept BEFORE DELETE ON suppression FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_statement_is_fixed BEFORE UPDATE OR DELETE ON ledger_statement FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_entry_is_fixed BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_key_is_fixed BEFORE UPDATE OR DELETE ON ledger_key FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_attestation_is_fixed BEFORE UPDATE OR DELETE ON ledger_attestation FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER handed_batch_is_fixed BEFORE UPDATE OR DELETE ON handed_batch FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER shown_page_is_fixed BEFORE UPDATE OR DELETE ON shown_page FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_statement_is_whole BEFORE TRUNCATE ON ledger_statement EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_entry_is_whole BEFORE TRUNCATE ON ledger_entry EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_key_is_whole BEFORE TRUNCATE ON ledger_key EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_attestation_is_whole BEFORE TRUNCATE ON ledger_attestation EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER handed_batch_is_whole BEFORE TRUNCATE ON handed_batch EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER shown_page_is_whole BEFORE TRUNCATE ON shown_page EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_tile_is_whole BEFORE TRUNCATE ON ledger_tile EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_log_is_whole BEFORE TRUNCATE ON ledger_log EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER ledger_checkpoint_is_whole BEFORE TRUNCATE ON ledger_checkpoint EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER suppression_is_whole BEFORE TRUNCATE ON suppression EXECUTE FUNCTION yesword_refuse();
CREATE OR REPLACE FUNCTION yesword_refuse_late_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM contest_commitment WHERE contest_id = NEW.contest_id)
  THEN RAISE EXCEPTION 'append-only: nothing enters a contest whose list is fixed'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION yesword_refuse_trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.stated_in IS NOT NULL OR (NEW.id, NEW.at, NEW.user_id, NEW.action, NEW.subject, NEW.detail)
     IS DISTINCT FROM (OLD.id, OLD.at, OLD.user_id, OLD.action, OLD.subject, OLD.detail)
  THEN RAISE EXCEPTION 'append-only: a row of the trail is never changed'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_is_fixed BEFORE UPDATE ON store_auditentry FOR EACH ROW EXECUTE FUNCTION yesword_refuse_trail();
CREATE TRIGGER audit_entry_is_kept BEFORE DELETE ON store_auditentry FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER audit_entry_is_whole BEFORE TRUNCATE ON store_auditentry EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER point_version_is_fixed BEFORE UPDATE OR DELETE ON store_pointversion FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER point_version_is_whole BEFORE TRUNCATE ON store_pointversion EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER contest_leaf_is_fixed BEFORE UPDATE OR DELETE ON contest_leaf FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER contest_leaf_is_whole BEFORE TRUNCATE ON contest_leaf EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER contest_leaf_is_late BEFORE INSERT ON contest_leaf FOR EACH ROW EXECUTE FUNCTION yesword_refuse_late_entry();
CREATE TRIGGER contest_commitment_is_fixed BEFORE UPDATE OR DELETE ON contest_commitment FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER contest_commitment_is_whole BEFORE TRUNCATE ON contest_commitment EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER contest_draw_is_fixed BEFORE UPDATE OR DELETE ON contest_draw FOR EACH ROW EXECUTE FUNCTION yesword_refuse();
CREATE TRIGGER contest_draw_is_whole BEFORE TRUNCATE ON contest_draw EXECUTE FUNCTION yesword_refuse();
