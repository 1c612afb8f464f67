-- Parts of long texts that came in, until their text is whole.

-- name: keep_part
INSERT INTO inbound_part (bucket, contact_id, account, to_address, reference, total, number, provider_id, sealed, received_at)
VALUES (:bucket, :contact_id, :account, :to_address, :reference, :total, :number, :provider_id, :sealed, :received_at)
ON CONFLICT (bucket, contact_id, account, to_address, reference, total, number)
DO UPDATE SET provider_id = excluded.provider_id, sealed = excluded.sealed, received_at = excluded.received_at

-- name: kept_parts
SELECT number, provider_id, sealed, received_at FROM inbound_part
WHERE bucket = :bucket AND contact_id = :contact_id AND account = :account AND to_address = :to_address
AND reference = :reference AND total = :total

-- name: forget_parts
DELETE FROM inbound_part
WHERE bucket = :bucket AND contact_id = :contact_id AND account = :account AND to_address = :to_address
AND reference = :reference AND total = :total

-- Texts of which no part came since, each with one of its parts: the newest to come.

-- name: parts_without_rest
SELECT p.contact_id, p.to_address, p.reference, p.total, p.number, p.sealed FROM inbound_part p
WHERE p.account = :account AND p.received_at < :before AND NOT EXISTS (
  SELECT 1 FROM inbound_part later
  WHERE later.bucket = p.bucket AND later.contact_id = p.contact_id AND later.account = p.account
  AND later.to_address = p.to_address AND later.reference = p.reference AND later.total = p.total
  AND (later.received_at > p.received_at OR (later.received_at = p.received_at AND later.number > p.number)))
ORDER BY p.received_at LIMIT 500

-- name: addresses_of_parts
SELECT DISTINCT account, to_address FROM inbound_part WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_parts
DELETE FROM inbound_part
WHERE bucket = :bucket AND contact_id = :contact_id AND account = :account AND to_address = :to_address

-- name: wipe_lost_parts
DELETE FROM inbound_part WHERE bucket = :bucket AND contact_id = :contact_id

-- name: with_parts [sqlite]
SELECT contact_id FROM inbound_part
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))
UNION SELECT contact_id FROM stray_text
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))

-- name: with_parts [postgresql]
SELECT contact_id FROM inbound_part WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids)
UNION SELECT contact_id FROM stray_text WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids)

-- name: purge_parts [sqlite]
DELETE FROM inbound_part WHERE received_at < :before AND account NOT IN (SELECT value FROM json_each(:accounts))

-- name: purge_parts [postgresql]
DELETE FROM inbound_part WHERE received_at < :before AND account <> ALL(:accounts)
