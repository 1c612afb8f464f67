-- The keys that belong to this store, and the stops that were replayed from the journal.

-- name: key_checks
SELECT name, digest FROM key_check

-- name: insert_key_check
INSERT INTO key_check (name, digest) VALUES (:name, :digest) ON CONFLICT DO NOTHING

-- name: delete_key_check
DELETE FROM key_check WHERE name = :name

-- name: known_events [sqlite]
SELECT id, contact_id FROM consent_event WHERE id IN (SELECT value FROM json_each(:ids))
UNION SELECT event_id, NULL FROM replayed_stop WHERE event_id IN (SELECT value FROM json_each(:ids))

-- name: known_events [postgresql]
SELECT id, contact_id FROM consent_event WHERE bucket = ANY(:buckets) AND id = ANY(:ids)
UNION SELECT event_id, NULL FROM replayed_stop WHERE event_id = ANY(:ids)

-- name: insert_replayed_stop
INSERT INTO replayed_stop (event_id, replayed_at, became) VALUES (:event_id, :replayed_at, :became)
ON CONFLICT DO NOTHING

-- name: replayed_stops [sqlite]
SELECT event_id, became FROM replayed_stop WHERE event_id IN (SELECT value FROM json_each(:ids))

-- name: replayed_stops [postgresql]
SELECT event_id, became FROM replayed_stop WHERE event_id = ANY(:ids)

-- What was on its way when the store was put back may have gone since the backup: nobody can tell from the store.

-- name: count_on_their_way
SELECT count(*) FROM message WHERE state IN (0, 1, 2)

-- name: make_uncertain
UPDATE message SET state = 5, reason = 'restored', ended_at = :now, owner = NULL WHERE state IN (0, 1, 2)
