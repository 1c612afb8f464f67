-- What the console's pages of people, programs and figures read. Nothing here is written, nor read by the send path.

-- name: people_page
SELECT c.id, CASE WHEN c.hidden_since IS NULL THEN c.name ELSE '' END, s.state FROM contact c JOIN standing s ON s.bucket = c.bucket AND s.contact_id = c.id
WHERE c.brand_id = :brand_id AND (lower(c.name), c.id) > (:after_name, :after_id) AND lower(c.name) LIKE :pattern ESCAPE '!'
AND c.restricted_since IS NULL
ORDER BY lower(c.name), c.id LIMIT :count

-- name: name_key
SELECT lower(name) FROM contact WHERE bucket = :bucket AND id = :id

-- name: brand_standings_after
SELECT contact_id, state FROM standing WHERE (bucket, contact_id) > (:cursor_bucket, :cursor) AND brand_id = :brand_id
ORDER BY bucket, contact_id LIMIT :count

-- name: pending_in_outbox [sqlite]
SELECT event_id FROM ledger_outbox WHERE bucket = :bucket AND event_id IN (SELECT value FROM json_each(:ids))

-- name: pending_in_outbox [postgresql]
SELECT event_id FROM ledger_outbox WHERE bucket = :bucket AND event_id = ANY(:ids)

-- name: count_waiting
SELECT count(*) FROM message WHERE state = 0 AND brand_id = :brand_id

-- name: count_held
SELECT count(*) FROM message WHERE state = 1 AND brand_id = :brand_id

-- name: count_uncertain
SELECT count(*) FROM message WHERE state = 5 AND brand_id = :brand_id

-- Ids rise in time within each bucket, so what came lately is one short range of each. An id is made when its row is
-- written, never before `recorded_at` by more than the clocks of two machines differ. The plus signs keep SQLite from
-- making an index of the whole table for one look.

-- name: events_lately [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT e.id, e.recorded_at, e.body FROM buckets b CROSS JOIN consent_event e
WHERE e.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
AND +e.brand_id = :brand_id AND e.recorded_at >= :since ORDER BY e.recorded_at DESC, e.id DESC LIMIT :count

-- name: events_lately [postgresql]
SELECT e.id, e.recorded_at, e.body FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
  SELECT id, recorded_at, body FROM consent_event WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp
  AND brand_id = :brand_id AND recorded_at >= :since) e
ORDER BY e.recorded_at DESC, e.id DESC LIMIT :count

-- name: stops_by_day [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT (e.recorded_at - :since) / 86400000000, count(*) FROM buckets b CROSS JOIN consent_event e
WHERE e.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
AND +e.kind = 'withdrawn' AND +e.brand_id = :brand_id AND e.recorded_at >= :since GROUP BY 1

-- name: stops_by_day [postgresql]
SELECT (e.recorded_at - :since) / 86400000000, count(*) FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
  SELECT recorded_at FROM consent_event WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp
  AND kind = 'withdrawn' AND brand_id = :brand_id AND recorded_at >= :since) e
GROUP BY 1

-- name: message_of_provider
SELECT message_id FROM provider_ref WHERE account_id = :account_id AND provider_id = :provider_id
