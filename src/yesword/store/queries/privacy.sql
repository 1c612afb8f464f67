-- What people asked to see or to have erased.

-- name: insert_privacy_request
INSERT INTO privacy_request (bucket, id, brand_id, contact_id, asks_for, inbound_id, asked_at, due_at)
VALUES (:bucket, :id, :brand_id, :contact_id, :asks_for, :inbound_id, :asked_at, :due_at)

-- name: open_privacy_request
SELECT id, brand_id, contact_id, asks_for, inbound_id, asked_at, due_at, state, done_at, done_by, sealed_note
FROM privacy_request WHERE bucket = :bucket AND contact_id = :contact_id AND asks_for = :asks_for AND state = 'open'

-- name: privacy_request
SELECT id, brand_id, contact_id, asks_for, inbound_id, asked_at, due_at, state, done_at, done_by, sealed_note
FROM privacy_request WHERE bucket = :bucket AND id = :id

-- name: open_privacy_requests
SELECT id, brand_id, contact_id, asks_for, inbound_id, asked_at, due_at, state, done_at, done_by, sealed_note
FROM privacy_request WHERE brand_id = :brand_id AND state = 'open' AND (due_at, id) > (:due_at, :after)
ORDER BY due_at, id LIMIT :count

-- name: privacy_requests_of_contact
SELECT id, brand_id, contact_id, asks_for, inbound_id, asked_at, due_at, state, done_at, done_by, sealed_note
FROM privacy_request WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY asked_at DESC, id DESC

-- name: close_privacy_request
UPDATE privacy_request SET state = 'done', done_at = :done_at, done_by = :done_by, sealed_note = :sealed_note
WHERE bucket = :bucket AND id = :id AND state = 'open'
