-- Answering a carrier's audit.

-- name: texts_from_senders [sqlite]
SELECT id, kind, program_id, answers, handed_at FROM message
WHERE bucket = :bucket AND contact_id = :contact_id AND sender_id IN (SELECT value FROM json_each(:senders))
  AND handed_at IS NOT NULL AND state IN (3, 5, 9, 10)
ORDER BY handed_at, id

-- name: texts_from_senders [postgresql]
SELECT id, kind, program_id, answers, handed_at FROM message
WHERE bucket = :bucket AND contact_id = :contact_id AND sender_id = ANY(:senders)
  AND handed_at IS NOT NULL AND state IN (3, 5, 9, 10)
ORDER BY handed_at, id

-- name: carriers_own_id
SELECT provider_id FROM attempt WHERE bucket = :bucket AND message_id = :message_id AND provider_id IS NOT NULL
ORDER BY id DESC LIMIT 1
