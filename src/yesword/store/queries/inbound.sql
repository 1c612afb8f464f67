-- Texts that people send.

-- name: take_inbound_ref
INSERT INTO inbound_ref (account_id, provider_id, handled, received_at)
VALUES (:account_id, :provider_id, '', :received_at) ON CONFLICT (account_id, provider_id) DO NOTHING

-- name: settle_inbound_ref
UPDATE inbound_ref SET handled = :handled WHERE account_id = :account_id AND provider_id = :provider_id

-- name: inbound_ref
SELECT handled FROM inbound_ref WHERE account_id = :account_id AND provider_id = :provider_id

-- name: known_inbound_refs [sqlite]
SELECT provider_id FROM inbound_ref
WHERE account_id = :account_id AND provider_id IN (SELECT value FROM json_each(:ids))

-- name: known_inbound_refs [postgresql]
SELECT provider_id FROM inbound_ref WHERE account_id = :account_id AND provider_id = ANY(:ids)

-- name: insert_inbound
INSERT INTO inbound_text (bucket, id, brand_id, contact_id, sender_id, sealed_body, received_at, intent, kinds, rule,
  confidence, is_per_se, span_start, span_end, program_id, event_id, also_ended, last_message_id)
VALUES (:bucket, :id, :brand_id, :contact_id, :sender_id, :sealed_body, :received_at, :intent, :kinds, :rule,
  :confidence, :is_per_se, :span_start, :span_end, :program_id, :event_id, :also_ended, :last_message_id)

-- name: inbound_of_contact
SELECT id, sender_id, sealed_body, received_at, intent, rule, program_id, event_id FROM inbound_text
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id DESC LIMIT :count

-- What the person had got before they wrote.

-- name: last_handed [sqlite]
SELECT value, (
  SELECT id FROM message WHERE bucket = value >> 53 AND contact_id = value
  AND handed_at <= :before AND state IN (2, 3, 5, 9, 10) ORDER BY handed_at DESC, id DESC LIMIT 1)
FROM json_each(:ids)

-- name: last_handed [postgresql]
SELECT asked.contact_id, (
  SELECT id FROM message WHERE bucket = asked.bucket AND contact_id = asked.contact_id
  AND handed_at <= :before AND state IN (2, 3, 5, 9, 10) ORDER BY handed_at DESC, id DESC LIMIT 1)
FROM unnest(:buckets::integer[], :ids::bigint[]) AS asked (bucket, contact_id)

-- name: last_program_from
SELECT program_id FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND sender_id = :sender_id
AND handed_at <= :before AND state IN (2, 3, 5, 9, 10) AND program_id IS NOT NULL
ORDER BY handed_at DESC, id DESC LIMIT 1

-- The newest confirmation of a stop that asked which texts were meant.

-- name: which_texts_asked
SELECT program_id, answers FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND kind = 'stop_reply'
AND subject = :subject AND handed_at >= :since AND state IN (2, 3, 5, 9, 10)
ORDER BY handed_at DESC, id DESC LIMIT 1

-- name: automatic_texts_since [sqlite]
SELECT value, count(message.id), coalesce(sum(CASE WHEN created_at >= :lately THEN 1 ELSE 0 END), 0)
FROM json_each(:ids) LEFT JOIN message ON bucket = value >> 53 AND contact_id = value
AND created_at >= :since AND class = 'service'
AND kind IN ('help_reply', 'reply', 'welcome', 'stop_reply', 'consent_request') GROUP BY value

-- name: automatic_texts_since [postgresql]
SELECT asked.contact_id, found.* FROM unnest(:buckets::integer[], :ids::bigint[]) AS asked (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT count(*), coalesce(sum(CASE WHEN created_at >= :lately THEN 1 ELSE 0 END), 0) FROM message
  WHERE bucket = asked.bucket AND contact_id = asked.contact_id AND created_at >= :since AND class = 'service'
  AND kind IN ('help_reply', 'reply', 'welcome', 'stop_reply', 'consent_request')) AS found

-- name: undo_reading
UPDATE inbound_text SET is_undone = 1 WHERE bucket = :bucket AND contact_id = :contact_id AND event_id = :event_id

-- name: ended_together
SELECT event_id, also_ended FROM inbound_text WHERE bucket = :bucket AND contact_id = :contact_id AND also_ended <> ''

-- The newest text of ours that may have put a question; a welcome or help between asks nothing.

-- name: newest_from_sender [sqlite]
SELECT contact_id, newest.id, campaign_id, answers, language, handed_at, sealed_body
FROM json_each(:ids) AS asked JOIN message newest ON newest.bucket = asked.value >> 53 AND newest.id = (
  SELECT id FROM message WHERE bucket = asked.value >> 53 AND contact_id = asked.value AND sender_id = :sender_id
  AND handed_at <= :before AND handed_at >= :since AND state IN (2, 3, 5, 9, 10)
  AND kind NOT IN ('welcome', 'help_reply') ORDER BY handed_at DESC, id DESC LIMIT 1)

-- name: newest_from_sender [postgresql]
SELECT found.* FROM unnest(:buckets::integer[], :ids::bigint[]) AS asked (bucket, contact_id) CROSS JOIN LATERAL (
  SELECT contact_id, id, campaign_id, answers, language, handed_at, sealed_body FROM message
  WHERE bucket = asked.bucket AND contact_id = asked.contact_id AND sender_id = :sender_id
  AND handed_at <= :before AND handed_at >= :since AND state IN (2, 3, 5, 9, 10)
  AND kind NOT IN ('welcome', 'help_reply') ORDER BY handed_at DESC, id DESC LIMIT 1) AS found

-- How an account is set, at each call of its provider.
-- name: account_as_set [sqlite]
SELECT channel, settings, id FROM store_account WHERE key = :key

-- name: account_as_set [postgresql]
SELECT channel, settings::text, id FROM store_account WHERE key = :key
