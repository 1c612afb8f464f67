-- Who came by which point, and who left: written with the act itself, counted by nobody but figures and alarms.

-- name: insert_arrival_by_point
INSERT INTO point_arrival (bucket, event_id, contact_id, point_id, source, arrived_at)
VALUES (:bucket, :event_id, :contact_id, :point_id, :source, :arrived_at)
ON CONFLICT (bucket, event_id) DO NOTHING

-- Of people, each with the event by which they came.

-- name: how_they_came [sqlite]
SELECT event, (SELECT body FROM consent_event WHERE bucket = contact >> 53 AND id = event),
  (SELECT point_id FROM point_arrival WHERE bucket = contact >> 53 AND event_id = event),
  (SELECT source FROM point_arrival WHERE bucket = contact >> 53 AND event_id = event),
  (SELECT source_id FROM hook_arrival WHERE bucket = contact >> 53 AND event_id = event),
  (SELECT max(run_id) FROM import_person WHERE bucket = contact >> 53 AND contact_id = contact AND event_id = event)
FROM (SELECT json_extract(value, '$[0]') AS contact, json_extract(value, '$[1]') AS event FROM json_each(:rows)) AS asked

-- name: how_they_came [postgresql]
SELECT asked.event, (SELECT body FROM consent_event WHERE bucket = (asked.contact >> 53)::integer AND id = asked.event),
  (SELECT point_id FROM point_arrival WHERE bucket = (asked.contact >> 53)::integer AND event_id = asked.event),
  (SELECT source FROM point_arrival WHERE bucket = (asked.contact >> 53)::integer AND event_id = asked.event),
  (SELECT source_id FROM hook_arrival WHERE bucket = (asked.contact >> 53)::integer AND event_id = asked.event),
  (SELECT max(run_id) FROM import_person
    WHERE bucket = (asked.contact >> 53)::integer AND contact_id = asked.contact AND event_id = asked.event)
FROM unnest(:contacts::bigint[], :events::bigint[]) AS asked (contact, event)

-- Of people, each with since when, and until when, the place and the newest text that went to them.

-- name: last_text_to [sqlite]
SELECT place, program_id, campaign_id, sender_id, handed_at FROM (
  SELECT key AS place, json_extract(value, '$[0]') AS contact, json_extract(value, '$[1]') AS since,
    json_extract(value, '$[2]') AS until FROM json_each(:rows)) AS asked
JOIN message found ON found.bucket = asked.contact >> 53 AND found.id = (
  SELECT id FROM message WHERE bucket = asked.contact >> 53 AND contact_id = asked.contact
  AND handed_at >= asked.since AND handed_at <= asked.until AND state IN (2, 3, 5, 9, 10)
  AND kind IN ('campaign', 'reminder', 'survey', 'renewal', 'invitation') ORDER BY id DESC LIMIT 1)

-- name: last_text_to [postgresql]
SELECT asked.place - 1, found.* FROM unnest(:contacts::bigint[], :since::bigint[], :until::bigint[])
  WITH ORDINALITY AS asked (contact, since, until, place) CROSS JOIN LATERAL (
  SELECT program_id, campaign_id, sender_id, handed_at FROM message
  WHERE bucket = (asked.contact >> 53)::integer AND contact_id = asked.contact
  AND handed_at >= asked.since AND handed_at <= asked.until AND state IN (2, 3, 5, 9, 10)
  AND kind IN ('campaign', 'reminder', 'survey', 'renewal', 'invitation') ORDER BY id DESC LIMIT 1) AS found

-- name: insert_departure
INSERT INTO departure (bucket, event_id, brand_id, contact_id, program_id, way, came_by, point_id, source, hook_id, run_id,
  joined_at, text_program_id, campaign_id, sender_id, handed_at, left_at, origin)
VALUES (:bucket, :event_id, :brand_id, :contact_id, :program_id, :way, :came_by, :point_id, :source, :hook_id, :run_id,
  :joined_at, :text_program_id, :campaign_id, :sender_id, :handed_at, :left_at, :origin)
ON CONFLICT (bucket, event_id) DO NOTHING

