-- Calls from other systems, and what came of them.

-- name: see_hook
INSERT INTO hook_seen (source_id, digest, seen_at) VALUES (:source_id, :digest, :seen_at) ON CONFLICT DO NOTHING

-- name: purge_seen_hooks
DELETE FROM hook_seen WHERE seen_at < :before

-- name: count_unknown_form
INSERT INTO hook_form (source_id, form, waiting, last_at) VALUES (:source_id, :form, 1, :last_at)
ON CONFLICT (source_id, form) DO UPDATE SET waiting = hook_form.waiting + 1, last_at = excluded.last_at

-- name: unknown_forms
SELECT form, waiting, last_at FROM hook_form WHERE source_id = :source_id ORDER BY last_at DESC LIMIT 100

-- name: forget_unknown_form
DELETE FROM hook_form WHERE source_id = :source_id AND form = :form

-- name: insert_lead
INSERT INTO hook_lead (source_id, ref, form, received_at, due_at) VALUES (:source_id, :ref, :form, :received_at, :received_at)
ON CONFLICT DO NOTHING

-- name: due_leads
SELECT source_id, ref, form, received_at, tries FROM hook_lead WHERE due_at <= :now ORDER BY due_at LIMIT :count

-- name: lease_lead
UPDATE hook_lead SET due_at = :until, tries = tries + 1
WHERE source_id = :source_id AND ref = :ref AND due_at <= :now

-- name: postpone_lead
UPDATE hook_lead SET due_at = :due_at, trouble = :trouble WHERE source_id = :source_id AND ref = :ref

-- name: forget_lead
DELETE FROM hook_lead WHERE source_id = :source_id AND ref = :ref

-- name: waiting_leads
SELECT count(*), max(trouble) FROM hook_lead WHERE source_id = :source_id

-- name: insert_arrival
INSERT INTO hook_arrival (bucket, event_id, source_id, form, contact_id, program_id, arrived_at)
VALUES (:bucket, :event_id, :source_id, :form, :contact_id, :program_id, :arrived_at)

-- name: early_leavers
SELECT a.form, count(DISTINCT a.event_id), count(DISTINCT CASE WHEN e.id IS NOT NULL THEN a.event_id END)
FROM hook_arrival a
LEFT JOIN consent_event e ON e.bucket = a.bucket AND e.contact_id = a.contact_id AND e.kind = 'withdrawn'
  AND (e.program_id IS NULL OR e.program_id = a.program_id)
  AND e.received_at >= a.arrived_at AND e.received_at < a.arrived_at + :within
WHERE a.source_id = :source_id AND a.arrived_at >= :since AND a.arrived_at < :until
GROUP BY a.form ORDER BY a.form

-- name: insert_trigger
INSERT INTO open_trigger (bucket, id, source_id, digest, contact_id, program_id, event_id, opened_at)
VALUES (:bucket, :id, :source_id, :digest, :contact_id, :program_id, :event_id, :opened_at)

-- name: trigger_of_ref
SELECT id, contact_id, program_id, event_id, closed_at FROM open_trigger
WHERE source_id = :source_id AND digest = :digest ORDER BY id

-- name: close_trigger
UPDATE open_trigger SET closed_at = :closed_at, closing = :closing
WHERE bucket = :bucket AND id = :id AND closed_at IS NULL

-- name: cancel_of_trigger [sqlite]
UPDATE message SET state = 7, reason = 'no_trigger', ended_at = :now
WHERE bucket = :bucket AND contact_id = :contact_id AND trigger_ref = :trigger_ref AND state = 0

-- name: cancel_of_trigger [postgresql]
UPDATE message SET state = 7, reason = 'no_trigger', ended_at = :now
WHERE bucket = :bucket AND id IN (
  SELECT id FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND trigger_ref = :trigger_ref AND state = 0
  FOR UPDATE SKIP LOCKED)

-- What is on its way is called back as after a stop: it is given back unless it was written, and the gate refuses it then.

-- name: recall_of_trigger [sqlite]
UPDATE message SET recalled = 1
WHERE bucket = :bucket AND contact_id = :contact_id AND trigger_ref = :trigger_ref AND state = 2

-- name: recall_of_trigger [postgresql]
UPDATE message SET recalled = 1
WHERE bucket = :bucket AND id IN (
  SELECT id FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND trigger_ref = :trigger_ref AND state = 2
  FOR UPDATE SKIP LOCKED)

-- name: sending_of_trigger
SELECT count(*) FROM message
WHERE bucket = :bucket AND contact_id = :contact_id AND trigger_ref = :trigger_ref AND state = 2

-- name: call_answer
SELECT call_digest, answer FROM call_answer WHERE point_id = :point_id AND key_digest = :key_digest

-- name: insert_call_answer
INSERT INTO call_answer (point_id, key_digest, call_digest, answer, answered_at)
VALUES (:point_id, :key_digest, :call_digest, :answer, :answered_at) ON CONFLICT DO NOTHING

-- name: purge_call_answers
DELETE FROM call_answer WHERE answered_at < :before

-- name: wipe_arrivals
DELETE FROM hook_arrival WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_triggers
DELETE FROM open_trigger WHERE bucket = :bucket AND contact_id = :contact_id
