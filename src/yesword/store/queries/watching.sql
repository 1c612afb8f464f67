-- How people take what is sent: texts, those that went astray, those who left and those who complained, by campaign, program
-- or sender (`watched` says which). All of them ask by when the text was handed over, so that a window begins anew when
-- somebody resumes. `only` is one key, or 0 for all.

-- name: tally_sent
INSERT INTO sent_tally (minute, brand_id, sender_id, program_id, campaign_id, slot, texts)
VALUES (:minute, :brand_id, :sender_id, :program_id, :campaign_id, :slot, :texts)
ON CONFLICT (minute, brand_id, sender_id, program_id, campaign_id, slot)
DO UPDATE SET texts = sent_tally.texts + excluded.texts

-- name: roll_up_sent
INSERT INTO sent_tally (minute, brand_id, sender_id, program_id, campaign_id, slot, texts)
SELECT minute / 1440 * 1440, brand_id, sender_id, program_id, campaign_id, 0, sum(texts) FROM sent_tally
WHERE minute < :before AND (minute / 1440 * 1440 <> minute OR slot <> 0)
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (minute, brand_id, sender_id, program_id, campaign_id, slot)
DO UPDATE SET texts = sent_tally.texts + excluded.texts

-- name: forget_rolled_up
DELETE FROM sent_tally WHERE minute < :before AND (minute / 1440 * 1440 <> minute OR slot <> 0)

-- name: texts_watched
SELECT key, sum(texts) FROM (
  SELECT CASE CAST(:watched AS TEXT) WHEN 'sender' THEN sender_id WHEN 'program' THEN program_id ELSE campaign_id END AS key,
    texts FROM sent_tally WHERE minute >= :minute) AS found
WHERE key <> 0 AND (CAST(:only AS BIGINT) = 0 OR key = CAST(:only AS BIGINT)) GROUP BY key

-- name: astray_watched
SELECT key, count(*) FROM (
  SELECT CASE CAST(:watched AS TEXT) WHEN 'sender' THEN sender_id WHEN 'program' THEN program_id ELSE campaign_id END AS key
  FROM message WHERE state IN (4, 10) AND handed_at >= :since
  AND kind IN ('campaign', 'reminder', 'survey', 'renewal', 'invitation')) AS found
WHERE key IS NOT NULL AND (CAST(:only AS BIGINT) = 0 OR key = CAST(:only AS BIGINT)) GROUP BY key

-- name: departed_watched
SELECT key, count(DISTINCT contact_id) FROM (
  SELECT CASE CAST(:watched AS TEXT) WHEN 'sender' THEN sender_id WHEN 'program' THEN text_program_id ELSE campaign_id END
    AS key, contact_id
  FROM departure WHERE handed_at IS NOT NULL AND handed_at >= :since AND is_undone = 0) AS found
WHERE key IS NOT NULL AND (CAST(:only AS BIGINT) = 0 OR key = CAST(:only AS BIGINT)) GROUP BY key

-- Texts that came in lately lie in one range of ids in each bucket; the plus keeps SQLite from another index.

-- name: complained_watched [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT key, count(DISTINCT contact_id) FROM (
  SELECT CASE :watched WHEN 'sender' THEN m.sender_id WHEN 'program' THEN m.program_id ELSE m.campaign_id END AS key,
    i.contact_id
  FROM buckets b CROSS JOIN inbound_text i JOIN message m ON m.id = i.last_message_id
  WHERE i.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
  AND ' ' || i.kinds || ' ' LIKE '% complaint %' AND m.handed_at >= :since)
WHERE key IS NOT NULL AND (:only = 0 OR key = :only) GROUP BY key

-- name: complained_watched [postgresql]
SELECT key, count(DISTINCT contact_id) FROM (
  SELECT CASE :watched::text WHEN 'sender' THEN m.sender_id WHEN 'program' THEN m.program_id ELSE m.campaign_id END AS key,
    i.contact_id
  FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
    SELECT bucket, contact_id, last_message_id FROM inbound_text
    WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp::bigint
    AND ' ' || kinds || ' ' LIKE '%% complaint %%'
    OFFSET 0) i  -- or all of inbound_text would be read and joined
  JOIN message m ON m.bucket = i.bucket AND m.id = i.last_message_id
  WHERE m.handed_at >= :since) AS found