-- name: undo_departure
UPDATE departure SET is_undone = 1 WHERE bucket = :bucket AND event_id = :event_id

-- name: wipe_departures
DELETE FROM departure WHERE bucket = :bucket AND contact_id = :contact_id

-- name: wipe_arrivals_by_point
DELETE FROM point_arrival WHERE bucket = :bucket AND contact_id = :contact_id

-- A stop that ended nothing, such as a second one, is nobody who left. How long somebody had been in goes into steps: the
-- same day, a week, a month, three months, longer. Each of these answers in few rows, from the index of the brand alone:
-- all that is known of each at once would be nearly as many rows as people.

-- name: departures_between
SELECT coalesce(text_program_id, program_id), campaign_id, way, reason,
  CASE WHEN left_at - joined_at < 86400000000 THEN 0
    WHEN left_at - joined_at < 604800000000 THEN 1 WHEN left_at - joined_at < 2592000000000 THEN 2
    WHEN left_at - joined_at < 7776000000000 THEN 3 ELSE 4 END,
  count(*)
FROM departure
WHERE brand_id = :brand_id AND left_at >= :since AND left_at < :until AND is_undone = 0 AND joined_at IS NOT NULL
GROUP BY 1, 2, 3, 4, 5

-- name: departures_by_origin
SELECT origin, CASE WHEN left_at - joined_at < 604800000000 THEN 1 ELSE 0 END, count(*) FROM departure
WHERE brand_id = :brand_id AND left_at >= :since AND left_at < :until AND is_undone = 0
AND joined_at IS NOT NULL AND (CAST(:program_id AS BIGINT) = 0 OR coalesce(text_program_id, program_id) = CAST(:program_id AS BIGINT))
GROUP BY 1, 2

-- Of them, the people whose newest text went since `handed`, as alarms count them, and how often they left; `watched` says
-- by what the texts are told apart.

-- name: departed_after_texts
SELECT CASE CAST(:watched AS TEXT) WHEN 'program' THEN text_program_id WHEN 'campaign' THEN campaign_id ELSE 0 END AS key,
  count(DISTINCT contact_id), count(*)
FROM departure
WHERE brand_id = :brand_id AND left_at >= :since AND left_at < :until AND is_undone = 0 AND joined_at IS NOT NULL
AND handed_at >= :handed AND (CAST(:program_id AS BIGINT) = 0 OR text_program_id = CAST(:program_id AS BIGINT))
GROUP BY 1

-- name: give_reason_of_departure
UPDATE departure SET reason = :reason WHERE bucket = :bucket AND event_id = :event_id

-- name: departures_by_day
SELECT (left_at - :since) / 86400000000, count(*) FROM departure
WHERE brand_id = :brand_id AND left_at >= :since AND left_at < :until AND is_undone = 0
AND joined_at IS NOT NULL AND (CAST(:program_id AS BIGINT) = 0 OR coalesce(text_program_id, program_id) = CAST(:program_id AS BIGINT))
GROUP BY 1

-- name: joined_by_point
SELECT point_id, source, sum(count) FROM point_tally
WHERE day >= :since AND day < :until AND what = 'joined'
AND point_id IN (SELECT id FROM store_collectionpoint WHERE brand_id = :brand_id)
GROUP BY point_id, source

-- name: joined_by_import [sqlite]
SELECT run_id, count(*) FROM import_person WHERE run_id IN (SELECT value FROM json_each(:ids)) AND grade <> 'E' GROUP BY run_id

-- name: joined_by_import [postgresql]
SELECT run_id, count(*) FROM import_person WHERE run_id = ANY(:ids) AND grade <> 'E' GROUP BY run_id

-- name: joined_by_hook
SELECT source_id, count(*) FROM hook_arrival h
WHERE source_id IN (SELECT id FROM store_hooksource WHERE brand_id = :brand_id)
AND arrived_at >= :since AND arrived_at < :until
AND NOT EXISTS (SELECT 1 FROM point_arrival p WHERE p.bucket = h.bucket AND p.event_id = h.event_id)
GROUP BY source_id
