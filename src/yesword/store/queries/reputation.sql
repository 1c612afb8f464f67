-- How many texts went out in a time, and how many different people answered them with a stop or a complaint.

-- Ids rise in time within each bucket, and an id is made when its row is written: what happened in a time lies in one range
-- of each bucket, if that range begins early enough for what was written then and sent later. The plus signs keep SQLite
-- from making an index of the whole table for one look.

-- name: reputation_of_texts [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT m.sender_id, m.program_id, m.campaign_id, count(*) FROM buckets b CROSS JOIN message m
WHERE m.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
AND +m.brand_id = :brand_id AND m.handed_at >= :since AND m.handed_at < :until AND +m.state IN (2, 3, 5, 9, 10)
GROUP BY 1, 2, 3

-- name: reputation_of_texts [postgresql]
SELECT m.sender_id, m.program_id, m.campaign_id, sum(m.texts)::bigint
FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
  SELECT sender_id, program_id, campaign_id, count(*) AS texts FROM message
  WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp::bigint
  AND brand_id = :brand_id AND handed_at >= :since AND handed_at < :until AND state IN (2, 3, 5, 9, 10)
  GROUP BY 1, 2, 3) m
GROUP BY 1, 2, 3

-- A stop counts against what the person had got last, by whatever it was seen: its words, or a colleague who read them so.
-- One that had been misread does not count. Of each sender, program or campaign (`kind` says which) a person counts once.

-- name: reputation_of_answers [sqlite]
WITH RECURSIVE buckets (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM buckets WHERE number < 1023)
SELECT CASE :kind WHEN 'sender' THEN coalesce(m.sender_id, i.sender_id)
    WHEN 'program' THEN coalesce(m.program_id, i.program_id) ELSE m.campaign_id END,
  count(DISTINCT CASE WHEN coalesce(i.event_id, t.event_id) IS NOT NULL AND i.is_undone = 0 THEN i.contact_id END),
  count(DISTINCT CASE WHEN ' ' || i.kinds || ' ' LIKE '% complaint %' THEN i.contact_id END)
FROM buckets b CROSS JOIN inbound_text i LEFT JOIN message m ON m.id = i.last_message_id LEFT JOIN triage t ON t.id = i.id
WHERE i.id BETWEEN (b.number << 53) + :stamp AND (b.number << 53) + 9007199254740991
AND +i.brand_id = :brand_id AND i.received_at >= :since AND i.received_at < :until
GROUP BY 1

-- name: reputation_of_answers [postgresql]
SELECT CASE :kind::text WHEN 'sender' THEN coalesce(m.sender_id, i.sender_id)
    WHEN 'program' THEN coalesce(m.program_id, i.program_id) ELSE m.campaign_id END,
  count(DISTINCT i.contact_id) FILTER (WHERE coalesce(i.event_id, t.event_id) IS NOT NULL AND i.is_undone = 0),
  count(DISTINCT i.contact_id) FILTER (WHERE ' ' || i.kinds || ' ' LIKE '%% complaint %%')
FROM generate_series(0, 1023) AS b (number) CROSS JOIN LATERAL (
  SELECT bucket, id, contact_id, sender_id, program_id, event_id, is_undone, kinds, last_message_id FROM inbound_text
  WHERE bucket = b.number AND id >= (b.number::bigint << 53) + :stamp::bigint
  AND brand_id = :brand_id AND received_at >= :since AND received_at < :until) i
LEFT JOIN message m ON m.bucket = i.bucket AND m.id = i.last_message_id
LEFT JOIN triage t ON t.bucket = i.bucket AND t.id = i.id
GROUP BY 1