WHERE key IS NOT NULL AND (:only::bigint = 0 OR key = :only::bigint) GROUP BY key

-- What a pause held back has a due time of its own, so that it is found at once and nothing else is.

-- name: release_paused [sqlite]
UPDATE message SET due_at = :now, reason = '' WHERE state = 0 AND id IN (
  WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM message WHERE state = 0
    UNION ALL
    SELECT (SELECT min(m.lane) FROM message m WHERE m.state = 0 AND m.lane > lanes.lane) FROM lanes
    WHERE lanes.lane IS NOT NULL)
  SELECT m.id FROM lanes CROSS JOIN message m ON m.state = 0 AND m.lane = lanes.lane AND m.due_at = :held LIMIT 1000)

-- name: release_paused [postgresql]
UPDATE message SET due_at = :now, reason = '' WHERE state = 0 AND (bucket, id) IN (
  WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM message WHERE state = 0
    UNION ALL
    SELECT (SELECT min(m.lane) FROM message m WHERE m.state = 0 AND m.lane > lanes.lane) FROM lanes
    WHERE lanes.lane IS NOT NULL)
  SELECT m.bucket, m.id FROM lanes JOIN message m ON m.state = 0 AND m.lane = lanes.lane AND m.due_at = :held LIMIT 1000)

-- For figures of a span: the same of one brand, each with its program and campaign.

-- name: texts_between
SELECT program_id, campaign_id, sum(texts) FROM sent_tally
WHERE minute >= :since AND minute < :until AND brand_id = :brand_id GROUP BY program_id, campaign_id

-- name: astray_between
SELECT program_id, campaign_id, count(*) FROM message
WHERE state IN (4, 10) AND handed_at >= :since AND handed_at < :until AND brand_id = :brand_id
AND kind IN ('campaign', 'reminder', 'survey', 'renewal', 'invitation')
GROUP BY program_id, campaign_id

-- What carriers said of such texts: by day (times 24 hours), sender and program, with their own code and what it means.

-- name: carrier_errors_between
SELECT (handed_at - :since) / 86400000000 AS day, sender_id, program_id, meaning, reason, count(*) FROM message
WHERE state IN (4, 10) AND handed_at >= :since AND handed_at < :until AND brand_id = :brand_id
AND kind IN ('campaign', 'reminder', 'survey', 'renewal', 'invitation')
GROUP BY day, sender_id, program_id, meaning, reason

-- name: texts_by_sender_between
SELECT sender_id, program_id, sum(texts) FROM sent_tally
WHERE minute >= :since AND minute < :until AND brand_id = :brand_id GROUP BY sender_id, program_id

-- name: complaints_between [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT coalesce(m.program_id, i.program_id), m.campaign_id, count(DISTINCT i.contact_id)
FROM buckets b CROSS JOIN inbound_text i LEFT JOIN message m ON m.id = i.last_message_id
WHERE i.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
AND +i.brand_id = :brand_id AND i.received_at >= :since AND i.received_at < :until
AND ' ' || i.kinds || ' ' LIKE '% complaint %'
GROUP BY 1, 2

-- name: complaints_between [postgresql]
SELECT coalesce(m.program_id, i.program_id), m.campaign_id, count(DISTINCT i.contact_id)
FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
  SELECT bucket, contact_id, program_id, last_message_id FROM inbound_text
  WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp::bigint
  AND brand_id = :brand_id AND received_at >= :since AND received_at < :until
  AND ' ' || kinds || ' ' LIKE '%% complaint %%'
  OFFSET 0) i
LEFT JOIN message m ON m.bucket = i.bucket AND m.id = i.last_message_id
GROUP BY 1, 2
