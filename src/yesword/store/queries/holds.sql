-- The valve in front of all sending.

-- name: valve
SELECT held_for, since FROM sending_valve WHERE id = 1

-- name: lock_valve [postgresql]
SELECT held_for, since FROM sending_valve WHERE id = 1 FOR SHARE

-- name: set_valve
UPDATE sending_valve SET held_for = :held_for, since = :since WHERE id = 1 AND held_for <> :held_for

-- name: own_valve [postgresql]
SELECT held_for, since FROM sending_valve WHERE id = 1 FOR UPDATE

-- name: count_sending_of [sqlite]
SELECT count(*) FROM message WHERE state = 2 AND (:brand_id IS NULL OR brand_id = :brand_id)
AND (:account_id IS NULL OR sender_id IN (SELECT id FROM store_sender WHERE account_id = :account_id))

-- name: count_sending_of [postgresql]
SELECT count(*) FROM message WHERE state = 2 AND (:brand_id::bigint IS NULL OR brand_id = :brand_id)
AND (:account_id::bigint IS NULL OR sender_id IN (SELECT id FROM store_sender WHERE account_id = :account_id))

-- name: count_due
WITH RECURSIVE lanes (lane) AS (
  SELECT min(lane) FROM message WHERE state = 0
  UNION ALL
  SELECT (SELECT min(m.lane) FROM message m WHERE m.state = 0 AND m.lane > lanes.lane) FROM lanes
  WHERE lanes.lane IS NOT NULL)
SELECT count(*) FROM lanes CROSS JOIN message m
WHERE m.state = 0 AND m.lane = lanes.lane AND m.due_at <= :now

-- name: count_apart
WITH RECURSIVE lanes (lane) AS (
  SELECT min(lane) FROM message WHERE state = 0
  UNION ALL
  SELECT (SELECT min(m.lane) FROM message m WHERE m.state = 0 AND m.lane > lanes.lane) FROM lanes
  WHERE lanes.lane IS NOT NULL)
SELECT count(*) FROM lanes CROSS JOIN message m
WHERE m.state = 0 AND m.lane = lanes.lane AND m.due_at = :held

-- When somebody last listened for an account, and what was agreed about the times when nobody did.

-- name: listening
SELECT account_id, heard_at, is_up, excused_at, away_since FROM account_listening

-- name: note_listening
INSERT INTO account_listening (account_id, heard_at, is_up) VALUES (:account_id, :at, :is_up)
ON CONFLICT (account_id) DO UPDATE SET is_up = :is_up,
  heard_at = CASE WHEN :is_up = 1 AND account_listening.heard_at < :at THEN :at ELSE account_listening.heard_at END

-- name: excuse_gap
UPDATE account_listening SET excused_at = heard_at WHERE account_id = :account_id

-- name: note_away
UPDATE account_listening SET away_since = :away_since WHERE account_id = :account_id
