-- What a change of law would mean for what is on record: read page by page, oldest due first.

-- name: queued_after
SELECT id, brand_id, contact_id, program_id, program_version, campaign_id, sender_id, class, kind, subject, categories,
  language, send_by, planned_seq, answers, conversation_at, trigger_ref, sealed_body, attempt,
  occasion, event_at, due_at
FROM message WHERE state = 0 AND lane = :lane AND (due_at, id) > (:due_at, :cursor)
ORDER BY due_at, id LIMIT :count

-- name: count_queued
SELECT count(*) FROM message WHERE state = 0
