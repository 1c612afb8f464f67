-- What goes into an evidence pack of one person.

-- The attestations next to a place in the log: of the smallest trees that hold it, and of the largest that do not.

-- name: attested_sizes_from
SELECT DISTINCT size FROM ledger_attestation WHERE log_id = :log_id AND kind = :kind AND size > :idx AND size <= :most
ORDER BY size LIMIT 1

-- name: attested_sizes_upto
SELECT DISTINCT size FROM ledger_attestation WHERE log_id = :log_id AND kind = :kind AND size <= :idx AND size > 0
ORDER BY size DESC LIMIT 1

-- name: attestations_of_size
SELECT size, kind, name, body, attested_at FROM ledger_attestation WHERE log_id = :log_id AND size = :size
ORDER BY kind, name

-- name: inbound_bodies [sqlite]
SELECT id, sealed_body FROM inbound_text WHERE bucket = :bucket AND contact_id = :contact_id
AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id

-- name: inbound_bodies [postgresql]
SELECT id, sealed_body FROM inbound_text WHERE bucket = :bucket AND contact_id = :contact_id AND id = ANY(:ids)
ORDER BY id

-- name: inbound_evidence
SELECT brand_id, contact_id, sealed_body FROM inbound_text WHERE bucket = :bucket AND id = :id

-- name: blobs_of_contact
SELECT id, kind, media_type, sealed FROM evidence_blob
WHERE bucket = :bucket AND contact_id = :contact_id AND sealed IS NOT NULL ORDER BY id

-- name: shown_pages [sqlite]
SELECT digest, media_type, body FROM shown_page WHERE digest IN (SELECT value FROM json_each(:digests)) ORDER BY digest

-- name: shown_pages [postgresql]
SELECT digest, media_type, body FROM shown_page WHERE digest = ANY(:digests) ORDER BY digest

-- name: wordings [sqlite]
SELECT digest, version, language, text FROM store_disclosure WHERE digest IN (SELECT value FROM json_each(:digests))

-- name: wordings [postgresql]
SELECT digest, version, language, text FROM store_disclosure WHERE digest = ANY(:digests)
