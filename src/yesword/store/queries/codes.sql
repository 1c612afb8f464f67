-- Codes to the handset, and what else shows that somebody is who they say.

-- name: codes_since
SELECT count(*), coalesce(sum(CASE WHEN asked_at > :lately THEN 1 ELSE 0 END), 0) FROM handset_code
WHERE bucket = :bucket AND contact_id = :contact_id AND asked_at > :since

-- name: insert_code
INSERT INTO handset_code (bucket, id, contact_id, purpose, digest, asked_at, expires_at)
VALUES (:bucket, :id, :contact_id, :purpose, :digest, :asked_at, :expires_at)

-- name: try_code
UPDATE handset_code SET tries = tries + 1
WHERE bucket = :bucket AND id = (
  SELECT id FROM handset_code WHERE bucket = :bucket AND contact_id = :contact_id AND purpose = :purpose
  ORDER BY asked_at DESC, id DESC LIMIT 1
) AND tries < :most AND used_at IS NULL AND expires_at > :now
RETURNING id, digest, asked_at

-- name: use_code
UPDATE handset_code SET used_at = :used_at WHERE bucket = :bucket AND id = :id

-- name: forget_codes
DELETE FROM handset_code WHERE bucket = :bucket AND asked_at <= :before

-- name: confirm_second_proof
INSERT INTO second_proof (bucket, contact_id, confirmed_at, confirmed_by)
VALUES (:bucket, :contact_id, :confirmed_at, :confirmed_by)
ON CONFLICT (bucket, contact_id) DO UPDATE SET confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by

-- name: second_proof
SELECT confirmed_at FROM second_proof WHERE bucket = :bucket AND contact_id = :contact_id
