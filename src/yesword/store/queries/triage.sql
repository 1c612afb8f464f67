-- Texts that somebody should look at, and what came of it.

-- name: insert_triage
INSERT INTO triage (bucket, id, brand_id, contact_id, kind, urgency, received_at, due_at, event_id, request_id)
VALUES (:bucket, :id, :brand_id, :contact_id, :kind, :urgency, :received_at, :due_at, :event_id, :request_id)

-- name: triage_queue
SELECT t.id, t.brand_id, t.contact_id, t.kind, t.urgency, t.received_at, t.due_at, t.state, t.event_id, t.request_id,
  t.settled_at, t.settled_by, t.sealed_note,
  i.sealed_body, i.intent, i.kinds, i.rule, i.confidence, i.is_per_se, i.span_start, i.span_end, i.sender_id,
  i.program_id, i.last_message_id, i.also_ended, i.is_undone
FROM triage t JOIN inbound_text i ON i.bucket = t.bucket AND i.id = t.id
WHERE t.brand_id = :brand_id AND t.state = 'open'
AND (t.urgency, t.received_at, t.id) > (:urgency, :received_at, :after)
ORDER BY t.urgency, t.received_at, t.id LIMIT :count

-- name: triage_settled
SELECT t.id, t.brand_id, t.contact_id, t.kind, t.urgency, t.received_at, t.due_at, t.state, t.event_id, t.request_id,
  t.settled_at, t.settled_by, t.sealed_note,
  i.sealed_body, i.intent, i.kinds, i.rule, i.confidence, i.is_per_se, i.span_start, i.span_end, i.sender_id,
  i.program_id, i.last_message_id, i.also_ended, i.is_undone
FROM triage t JOIN inbound_text i ON i.bucket = t.bucket AND i.id = t.id
WHERE t.brand_id = :brand_id AND t.state <> 'open' ORDER BY t.settled_at DESC, t.id DESC LIMIT :count

-- name: triage_row
SELECT t.id, t.brand_id, t.contact_id, t.kind, t.urgency, t.received_at, t.due_at, t.state, t.event_id, t.request_id,
  t.settled_at, t.settled_by, t.sealed_note,
  i.sealed_body, i.intent, i.kinds, i.rule, i.confidence, i.is_per_se, i.span_start, i.span_end, i.sender_id,
  i.program_id, i.last_message_id, i.also_ended, i.is_undone
FROM triage t JOIN inbound_text i ON i.bucket = t.bucket AND i.id = t.id
WHERE t.bucket = :bucket AND t.id = :id

-- name: triage_counts
SELECT kind, count(*) FROM triage WHERE brand_id = :brand_id AND state = 'open' GROUP BY kind

-- name: settle_triage
UPDATE triage SET state = :state, event_id = coalesce(:event_id, event_id), settled_at = :settled_at,
  settled_by = :settled_by, sealed_note = :sealed_note
WHERE bucket = :bucket AND id = :id AND state = 'open'

-- Of somebody who is erased nothing is left to look at, and nobody to answer.

-- name: close_triage
UPDATE triage SET state = 'done', due_at = NULL, settled_at = :settled_at, settled_by = :settled_by
WHERE bucket = :bucket AND contact_id = :contact_id AND state = 'open'

-- name: triage_of_event
SELECT id FROM triage WHERE bucket = :bucket AND contact_id = :contact_id AND event_id = :event_id
AND kind = 'probable_stop' AND state = 'open'

-- A stop that asked for something, too, waits on for that.

-- name: turn_triage
UPDATE triage SET kind = 'privacy_request', urgency = :urgency
WHERE bucket = :bucket AND id = :id AND kind = 'probable_stop' AND state = 'open'
AND EXISTS (SELECT 1 FROM privacy_request p WHERE p.bucket = triage.bucket AND p.id = triage.request_id AND p.state = 'open')

-- name: triage_of_request
SELECT id FROM triage WHERE bucket = :bucket AND contact_id = :contact_id AND request_id = :request_id
AND kind = 'privacy_request' AND state = 'open'

-- name: stop_triage_clock
UPDATE triage SET due_at = NULL WHERE bucket = :bucket AND contact_id = :contact_id AND request_id = :request_id
AND kind = 'probable_stop' AND state = 'open'

-- An answer to a request leaves it open: who answered last, and when, stands in the columns of the settled.

-- name: answer_triage
UPDATE triage SET settled_at = :settled_at, settled_by = :settled_by, sealed_note = :sealed_note
WHERE bucket = :bucket AND id = :id AND state = 'open'

-- name: answered_since [sqlite]
SELECT value FROM json_each(:ids) WHERE EXISTS (
  SELECT 1 FROM triage WHERE bucket = value >> 53 AND contact_id = value AND state IN ('answered', 'open')
  AND settled_at >= :since)

-- name: answered_since [postgresql]
SELECT asked.contact_id FROM unnest(:buckets::integer[], :ids::bigint[]) AS asked (bucket, contact_id) WHERE EXISTS (
  SELECT 1 FROM triage WHERE bucket = asked.bucket AND contact_id = asked.contact_id AND state IN ('answered', 'open')
  AND settled_at >= :since)
