-- People known by e-mail, and invitations to them: who gets one, and what came of it.

-- name: mails_of_contacts [sqlite]
SELECT id, sealed_mail FROM contact WHERE id IN (SELECT value FROM json_each(:ids)) AND sealed_mail IS NOT NULL
  AND erased_at IS NULL

-- name: mails_of_contacts [postgresql]
SELECT id, sealed_mail FROM contact WHERE bucket = ANY(:buckets) AND id = ANY(:ids) AND sealed_mail IS NOT NULL
  AND erased_at IS NULL

-- Somebody who was known by e-mail only, and has been found to be a contact with a number: the row stays as a pointer.

-- name: merged_into [sqlite]
SELECT id, merged_into FROM contact WHERE id IN (SELECT value FROM json_each(:ids)) AND merged_into IS NOT NULL

-- name: merged_into [postgresql]
SELECT id, merged_into FROM contact WHERE bucket = ANY(:buckets) AND id = ANY(:ids) AND merged_into IS NOT NULL

-- name: merged_of
SELECT id FROM contact WHERE merged_into = :id ORDER BY id

-- name: merge_invitee
UPDATE contact SET merged_into = :into, sealed_mail = NULL, name = '', attributes = '{}'
WHERE bucket = :bucket AND id = :id AND merged_into IS NULL AND sealed_mail IS NOT NULL AND sealed_number IS NULL
AND erased_at IS NULL AND restricted_since IS NULL

-- name: invitations_that_joined
SELECT contact_id FROM invitation
WHERE joined_contact = :contact_id AND brand_id = :brand_id AND signed_up_at >= :since AND is_passed_on = 0
ORDER BY signed_up_at DESC

-- name: attach_mail
UPDATE contact SET sealed_mail = :sealed_mail WHERE bucket = :bucket AND id = :id AND erased_at IS NULL

-- name: insert_invitation
INSERT INTO invitation (bucket, id, campaign_id, brand_id, contact_id, known_contact, due_at)
VALUES (:bucket, :id, :campaign_id, :brand_id, :contact_id, :known_contact, :due_at)
ON CONFLICT (bucket, campaign_id, contact_id) DO NOTHING

-- name: due_invitations
SELECT id, contact_id, known_contact, tries FROM invitation
WHERE campaign_id = :campaign_id AND state = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT :count

-- name: due_answers
SELECT id, contact_id, campaign_id, tries FROM invitation
WHERE answer = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT :count

-- name: claim_invitation
UPDATE invitation SET state = 'sending', owner = :owner, claimed_at = :now
WHERE bucket = :bucket AND id = :id AND state = 'waiting'

-- name: claim_answer
UPDATE invitation SET answer = 'sending', owner = :owner, claimed_at = :now
WHERE bucket = :bucket AND id = :id AND answer = 'waiting'

-- name: settle_invitation
UPDATE invitation SET state = :state, reason = :reason, sent_at = :sent_at, tries = tries + :tried, due_at = :due_at
WHERE bucket = :bucket AND id = :id AND state = 'sending' AND owner = :owner

-- name: settle_answer
UPDATE invitation SET answer = :state, tries = tries + :tried, due_at = :due_at
WHERE bucket = :bucket AND id = :id AND answer = 'sending' AND owner = :owner

-- name: bar_invitation
UPDATE invitation SET state = 'barred', reason = :reason WHERE bucket = :bucket AND id = :id AND state = 'waiting'

-- name: owners_on_their_way
SELECT DISTINCT owner FROM invitation WHERE state = 'sending' OR answer = 'sending'

-- name: lose_invitations
UPDATE invitation SET state = 'uncertain', reason = 'owner_gone'
WHERE state = 'sending' AND (owner = :owner OR claimed_at < :before)

-- name: lose_answers
UPDATE invitation SET answer = 'uncertain' WHERE answer = 'sending' AND (owner = :owner OR claimed_at < :before)

-- name: cancel_invitations
UPDATE invitation SET state = 'cancelled' WHERE campaign_id = :campaign_id AND state = 'waiting'

