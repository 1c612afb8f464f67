-- The links by which a question from a name is answered.

-- name: insert_confirm_link
INSERT INTO confirm_link (digest, brand_id, program_id, bucket, contact_id, message_id, request_id, made_at)
VALUES (:digest, :brand_id, :program_id, :bucket, :contact_id, :message_id, :request_id, :made_at)

-- name: confirm_link
SELECT brand_id, program_id, contact_id, message_id, request_id, made_at, used_at FROM confirm_link WHERE digest = :digest

-- name: use_confirm_link
UPDATE confirm_link SET used_at = :used_at WHERE digest = :digest AND used_at IS NULL

-- name: purge_confirm_links
DELETE FROM confirm_link WHERE made_at < :before

-- name: wipe_confirm_links
DELETE FROM confirm_link WHERE bucket = :bucket AND contact_id = :contact_id
