-- Collection points: whom they asked, what they gave out, and the codes that they showed.

-- name: insert_asked_number
INSERT INTO asked_number (digest, asked_at, event_id, point_id, source, bucket)
VALUES (:digest, :asked_at, :event_id, :point_id, :source, :bucket)

-- name: asked_number [sqlite]
SELECT count(CASE WHEN asked_at >= :day THEN 1 END), count(CASE WHEN answered_at IS NULL THEN 1 END)
FROM asked_number WHERE digest IN (SELECT value FROM json_each(:digests)) AND asked_at >= :month

-- name: asked_number [postgresql]
SELECT count(CASE WHEN asked_at >= :day THEN 1 END), count(CASE WHEN answered_at IS NULL THEN 1 END)
FROM asked_number WHERE digest = ANY(:digests) AND asked_at >= :month

-- name: answer_asked_number
UPDATE asked_number SET answered_at = :answered_at WHERE event_id = :event_id AND answered_at IS NULL

-- name: point_that_asked
SELECT point_id, source FROM asked_number WHERE event_id = :event_id

-- name: asked_by_point
SELECT count(*), count(answered_at) FROM asked_number WHERE point_id = :point_id AND asked_at >= :since

-- name: forget_asked_number
DELETE FROM asked_number WHERE event_id IN (
  SELECT id FROM consent_event WHERE bucket = :bucket AND contact_id = :contact_id)

-- name: asked_numbers_of
SELECT digest, event_id, asked_at FROM asked_number WHERE event_id IN (
  SELECT id FROM consent_event WHERE bucket = :bucket AND contact_id = :contact_id)

-- name: blur_asked_number
UPDATE asked_number SET event_id = :nobodys, asked_at = :day, bucket = :nowhere, point_id = NULL, source = '',
  answered_at = CASE WHEN answered_at IS NULL THEN NULL ELSE CAST(:day AS BIGINT) END
WHERE digest = :digest AND event_id = :event_id

-- name: purge_asked_numbers
DELETE FROM asked_number WHERE asked_at < :before

-- name: use_nonce
INSERT INTO used_nonce (digest, used_at) VALUES (:digest, :used_at) ON CONFLICT DO NOTHING

-- name: nonce_used_at
SELECT used_at FROM used_nonce WHERE digest = :digest

-- name: purge_nonces
DELETE FROM used_nonce WHERE used_at < :before

-- name: open_code_taken
SELECT 1 FROM shown_code WHERE sender_id = :sender_id AND code = :code AND expires_at >= :at AND used_at IS NULL

-- name: insert_shown_code
INSERT INTO shown_code (sender_id, code, id, brand_id, program_id, program_version, point_id, point_digest, language,
  source, page, bucket, contact_id, sealed, shown_at, expires_at)
VALUES (:sender_id, :code, :id, :brand_id, :program_id, :program_version, :point_id, :point_digest, :language,
  :source, :page, :bucket, :contact_id, :sealed, :shown_at, :expires_at)

-- name: shown_codes
SELECT id, brand_id, program_id, program_version, point_id, point_digest, language, source, contact_id, sealed,
  shown_at, expires_at, used_at, page
FROM shown_code WHERE sender_id = :sender_id AND code = :code AND expires_at >= :at ORDER BY id DESC

-- name: codes_shown_then
SELECT id, brand_id, program_id, program_version, point_id, point_digest, language, source, contact_id, sealed,
  shown_at, expires_at, used_at, page, sender_id, code
FROM shown_code WHERE point_id = :point_id AND shown_at = :shown_at

-- name: use_shown_code
UPDATE shown_code SET used_at = :used_at, sealed = NULL WHERE sender_id = :sender_id AND code = :code AND id = :id

-- name: count_open_codes
SELECT count(*) FROM shown_code WHERE sender_id = :sender_id AND expires_at >= :at

-- name: purge_shown_codes
DELETE FROM shown_code WHERE expires_at < :before

-- name: tally_point
INSERT INTO point_tally (point_id, source, day, what, count) VALUES (:point_id, :source, :day, :what, 1)
ON CONFLICT (point_id, source, day, what) DO UPDATE SET count = point_tally.count + 1

-- name: tallies_of_point
SELECT source, what, sum(count) FROM point_tally WHERE point_id = :point_id AND day >= :since GROUP BY source, what

-- name: was_member
SELECT 1 FROM consent_event
WHERE bucket = :bucket AND contact_id = :contact_id AND program_id = :program_id AND kind IN ('granted', 'confirmed')
LIMIT 1

-- name: learn_age
UPDATE contact SET adult_since = :adult_since
WHERE bucket = :bucket AND id = :id AND adult_since IS NULL AND erased_at IS NULL

-- name: learn_youth
UPDATE contact SET age_said = :years, age_said_at = :said_at
WHERE bucket = :bucket AND id = :id AND (age_said IS NULL OR age_said < :years) AND erased_at IS NULL
