-- Contests: who entered, what was published when one closed, and who was drawn.

-- name: contests_on_sender
SELECT id, keywords FROM store_contest WHERE sender_id = :sender_id AND is_announced ORDER BY id DESC

-- name: hold_contest [sqlite]
SELECT id FROM store_contest WHERE id = :id

-- name: hold_contest [postgresql]
SELECT id FROM store_contest WHERE id = :id FOR SHARE

-- name: lock_contest [sqlite]
SELECT id FROM store_contest WHERE id = :id

-- name: lock_contest [postgresql]
SELECT id FROM store_contest WHERE id = :id FOR UPDATE

-- name: insert_contest_entry
INSERT INTO contest_entry (bucket, id, contest_id, contact_id, inbound_id, state, choice, is_right, sealed, digest,
  said_yes, asked_message_id, entered_at)
VALUES (:bucket, :id, :contest_id, :contact_id, :inbound_id, :state, :choice, :is_right, :sealed, :digest,
  :said_yes, :asked_message_id, :entered_at)

-- name: contest_entries_of_contact
SELECT id, contest_id, contact_id, inbound_id, state, choice, is_right, sealed, digest, said_yes, asked_message_id, entered_at
FROM contest_entry WHERE bucket = :bucket AND contact_id = :contact_id ORDER BY id

-- name: contest_entry_of_digest
SELECT id, contest_id, contact_id, inbound_id, state, choice, is_right, sealed, digest, said_yes, asked_message_id, entered_at
FROM contest_entry WHERE contest_id = :contest_id AND digest = :digest

-- name: contest_entry_that_asked
SELECT id, contest_id, contact_id, inbound_id, state, choice, is_right, sealed, digest, said_yes, asked_message_id, entered_at
FROM contest_entry WHERE bucket = :bucket AND contact_id = :contact_id AND asked_message_id = :message_id

-- name: note_contest_question
UPDATE contest_entry SET asked_message_id = :message_id WHERE bucket = :bucket AND id = :id

-- name: note_contest_yes
UPDATE contest_entry SET said_yes = :said_yes WHERE bucket = :bucket AND id = :id

-- name: let_contest_entry_in
UPDATE contest_entry SET state = 'in' WHERE bucket = :bucket AND id = :id AND state = 'age'

-- name: drop_contest_entry
DELETE FROM contest_entry WHERE bucket = :bucket AND id = :id

-- name: drop_contest_entries_without_age
DELETE FROM contest_entry WHERE contest_id = :contest_id AND state = 'age'

-- name: contest_counts
SELECT choice, count(*) FROM contest_entry WHERE contest_id = :contest_id AND state = 'in' GROUP BY choice ORDER BY choice

-- name: contest_yeses
SELECT said_yes, count(*) FROM contest_entry WHERE contest_id = :contest_id AND state = 'in' GROUP BY said_yes

-- name: fill_contest_leaves
INSERT INTO contest_leaf (contest_id, digest)
SELECT contest_id, digest FROM contest_entry WHERE contest_id = :contest_id AND state = 'in' AND is_right = 1

-- name: contest_leaves
SELECT digest FROM contest_leaf WHERE contest_id = :contest_id ORDER BY digest

-- name: insert_contest_commitment
INSERT INTO contest_commitment (contest_id, list_digest, entries, counts, source, seed_due_at, committed_at)
VALUES (:contest_id, :list_digest, :entries, :counts, :source, :seed_due_at, :committed_at)

-- name: contest_commitment
SELECT list_digest, entries, counts, source, seed_due_at, committed_at FROM contest_commitment
WHERE contest_id = :contest_id

-- name: insert_contest_draw
INSERT INTO contest_draw (contest_id, seed, source, seed_at, winners, drawn_at)
VALUES (:contest_id, :seed, :source, :seed_at, :winners, :drawn_at)

-- name: contest_draw
SELECT seed, source, seed_at, winners, drawn_at FROM contest_draw WHERE contest_id = :contest_id

-- name: contest_definition
SELECT definition FROM store_contest WHERE id = :id

-- name: contest_entries_to_delete
SELECT id, inbound_id, digest, said_yes FROM contest_entry
WHERE contest_id = :contest_id AND id > :after ORDER BY id LIMIT :count

-- name: wipe_contest_entries
DELETE FROM contest_entry WHERE bucket = :bucket AND contact_id = :contact_id
