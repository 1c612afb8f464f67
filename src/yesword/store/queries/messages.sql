-- Outgoing texts: the table is the queue. States are numbers of `domain.messages.MessageState`:
-- 0 queued, 1 held, 2 sending, 3 sent, 4 failed, 5 uncertain, 6 refused, 7 cancelled, 8 expired, 9 delivered,
-- 10 undelivered.

-- name: insert_message
INSERT INTO message (bucket, id, brand_id, contact_id, program_id, program_version, campaign_id, sender_id, class, kind,
  subject, categories, language, state, priority, lane, due_at, send_by, planned_seq, answers, conversation_at,
  trigger_ref, occasion, event_at, held_for, sealed_body, segments, created_at)
VALUES (:bucket, :id, :brand_id, :contact_id, :program_id, :program_version, :campaign_id, :sender_id, :class, :kind,
  :subject, :categories, :language, :state, :priority, :lane, :due_at, :send_by, :planned_seq, :answers,
  :conversation_at, :trigger_ref, :occasion, :event_at, :held_for, :sealed_body, :segments, :created_at)

-- The lanes in which something is due, each found by one look into the index: what waits for the morning, for a pause or
-- for its turn is not walked past.

-- name: due_lanes
WITH RECURSIVE lanes (lane) AS (
  SELECT min(lane) FROM message WHERE state = 0
  UNION ALL
  SELECT (SELECT min(m.lane) FROM message m WHERE m.state = 0 AND m.lane > lanes.lane) FROM lanes
  WHERE lanes.lane IS NOT NULL)
SELECT lane FROM lanes WHERE lane IS NOT NULL
AND (SELECT m.due_at FROM message m WHERE m.state = 0 AND m.lane = lanes.lane ORDER BY m.due_at LIMIT 1) <= :now

-- name: queued_lanes
WITH RECURSIVE lanes (lane) AS (
  SELECT min(lane) FROM message WHERE state = 0
  UNION ALL
  SELECT (SELECT min(m.lane) FROM message m WHERE m.state = 0 AND m.lane > lanes.lane) FROM lanes
  WHERE lanes.lane IS NOT NULL)
SELECT lane FROM lanes WHERE lane IS NOT NULL

-- name: due_messages
SELECT id, brand_id, contact_id, program_id, program_version, campaign_id, sender_id, class, kind, subject, categories,
  language, send_by, planned_seq, answers, conversation_at, trigger_ref, sealed_body, attempt,
  occasion, event_at, created_at, due_at, lane
FROM message WHERE state = 0 AND lane = :lane AND due_at <= :now AND (due_at, id) > (:after_due_at, :after_id)
ORDER BY due_at, id LIMIT :count

-- name: take_due_messages [postgresql]
SELECT id, brand_id, contact_id, program_id, program_version, campaign_id, sender_id, class, kind, subject, categories,
  language, send_by, planned_seq, answers, conversation_at, trigger_ref, sealed_body, attempt,
  occasion, event_at, created_at, due_at, lane
FROM message WHERE state = 0 AND lane = :lane AND due_at <= :now AND (due_at, id) > (:after_due_at, :after_id)
AND bucket BETWEEN :first AND :last
ORDER BY due_at, id LIMIT :count FOR UPDATE SKIP LOCKED

-- name: queued_of [sqlite]
SELECT id FROM message WHERE state = 0 AND id IN (SELECT value FROM json_each(:ids))

-- name: queued_of [postgresql]
SELECT id FROM message WHERE state = 0 AND bucket = ANY(:buckets) AND id = ANY(:ids)

-- name: claim_message
UPDATE message SET state = 2, owner = :owner, claim_token = :claim_token, lease_until = :lease_until,
  attempt = attempt + 1, recalled = 0, sealed_body = :sealed_body, segments = :segments, decision_id = :decision_id,
  reason = '', handed_at = :handed_at
WHERE bucket = :bucket AND id = :id AND state = 0

-- name: postpone_message
UPDATE message SET due_at = :due_at, decision_id = :decision_id, reason = :reason
WHERE bucket = :bucket AND id = :id AND state = 0

-- name: refuse_message
UPDATE message SET state = :state, decision_id = :decision_id, reason = :reason, ended_at = :ended_at
WHERE bucket = :bucket AND id = :id AND state = 0

-- name: insert_decision
INSERT INTO decision (bucket, id, message_id, at, verdict, body, facts, versions)
VALUES (:bucket, :id, :message_id, :at, :verdict, :body, :facts, :versions)

-- name: insert_attempt
INSERT INTO attempt (bucket, id, message_id, account_id, sender_id, owner, claim_token, claimed_at)
VALUES (:bucket, :id, :message_id, :account_id, :sender_id, :owner, :claim_token, :claimed_at)

