-- The trail of who did what: each row is named, with its digest, by a statement of the log.

-- name: trail_waiting [sqlite]
SELECT id, CAST(at AS TEXT), user_id, action, subject, detail FROM store_auditentry
WHERE stated_in IS NULL ORDER BY id LIMIT :count

-- name: trail_waiting [postgresql]
SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), user_id, action, subject, detail::text
FROM store_auditentry WHERE stated_in IS NULL ORDER BY id LIMIT :count FOR UPDATE SKIP LOCKED

-- name: trail_of_statement [sqlite]
SELECT id, CAST(at AS TEXT), user_id, action, subject, detail FROM store_auditentry WHERE stated_in = :statement ORDER BY id

-- name: trail_of_statement [postgresql]
SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), user_id, action, subject, detail::text
FROM store_auditentry WHERE stated_in = :statement ORDER BY id

-- name: state_trail
UPDATE store_auditentry SET stated_in = :statement WHERE id = :id

-- name: trail_of_no_statement
SELECT a.id, a.stated_in FROM store_auditentry a WHERE a.stated_in IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM ledger_statement s WHERE s.bucket = a.stated_in >> 53 AND s.id = a.stated_in AND s.kind = 'trail')
ORDER BY a.id LIMIT :count

-- name: trail_stated_before
SELECT max(made_at) FROM ledger_statement WHERE kind = 'trail' AND made_at < :at

-- name: point_publications
SELECT id, detail FROM store_auditentry WHERE action = :action ORDER BY id

-- name: count_trail
SELECT count(*), count(*) - count(stated_in) FROM store_auditentry
