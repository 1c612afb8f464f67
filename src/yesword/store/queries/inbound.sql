-- Texts that people send.

-- name: take_inbound_ref
INSERT INTO inbound_ref (account_id, provider_id, handled, received_at)
VALUES (:account_id, :provider_id, '', :received_at) ON CONFLICT (account_id, provider_id) DO NOTHING

-- name: settle_inbound_ref
UPDATE inbound_ref SET handled = :handled WHERE account_id = :account_id AND provider_id = :provider_id

-- name: inbound_ref
SELECT handled FROM inbound_ref WHERE account_id = :account_id AND provider_id = :provider_id

-- name: insert_inbound
INSERT INTO inbound_text (bucket, id, brand_id, contact_id, sender_id, sealed_body, received_at, intent, rule,
  program_id, event_id)
VALUES (:bucket, :id, :brand_id, :contact_id, :sender_id, :sealed_body, :received_at, :intent, :rule,
  :program_id, :event_id)

-- name: inbound_of_contact
SELECT id, sender_id, sealed_body, received_at, intent, rule, program_id, event_id FROM inbound_text
WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id DESC LIMIT :count

-- name: automatic_replies_since
SELECT count(*) FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND created_at >= :since
AND kind IN ('help_reply', 'reply')

