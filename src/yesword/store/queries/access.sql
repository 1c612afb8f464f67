-- Everything that is kept of one person, for themselves. Read by nobody else.

-- name: sent_to_person
SELECT m.id, m.kind, m.state, m.created_at, m.handed_at, m.sealed_body, m.program_id, m.sender_id, m.reason, d.body
FROM message m LEFT JOIN decision d ON d.bucket = m.bucket AND d.id = m.decision_id
WHERE m.bucket = :bucket AND m.contact_id = :contact_id ORDER BY m.id

-- name: received_from_person
SELECT id, sender_id, sealed_body, received_at, kinds, rule, confidence, is_undone, program_id FROM inbound_text
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id

-- name: files_of_person
SELECT id, kind, media_type, size, kept_at, purge_at FROM evidence_blob
WHERE bucket = :bucket AND contact_id = :contact_id AND sealed IS NOT NULL ORDER BY id

-- name: senders_to_person
SELECT DISTINCT sender_id FROM message WHERE bucket = :bucket AND contact_id = :contact_id
