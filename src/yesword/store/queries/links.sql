-- Private links: pages behind a random word, of which only the digest is kept.

-- name: insert_link
INSERT INTO private_link (digest, brand_id, kind, bucket, contact_id, program_id, pack_id, made_at, expires_at)
VALUES (:digest, :brand_id, :kind, :bucket, :contact_id, :program_id, :pack_id, :made_at, :expires_at)

-- name: link
SELECT digest, brand_id, kind, contact_id, program_id, pack_id, made_at, expires_at, ended_at, opened FROM private_link
WHERE digest = :digest

-- name: links_of_contact
SELECT digest, brand_id, kind, contact_id, program_id, pack_id, made_at, expires_at, ended_at, opened FROM private_link
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY made_at DESC

-- name: links_of_kind
SELECT digest, brand_id, kind, contact_id, program_id, pack_id, made_at, expires_at, ended_at, opened FROM private_link
WHERE brand_id = :brand_id AND kind = :kind ORDER BY made_at DESC

-- name: count_opening
UPDATE private_link SET opened = opened + 1 WHERE digest = :digest

-- name: end_link
UPDATE private_link SET ended_at = :ended_at WHERE digest = :digest AND ended_at IS NULL
