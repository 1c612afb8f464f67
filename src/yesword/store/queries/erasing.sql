-- Erasing a person: everything of theirs that may change becomes nothing, in one transaction.

-- name: insert_erasure
INSERT INTO erasure (bucket, contact_id, brand_id, stage, ground, policy, citation, asked_at, asked_by, retain_until)
VALUES (:bucket, :contact_id, :brand_id, :stage, :ground, :policy, :citation, :asked_at, :asked_by, :retain_until)
ON CONFLICT (bucket, contact_id) DO UPDATE SET stage = excluded.stage, ground = excluded.ground,
  policy = excluded.policy, citation = excluded.citation, retain_until = excluded.retain_until

-- name: erasure
SELECT contact_id, brand_id, stage, ground, policy, citation, asked_at, asked_by, retain_until, done_at
FROM erasure WHERE bucket = :bucket AND contact_id = :contact_id

-- name: known_erasures [sqlite]
SELECT contact_id, retain_until FROM erasure WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))

-- name: known_erasures [postgresql]
SELECT contact_id, retain_until FROM erasure WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids)

-- name: mark_erased
UPDATE contact SET erased_at = :erased_at WHERE bucket = :bucket AND id = :id

-- name: unfinished_erasures
SELECT contact_id, brand_id, stage, ground, policy, citation, asked_at, asked_by, retain_until, done_at
FROM erasure WHERE stage IN ('stopped', 'keyless', 'wiped') ORDER BY contact_id LIMIT :count

-- name: holds_at_their_end
SELECT contact_id, brand_id, stage, ground, policy, citation, asked_at, asked_by, retain_until, done_at
FROM erasure WHERE stage = 'held' AND retain_until <= :now ORDER BY retain_until LIMIT :count

-- name: erasures_of_brand
SELECT contact_id, brand_id, stage, ground, policy, citation, asked_at, asked_by, retain_until, done_at
FROM erasure WHERE brand_id = :brand_id ORDER BY asked_at DESC LIMIT :count

-- name: move_erasure
UPDATE erasure SET stage = :stage, done_at = :done_at WHERE bucket = :bucket AND contact_id = :contact_id

-- name: reseal_event
UPDATE consent_event SET sealed = :sealed WHERE bucket = :bucket AND id = :id

-- name: wipe_contact
UPDATE contact SET subject = :subject, sealed_number = :sealed_number, sealed_mail = NULL, country = '', number_kind = '',
  may_text = 0, places = :places, name = '', language = '', attributes = '{}', adult_since = NULL, age_said = NULL,
  age_said_at = NULL, hidden_since = NULL, merged_into = NULL, source = '', mac = NULL,
  erased_at = :erased_at
WHERE bucket = :bucket AND id = :id

-- name: wipe_bodies
UPDATE message SET sealed_body = NULL, trigger_ref = NULL, occasion = '',
  lane = lane & ~17996806323437568  -- without the country: see `domain.lanes`
WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_decisions
DELETE FROM decision WHERE bucket = :bucket AND message_id IN (
  SELECT id FROM message WHERE bucket = :bucket AND contact_id = :contact_id)

-- name: wipe_reports
DELETE FROM delivery_report WHERE (account_id, provider_id) IN (
  SELECT a.account_id, a.provider_id FROM attempt a JOIN message m ON m.bucket = a.bucket AND m.id = a.message_id
  WHERE m.bucket = :bucket AND m.contact_id = :contact_id AND a.provider_id IS NOT NULL)

-- name: wipe_references
DELETE FROM provider_ref WHERE (account_id, provider_id) IN (
  SELECT a.account_id, a.provider_id FROM attempt a JOIN message m ON m.bucket = a.bucket AND m.id = a.message_id
  WHERE m.bucket = :bucket AND m.contact_id = :contact_id AND a.provider_id IS NOT NULL)

-- name: wipe_attempts
UPDATE attempt SET provider_id = NULL, error_code = NULL WHERE bucket = :bucket AND message_id IN (
  SELECT id FROM message WHERE bucket = :bucket AND contact_id = :contact_id)

-- name: inbound_of_erased
SELECT id, sealed_body FROM inbound_text WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_inbound
UPDATE inbound_text SET sealed_body = :sealed_body WHERE bucket = :bucket AND id = :id

-- name: wipe_triage_notes
UPDATE triage SET sealed_note = NULL WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_request_notes
UPDATE privacy_request SET sealed_note = NULL WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_answers_of_registries
DELETE FROM registry_answer WHERE bucket = :bucket AND contact_id = :contact_id

-- name: blobs_of_erased
SELECT id, kind, sealed FROM evidence_blob WHERE bucket = :bucket AND contact_id = :contact_id AND sealed IS NOT NULL

-- name: wipe_blob
UPDATE evidence_blob SET sealed = :sealed WHERE bucket = :bucket AND id = :id

-- name: wipe_codes
DELETE FROM handset_code WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_second_proof
DELETE FROM second_proof WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_links
DELETE FROM private_link WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_leave_links
DELETE FROM leave_link WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_leave_answers
DELETE FROM leave_answer WHERE bucket = :bucket AND contact_id = :contact_id

-- name: last_use
SELECT max(handed_at) FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND state IN (3, 5, 9, 10)