-- name: end_attempt
UPDATE attempt SET outcome = :outcome, provider_id = :provider_id, error_code = :error_code, ended_at = :ended_at
WHERE bucket = :bucket AND id = :id AND outcome IS NULL

-- name: record_message
UPDATE message SET state = :state, reason = :reason, meaning = :meaning, ended_at = :ended_at, owner = NULL
WHERE bucket = :bucket AND id = :id AND claim_token = :claim_token AND state IN (2, 5)

-- name: give_back_message
UPDATE message SET state = CASE WHEN recalled = 0 THEN 0 WHEN :was_written = 1 THEN 5 ELSE 7 END,
  due_at = :due_at, owner = NULL, handed_at = CASE WHEN :was_written = 1 THEN handed_at END,
  reason = CASE WHEN recalled = 1 THEN 'withdrawn' ELSE reason END
WHERE bucket = :bucket AND id = :id AND claim_token = :claim_token AND state = 2

-- name: insert_provider_ref
INSERT INTO provider_ref (account_id, provider_id, bucket, message_id, attempt_id)
VALUES (:account_id, :provider_id, :bucket, :message_id, :attempt_id)
ON CONFLICT (account_id, provider_id) DO NOTHING

-- name: recalled_of_claim
SELECT id FROM message WHERE owner = :owner AND claim_token = :claim_token AND state = 2 AND recalled = 1

-- What a stop covers is what the gate would refuse as older than it: all but the confirmation of a stop.

-- name: cancel_queued [sqlite]
UPDATE message SET state = 7, reason = 'withdrawn', ended_at = :now
WHERE bucket = :bucket AND contact_id = :contact_id AND state = 0 AND planned_seq < :seq
AND (:program_id IS NULL OR program_id = :program_id) AND kind <> 'stop_reply'

-- name: cancel_queued [postgresql]
UPDATE message SET state = 7, reason = 'withdrawn', ended_at = :now
WHERE bucket = :bucket AND id IN (
  SELECT id FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND state = 0 AND planned_seq < :seq
  AND (:program_id::bigint IS NULL OR program_id = :program_id)
  AND kind <> 'stop_reply'
  FOR UPDATE SKIP LOCKED)

-- name: recall_sending [sqlite]
UPDATE message SET recalled = 1
WHERE bucket = :bucket AND contact_id = :contact_id AND state = 2 AND planned_seq < :seq
AND (:program_id IS NULL OR program_id = :program_id) AND kind <> 'stop_reply'

-- name: recall_sending [postgresql]
UPDATE message SET recalled = 1
WHERE bucket = :bucket AND id IN (
  SELECT id FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND state = 2 AND planned_seq < :seq
  AND (:program_id::bigint IS NULL OR program_id = :program_id)
  AND kind <> 'stop_reply'
  FOR UPDATE SKIP LOCKED)

-- Of stops, each with the person, its seq and its program (0: all), the places of those that cover a text on its way.

-- name: covered_sending [sqlite]
SELECT place FROM (
  SELECT key AS place, json_extract(value, '$[0]') AS contact, json_extract(value, '$[1]') AS seq,
    json_extract(value, '$[2]') AS program FROM json_each(:rows)) AS asked WHERE EXISTS (
  SELECT 1 FROM message WHERE bucket = asked.contact >> 53 AND contact_id = asked.contact AND state = 2
  AND planned_seq < asked.seq AND (asked.program = 0 OR program_id = asked.program) AND kind <> 'stop_reply')

-- name: covered_sending [postgresql]
SELECT asked.place - 1 FROM unnest(:contacts::bigint[], :seqs::bigint[], :programs::bigint[])
  WITH ORDINALITY AS asked (contact_id, seq, program_id, place) WHERE EXISTS (
  SELECT 1 FROM message WHERE bucket = (asked.contact_id >> 53)::integer AND contact_id = asked.contact_id AND state = 2
  AND planned_seq < asked.seq AND (asked.program_id = 0 OR program_id = asked.program_id) AND kind <> 'stop_reply')

-- name: open_claims
SELECT DISTINCT owner, claim_token FROM message WHERE state = 2

-- name: release_held
UPDATE message SET state = 0, due_at = :now WHERE bucket = :bucket AND held_for = :event_id AND state = 1

-- Confirmations of stops after which nothing is on its way any more, of whatever program.

-- name: drained_confirmations
SELECT held.bucket, held.held_for FROM message held WHERE held.state = 1 AND NOT EXISTS (
  SELECT 1 FROM message going WHERE going.bucket = held.bucket AND going.contact_id = held.contact_id
  AND going.state = 2 AND going.planned_seq < held.planned_seq AND going.kind <> 'stop_reply')
