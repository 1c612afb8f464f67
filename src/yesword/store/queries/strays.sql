-- Texts that are kept for somebody to look at, since nobody can say who sent them, or for which program they are.

-- name: keep_stray
INSERT INTO stray_text (bucket, id, contact_id, account_id, why, is_stop, sealed, received_at)
VALUES (:bucket, :id, :contact_id, :account_id, :why, :is_stop, :sealed, :received_at)

-- Stops first, then the oldest.

-- name: strays
SELECT id, contact_id, account_id, why, is_stop, sealed FROM stray_text ORDER BY is_stop DESC, received_at, id LIMIT :count

-- name: stray
SELECT id, contact_id, account_id, why, is_stop, sealed FROM stray_text WHERE bucket = :bucket AND id = :id

-- name: strays_of_account
SELECT account_id, count(*) FROM stray_text GROUP BY account_id

-- name: drop_stray
DELETE FROM stray_text WHERE bucket = :bucket AND id = :id

-- name: drop_strays
DELETE FROM stray_text WHERE bucket = :bucket AND contact_id = :contact_id

-- name: has_strays
SELECT 1 FROM stray_text WHERE bucket = :bucket AND contact_id = :contact_id LIMIT 1

-- So that a text is taken in once more, by the number that is read now.

-- name: release_inbound_ref
DELETE FROM inbound_ref WHERE account_id = :account_id AND provider_id = :provider_id
