-- Leaving by a link: the links of texts, and what people say once they have left.

-- name: insert_leave_link
INSERT INTO leave_link (digest, brand_id, program_id, bucket, contact_id, message_id, campaign_id, made_at)
VALUES (:digest, :brand_id, :program_id, :bucket, :contact_id, :message_id, :campaign_id, :made_at)

-- name: leave_link
SELECT brand_id, program_id, contact_id, message_id, campaign_id, made_at FROM leave_link WHERE digest = :digest

-- name: say_why_left
INSERT INTO leave_answer (bucket, event_id, brand_id, contact_id, program_id, campaign_id, reason, wants_mail,
  sealed_words, said_at)
VALUES (:bucket, :event_id, :brand_id, :contact_id, :program_id, :campaign_id, :reason, :wants_mail,
  :sealed_words, :said_at)
ON CONFLICT (bucket, event_id) DO UPDATE SET reason = excluded.reason, wants_mail = excluded.wants_mail,
  sealed_words = excluded.sealed_words, said_at = excluded.said_at

-- name: leave_answers_of_contact
SELECT event_id, program_id, campaign_id, reason, wants_mail, sealed_words, said_at FROM leave_answer
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY said_at

-- name: leave_reasons
SELECT reason, program_id, campaign_id, count(*) FROM leave_answer
WHERE brand_id = :brand_id AND said_at >= :since AND said_at < :until
GROUP BY reason, program_id, campaign_id ORDER BY count(*) DESC, reason