ORDER BY held.created_at LIMIT 500

-- name: retry_codes_of_owner
UPDATE message SET state = 0, owner = NULL, due_at = :now
WHERE owner = :owner AND state = 2 AND kind = 'code' AND recalled = 0

-- name: unsettle_owner
UPDATE message SET state = 5, ended_at = :now, reason = 'owner_gone' WHERE owner = :owner AND state = 2

-- What another host may do to a worker whose lease is out. A renewal at the same moment wins or waits.
-- name: condemn_worker
UPDATE worker SET lease_until = 0 WHERE owner = :owner AND lease_until = :lease_until

-- name: server_clock [postgresql]
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint

-- name: insert_worker
INSERT INTO worker (owner, locality, pid, started_at, lease_until)
VALUES (:owner, :locality, :pid, :started_at, :lease_until)

-- name: renew_worker
INSERT INTO worker (owner, locality, pid, started_at, lease_until)
VALUES (:owner, :locality, :pid, :started_at, :lease_until)
ON CONFLICT (owner) DO UPDATE SET lease_until = excluded.lease_until

-- name: delete_worker
DELETE FROM worker WHERE owner = :owner AND NOT EXISTS (SELECT 1 FROM message WHERE state = 2 AND owner = :owner)

-- name: workers
SELECT owner, locality, pid, lease_until FROM worker

-- name: recent_texts [sqlite]
SELECT contact_id, handed_at, program_id, subject, class, event_at FROM message
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))
AND handed_at >= :since AND state IN (2, 3, 5, 9, 10) AND kind IN ('campaign', 'reminder', 'survey')
ORDER BY handed_at, id

-- Person by person: asked for many buckets and many people at once, PostgreSQL reads all texts of those buckets.

-- name: recent_texts [postgresql]
SELECT m.contact_id, m.handed_at, m.program_id, m.subject, m.class, m.event_at
FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT id, contact_id, handed_at, program_id, subject, class, event_at FROM message
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id
  AND handed_at >= :since AND state IN (2, 3, 5, 9, 10) AND kind IN ('campaign', 'reminder', 'survey')
  OFFSET 0) m
ORDER BY m.handed_at, m.id

-- name: apply_report
UPDATE message SET state = :state, reason = :reason, meaning = :meaning, ended_at = :ended_at
WHERE bucket = :bucket AND id = :id AND state IN (2, 3, 5)

-- name: insert_report
INSERT INTO delivery_report (account_id, provider_id, state, error_code, meaning, message_id, reported_at)
VALUES (:account_id, :provider_id, :state, :error_code, :meaning, :message_id, :reported_at)
ON CONFLICT (account_id, provider_id, state) DO NOTHING

-- name: reports_to_apply [sqlite]
SELECT r.account_id, r.provider_id, r.state, r.error_code, r.reported_at, p.bucket, p.message_id, r.meaning
FROM delivery_report r JOIN provider_ref p ON p.account_id = r.account_id AND p.provider_id = r.provider_id
WHERE r.is_applied = 0 ORDER BY r.reported_at, r.account_id, r.provider_id, r.state LIMIT :count

-- As a plain join, with many reports waiting, PostgreSQL would read all of provider_ref; with the limit it looks up each.

-- name: reports_to_apply [postgresql]
SELECT r.account_id, r.provider_id, r.state, r.error_code, r.reported_at, p.bucket, p.message_id, r.meaning
FROM delivery_report r CROSS JOIN LATERAL (
  SELECT bucket, message_id FROM provider_ref
  WHERE account_id = r.account_id AND provider_id = r.provider_id LIMIT 1) p
WHERE r.is_applied = 0 ORDER BY r.reported_at, r.account_id, r.provider_id, r.state LIMIT :count

-- Where no answer told us the carrier's id, its echo of our own reference finds the text, if the account is the one that
-- had it last. A text that went out twice has not failed because one of the two has.
-- As NOT EXISTS, the look-up of the carrier's id would have PostgreSQL read all of provider_ref.

-- name: echoed_reports_to_apply
SELECT r.account_id, r.provider_id, r.state, r.error_code, r.reported_at, m.bucket, m.id, r.meaning, a.id
FROM delivery_report r
JOIN message m ON m.bucket = r.message_id >> 53 AND m.id = r.message_id AND m.state IN (3, 5)
JOIN attempt a ON a.bucket = m.bucket AND a.account_id = r.account_id
  AND a.id = (SELECT max(id) FROM attempt WHERE bucket = m.bucket AND message_id = m.id)
