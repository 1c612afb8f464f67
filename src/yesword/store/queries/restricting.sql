-- What is kept and used for nothing else.

-- name: restrict_contact
UPDATE contact SET restricted_since = :since WHERE bucket = :bucket AND id = :id AND restricted_since IS NULL

-- name: unrestrict_contact
UPDATE contact SET restricted_since = NULL WHERE bucket = :bucket AND id = :id AND restricted_since IS NOT NULL

-- All that waits, whatever it rests on: a claim that asked the gate before this finds nothing left to take.

-- name: cancel_restricted
UPDATE message SET state = 7, reason = 'restricted', ended_at = :now
WHERE bucket = :bucket AND contact_id = :contact_id AND state IN (0, 1)

-- name: count_waiting_of_contact
SELECT count(*) FROM message WHERE bucket = :bucket AND contact_id = :contact_id AND state IN (0, 1)
