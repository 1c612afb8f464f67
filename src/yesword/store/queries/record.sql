-- The record of consent, and the one lock on permission.

-- name: raise_standing
UPDATE standing SET seq = seq + :events WHERE bucket = :bucket AND contact_id = :contact_id
RETURNING seq, state, last_leaf

-- In one order, so that two batches never wait for each other. On SQLite the transaction is the lock.

-- name: standings_to_write [sqlite]
SELECT contact_id, seq, state, last_leaf FROM standing
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))

-- name: standings_to_write [postgresql]
SELECT found.* FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id ORDER BY id) asked CROSS JOIN LATERAL (
  SELECT contact_id, seq, state, last_leaf FROM standing
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id FOR NO KEY UPDATE) found

-- name: settle_standing
UPDATE standing SET seq = :seq, state = :state, stop_seq = :stop_seq, last_leaf = :last_leaf
WHERE bucket = :bucket AND contact_id = :contact_id

-- name: standings [sqlite]
SELECT contact_id, seq, state FROM standing
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))

-- name: standings [postgresql]
SELECT found.* FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT contact_id, seq, state FROM standing
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id OFFSET 0) found

-- name: lock_standings [postgresql]
SELECT found.* FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT contact_id, seq, state FROM standing
  WHERE bucket = (asked.id >> 53)::integer AND contact_id = asked.id FOR SHARE SKIP LOCKED) found

-- name: insert_event
INSERT INTO consent_event (bucket, id, brand_id, contact_id, seq, kind, program_id, received_at, recorded_at, body,
  entry, leaf_hash, sealed)
VALUES (:bucket, :id, :brand_id, :contact_id, :seq, :kind, :program_id, :received_at, :recorded_at, :body,
  :entry, :leaf_hash, :sealed)

-- name: insert_outbox
INSERT INTO ledger_outbox (bucket, event_id, brand_id, leaf_hash, created_at)
VALUES (:bucket, :event_id, :brand_id, :leaf_hash, :created_at)

-- name: events_of_contact
SELECT id, body, sealed, leaf_hash, entry, recorded_at FROM consent_event
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY seq

-- name: turns_of_contact
SELECT body FROM consent_event
WHERE bucket = :bucket AND contact_id = :contact_id
  AND kind IN ('granted', 'confirmed', 'renewed', 'withdrawn', 'corrected')
ORDER BY seq DESC

-- name: stop_was_confirmed
SELECT 1 FROM message
WHERE bucket = :bucket AND contact_id = :contact_id AND kind = 'stop_reply' AND handed_at >= :since LIMIT 1

-- name: standings_after
SELECT contact_id, seq, stop_seq, state, last_leaf FROM standing
WHERE (bucket, contact_id) > (:cursor_bucket, :cursor) ORDER BY bucket, contact_id LIMIT :count

-- name: events_of_contacts [sqlite]
SELECT contact_id, body, leaf_hash, entry FROM consent_event
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids)) ORDER BY bucket, contact_id, seq

-- name: events_of_contacts [postgresql]
SELECT contact_id, body, leaf_hash, entry FROM consent_event
WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids) ORDER BY bucket, contact_id, seq

-- name: count_events
SELECT kind, count(*) FROM consent_event WHERE brand_id = :brand_id GROUP BY kind ORDER BY kind

-- name: stops_lately [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT e.body FROM buckets b CROSS JOIN consent_event e
WHERE e.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
AND +e.kind IN ('withdrawn', 'invalidated', 'erased') AND e.recorded_at >= :since

-- name: stops_lately [postgresql]
SELECT e.body FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
  SELECT body FROM consent_event WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp
  AND kind IN ('withdrawn', 'invalidated', 'erased') AND recorded_at >= :since
  OFFSET 0) e  -- or all of consent_event would be read and joined