WHERE r.is_applied = 0
AND (SELECT message_id FROM provider_ref p WHERE p.account_id = r.account_id AND p.provider_id = r.provider_id) IS NULL
AND (r.state = 'delivered' OR NOT EXISTS (
  SELECT 1 FROM attempt e WHERE e.bucket = m.bucket AND e.message_id = m.id AND e.id < a.id
  AND (e.outcome IS NULL OR e.outcome IN ('accepted', 'unknown'))))
ORDER BY r.reported_at, r.account_id, r.provider_id, r.state LIMIT :count

-- name: reports_without_text
SELECT DISTINCT provider_id FROM (
  SELECT r.provider_id FROM delivery_report r
  WHERE r.is_applied = 0 AND r.account_id = :account_id AND r.reported_at BETWEEN :after AND :before
  AND NOT EXISTS (SELECT 1 FROM provider_ref p WHERE p.account_id = r.account_id AND p.provider_id = r.provider_id)
  ORDER BY r.reported_at DESC LIMIT :count) AS waiting

-- name: texts_of_ids [sqlite]
SELECT provider_id, bucket, message_id, attempt_id FROM provider_ref
WHERE account_id = :account_id AND provider_id IN (SELECT value FROM json_each(:ids))

-- name: texts_of_ids [postgresql]
SELECT provider_id, bucket, message_id, attempt_id FROM provider_ref
WHERE account_id = :account_id AND provider_id = ANY(:ids)

-- name: name_attempt
UPDATE attempt SET provider_id = :provider_id WHERE bucket = :bucket AND id = :attempt_id AND provider_id IS NULL

-- name: settle_report
UPDATE delivery_report SET is_applied = 1
WHERE account_id = :account_id AND provider_id = :provider_id AND state = :state

-- name: message_states_of_campaign
SELECT state, count(*) FROM message WHERE campaign_id = :campaign_id GROUP BY state

-- name: queued_of_campaign
SELECT count(*) FROM message WHERE campaign_id = :campaign_id AND state = 0 AND due_at <= :now

-- name: open_of_campaign
SELECT count(*) FROM message WHERE campaign_id = :campaign_id AND state IN (0, 1, 2)

-- name: message_by_id
SELECT id, brand_id, contact_id, program_id, program_version, campaign_id, sender_id, class, kind, subject, categories,
  language, state, priority, due_at, send_by, planned_seq, answers, conversation_at, trigger_ref, sealed_body, segments,
  attempt, decision_id, reason, created_at, handed_at, ended_at
FROM message WHERE bucket = :bucket AND id = :id

-- name: messages_of_contact
SELECT id, kind, class, state, due_at, reason, sealed_body, segments, program_id, campaign_id, created_at, handed_at,
  sender_id, decision_id
FROM message WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id DESC LIMIT :count

-- name: decisions_of_message
SELECT id, at, verdict, body, facts, versions FROM decision WHERE bucket = :bucket AND message_id = :message_id
ORDER BY id

-- name: try_group_lock [postgresql]
SELECT pg_try_advisory_xact_lock(:key)

-- name: cancel_campaign_chunk
UPDATE message SET state = 7, reason = 'campaign_cancelled', ended_at = :now
WHERE id IN (SELECT id FROM message WHERE campaign_id = :campaign_id AND state = 0 LIMIT 1000) AND state = 0

-- name: unpark_campaign_chunk
UPDATE message SET due_at = :now, reason = ''
WHERE id IN (SELECT id FROM message WHERE campaign_id = :campaign_id AND state = 0 AND due_at = :parked LIMIT 1000)
AND state = 0

-- name: states_of_campaign_messages
SELECT id, state FROM message WHERE campaign_id = :campaign_id

-- name: last_texts [sqlite]
SELECT contact_id, max(handed_at) FROM message
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))
AND handed_at IS NOT NULL AND state IN (2, 3, 5, 9, 10) AND kind IN ('campaign', 'reminder', 'survey')
GROUP BY contact_id

-- name: last_texts [postgresql]
SELECT m.contact_id, max(m.handed_at)
FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT contact_id, handed_at FROM message
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id
  AND handed_at IS NOT NULL AND state IN (2, 3, 5, 9, 10) AND kind IN ('campaign', 'reminder', 'survey')
  OFFSET 0) m
GROUP BY m.contact_id

-- name: requests_before [sqlite]
SELECT contact_id, count(*) FROM message
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))
AND handed_at IS NOT NULL AND state IN (2, 3, 5, 9, 10) AND kind IN ('consent_request', 'invitation')
GROUP BY contact_id

-- name: requests_before [postgresql]
SELECT m.contact_id, count(*)
FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT contact_id FROM message
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id
  AND handed_at IS NOT NULL AND state IN (2, 3, 5, 9, 10) AND kind IN ('consent_request', 'invitation')
  OFFSET 0) m
GROUP BY m.contact_id
