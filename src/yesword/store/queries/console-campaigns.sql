-- What the console's pages about campaigns and messages read. Nothing here writes, and nothing that sends waits for it.

-- name: campaign_waiting
SELECT count(*), min(due_at), max(due_at) FROM message
WHERE campaign_id = :campaign_id AND state = 0 AND due_at > :now AND due_at < :parked

-- name: campaign_waits
SELECT reason, due_at, count(*), max(decision_id) FROM message
WHERE campaign_id = :campaign_id AND state = 0 AND due_at > :now AND due_at < :parked
GROUP BY reason, due_at ORDER BY due_at LIMIT :count

-- name: campaign_causes
SELECT state, reason, count(*), max(decision_id) FROM message
WHERE campaign_id = :campaign_id AND reason <> '' AND state IN (4, 5, 6, 7, 8, 10)
GROUP BY state, reason ORDER BY count(*) DESC LIMIT :count

-- Ids are `bucket | time | maker | counter`, so what follows the bucket orders all messages by time, and is unique: it is
-- the key of the pages. Each bucket gives its newest; the newest of those are the page. No index on a time is needed.

-- name: newest_messages [sqlite]
WITH RECURSIVE place (bucket) AS (SELECT 0 UNION ALL SELECT bucket + 1 FROM place WHERE bucket < 1023)
SELECT m.id FROM place JOIN message m ON m.id IN (
  SELECT id FROM message WHERE id >= (place.bucket << 53) AND id < ((place.bucket << 53) | :before)
  AND (:state IS NULL OR state = :state) AND (:kind IS NULL OR kind = :kind)
  AND (:program_id IS NULL OR program_id = :program_id) AND (:campaign_id IS NULL OR campaign_id = :campaign_id)
  ORDER BY id DESC LIMIT :count)
ORDER BY m.id & 9007199254740991 DESC LIMIT :count

-- name: newest_messages [postgresql]
SELECT m.id FROM generate_series(0, 1023) AS place (bucket) CROSS JOIN LATERAL (
  SELECT id FROM message WHERE bucket = place.bucket AND id < ((place.bucket::bigint << 53) | :before::bigint)
  AND (:state::integer IS NULL OR state = :state::integer) AND (:kind::text IS NULL OR kind = :kind::text)
  AND (:program_id::bigint IS NULL OR program_id = :program_id::bigint)
  AND (:campaign_id::bigint IS NULL OR campaign_id = :campaign_id::bigint)
  ORDER BY bucket DESC, id DESC LIMIT :count) m
ORDER BY m.id & 9007199254740991 DESC LIMIT :count


-- name: messages_by_ids [sqlite]
SELECT id, contact_id, program_id, campaign_id, sender_id, kind, language, state, reason, sealed_body, due_at, created_at,
  handed_at
FROM message WHERE id IN (SELECT value FROM json_each(:ids))

-- name: messages_by_ids [postgresql]
SELECT id, contact_id, program_id, campaign_id, sender_id, kind, language, state, reason, sealed_body, due_at, created_at,
  handed_at
FROM message WHERE bucket = ANY(:buckets) AND id = ANY(:ids)

-- name: decision_bodies [sqlite]
SELECT id, body FROM decision WHERE id IN (SELECT value FROM json_each(:ids))

-- name: decision_bodies [postgresql]
SELECT id, body FROM decision WHERE bucket = ANY(:buckets) AND id = ANY(:ids)

-- name: attempts_with_reports
SELECT a.claimed_at, a.outcome, a.error_code, a.ended_at, r.state, r.error_code, r.reported_at
FROM attempt a LEFT JOIN delivery_report r ON r.account_id = a.account_id AND r.provider_id = a.provider_id
WHERE a.bucket = :bucket AND a.message_id = :message_id ORDER BY a.id, r.reported_at
