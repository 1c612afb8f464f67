-- The valve in front of all sending.

-- name: valve
SELECT held_for, since FROM sending_valve WHERE id = 1

-- name: lock_valve [postgresql]
SELECT held_for, since FROM sending_valve WHERE id = 1 FOR SHARE

-- name: set_valve
UPDATE sending_valve SET held_for = :held_for, since = :since WHERE id = 1 AND held_for <> :held_for

-- name: count_sending
SELECT count(*) FROM message WHERE state = 2