-- name: invitation
SELECT id, campaign_id, brand_id, contact_id, known_contact, state, answer, sent_at, joined_contact
FROM invitation WHERE bucket = :bucket AND id = :id

-- name: invitations_of_contact
SELECT id, campaign_id, known_contact, state, sent_at, opened_at, clicked_at, replied_at, signed_up_at, bounced_at, left_at,
  joined_contact
FROM invitation WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id

-- name: others_of_invitees [sqlite]
SELECT contact_id, known_contact, joined_contact FROM invitation
WHERE bucket IN (SELECT value >> 53 FROM json_each(:ids)) AND contact_id IN (SELECT value FROM json_each(:ids))
  AND (known_contact IS NOT NULL OR joined_contact IS NOT NULL)

-- name: others_of_invitees [postgresql]
SELECT contact_id, known_contact, joined_contact FROM invitation
WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids) AND (known_contact IS NOT NULL OR joined_contact IS NOT NULL)

-- A letter that is known to have been read or answered has arrived, whatever was thought of it.

-- name: note_opened
UPDATE invitation SET opened_at = :at WHERE bucket = :bucket AND id = :id AND opened_at IS NULL

-- name: note_clicked
UPDATE invitation SET clicked_at = :at WHERE bucket = :bucket AND id = :id AND clicked_at IS NULL

-- name: note_replied
UPDATE invitation SET replied_at = :at WHERE bucket = :bucket AND id = :id AND replied_at IS NULL

-- name: note_bounced
UPDATE invitation SET bounced_at = :at WHERE bucket = :bucket AND id = :id AND bounced_at IS NULL

-- name: note_left
UPDATE invitation SET left_at = :at WHERE bucket = :bucket AND id = :id AND left_at IS NULL

-- name: note_signed_up
UPDATE invitation SET signed_up_at = coalesce(signed_up_at, :at), joined_contact = :joined_contact,
  is_passed_on = :is_passed_on
WHERE bucket = :bucket AND id = :id

-- name: found_sent
UPDATE invitation SET state = 'sent', sent_at = claimed_at WHERE bucket = :bucket AND id = :id AND state = 'uncertain'

-- name: owe_answer
UPDATE invitation SET answer = 'waiting', tries = 0, due_at = :at WHERE bucket = :bucket AND id = :id AND answer = ''

-- name: bar_others_of_contact
UPDATE invitation SET state = 'barred', reason = :reason
WHERE bucket = :bucket AND contact_id = :contact_id AND state = 'waiting'

-- name: invitation_states
SELECT state, count(*) FROM invitation WHERE campaign_id = :campaign_id GROUP BY state

-- name: invitation_bars
SELECT state, reason, count(*) FROM invitation
WHERE campaign_id = :campaign_id AND state IN ('barred', 'failed', 'uncertain') GROUP BY state, reason ORDER BY count(*) DESC

-- name: invitation_funnel
SELECT count(sent_at), count(opened_at), count(clicked_at), count(replied_at), count(signed_up_at), count(bounced_at),
  count(left_at),
  count(CASE WHEN joined_contact IS NOT NULL AND EXISTS (
    SELECT 1 FROM consent_event e WHERE e.bucket = invitation.joined_contact >> 53
      AND e.contact_id = invitation.joined_contact AND e.program_id = :program_id
      AND e.kind IN ('granted', 'confirmed') AND e.received_at >= invitation.signed_up_at) THEN 1 END)
FROM invitation WHERE campaign_id = :campaign_id AND sent_at IS NOT NULL

-- name: wipe_invitations
DELETE FROM invitation WHERE bucket = :bucket AND contact_id = :contact_id

-- name: forget_number_of_invitations
UPDATE invitation SET known_contact = CASE WHEN known_contact = :contact_id THEN NULL ELSE known_contact END,
  joined_contact = CASE WHEN joined_contact = :contact_id THEN NULL ELSE joined_contact END
WHERE known_contact = :contact_id OR joined_contact = :contact_id
