-- Texts that reminded people of their consent, or asked them about it.

-- name: renewals_of [sqlite]
SELECT id, contact_id, program_id, answers, state, language, created_at, handed_at, sealed_body FROM message
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids)) AND kind = 'renewal'
ORDER BY id

-- name: renewals_of [postgresql]
SELECT id, contact_id, program_id, answers, state, language, created_at, handed_at, sealed_body FROM message
WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids) AND kind = 'renewal'
ORDER BY id
