-- What days have had under limits, and from which of several senders a person is texted.

-- In one order, and held until the claim is written: two workers never both see the last text of a day.
-- name: hold_day [postgresql]
INSERT INTO paced_day (limit_key, day, texts) VALUES (:limit_key, :day, 0)
ON CONFLICT (limit_key, day) DO UPDATE SET texts = paced_day.texts RETURNING texts

-- name: read_day
SELECT texts FROM paced_day WHERE limit_key = :limit_key AND day = :day

-- name: count_day
INSERT INTO paced_day (limit_key, day, texts) VALUES (:limit_key, :day, :texts)
ON CONFLICT (limit_key, day) DO UPDATE SET texts = paced_day.texts + excluded.texts

-- name: forget_days
DELETE FROM paced_day WHERE day < :day

-- name: senders_of_contacts [sqlite]
SELECT contact_id, program_id, sender_id FROM contact_sender
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))

-- name: senders_of_contacts [postgresql]
SELECT found.* FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT contact_id, program_id, sender_id FROM contact_sender
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id OFFSET 0) found

-- name: keep_sender
INSERT INTO contact_sender (bucket, contact_id, program_id, sender_id, since)
VALUES (:bucket, :contact_id, :program_id, :sender_id, :since)
ON CONFLICT (bucket, contact_id, program_id)
DO UPDATE SET before_id = contact_sender.sender_id, sender_id = excluded.sender_id, since = excluded.since
WHERE contact_sender.sender_id <> excluded.sender_id

-- name: erase_contact_senders
DELETE FROM contact_sender WHERE bucket = :bucket AND contact_id = :contact_id

-- name: programs_with_pools [sqlite]
SELECT DISTINCT program_id FROM store_furthersender WHERE program_id IN (SELECT value FROM json_each(:ids))

-- name: programs_with_pools [postgresql]
SELECT DISTINCT program_id FROM store_furthersender WHERE program_id = ANY(:ids)

-- name: tries_of_message
SELECT id, sender_id, outcome FROM attempt WHERE bucket = :bucket AND message_id = :message_id ORDER BY id

-- By another sender: a new attempt of the same text, unless a withdrawal has called it back.

-- name: reroute_message
UPDATE message SET state = CASE WHEN recalled = 0 THEN 0 ELSE 7 END, sender_id = :sender_id, lane = :lane,
  due_at = :due_at, owner = NULL, handed_at = NULL, reason = CASE WHEN recalled = 1 THEN 'withdrawn' ELSE '' END
WHERE bucket = :bucket AND id = :id AND claim_token = :claim_token AND state = 2

-- name: stuck_in_lane [sqlite]
SELECT id, contact_id, kind, class, conversation_at FROM message
WHERE state = 0 AND lane = :lane AND due_at <= :before ORDER BY due_at, id LIMIT :count

-- name: stuck_in_lane [postgresql]
SELECT id, contact_id, kind, class, conversation_at FROM message
WHERE state = 0 AND lane = :lane AND due_at <= :before ORDER BY due_at, id LIMIT :count FOR UPDATE SKIP LOCKED

-- name: move_to_sender
UPDATE message SET sender_id = :sender_id, lane = :lane, due_at = :due_at WHERE bucket = :bucket AND id = :id AND state = 0
