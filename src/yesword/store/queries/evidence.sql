-- Files that back an event, sealed under the person's key, and pages that everybody was shown.

-- name: insert_blob
INSERT INTO evidence_blob (bucket, id, brand_id, contact_id, kind, media_type, size, sealed, kept_at, purge_at)
VALUES (:bucket, :id, :brand_id, :contact_id, :kind, :media_type, :size, :sealed, :kept_at, :purge_at)

-- name: blob
SELECT id, brand_id, contact_id, kind, media_type, size, kept_at, purge_at, sealed FROM evidence_blob
WHERE bucket = :bucket AND id = :id

-- name: blob_rows_of_contact
SELECT id, brand_id, contact_id, kind, media_type, size, kept_at, purge_at, sealed IS NOT NULL FROM evidence_blob
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id

-- Only what has a day to go by: what is kept with its event stays.

-- name: purge_blob_by
UPDATE evidence_blob SET purge_at = :purge_at WHERE bucket = :bucket AND id = :id AND purge_at > :purge_at

-- name: insert_shown_page
INSERT INTO shown_page (digest, brand_id, kind, media_type, of_digest, width, body, kept_at)
VALUES (:digest, :brand_id, :kind, :media_type, :of_digest, :width, :body, :kept_at) ON CONFLICT (digest) DO NOTHING

-- name: shown_page
SELECT digest, brand_id, kind, media_type, of_digest, width, body, kept_at FROM shown_page WHERE digest = :digest

-- name: pictures_of_page
SELECT digest, brand_id, kind, media_type, of_digest, width, body, kept_at FROM shown_page
WHERE of_digest = :digest ORDER BY width, kept_at, digest
