-- Numbers of which carriers say that nobody has them. Whoever got a text since, or wrote one, is there after all.

-- name: dead_errors
SELECT m.ended_at, m.meaning FROM message m
WHERE m.bucket = :bucket AND m.contact_id = :contact_id AND m.state IN (4, 10)
  AND m.meaning IN ('unknown_subscriber', 'deactivated')
  AND m.ended_at > (SELECT coalesce(max(d.ended_at), 0) FROM message d
    WHERE d.bucket = :bucket AND d.contact_id = :contact_id AND d.state = 9)
  AND m.ended_at > (SELECT coalesce(max(t.received_at), 0) FROM inbound_text t
    WHERE t.bucket = :bucket AND t.contact_id = :contact_id)
ORDER BY m.ended_at DESC LIMIT :count

-- name: dead_numbers
SELECT contact_id, max(ended_at) FROM message
WHERE brand_id = :brand_id AND ended_at >= :since AND state IN (4, 10)
  AND meaning IN ('unknown_subscriber', 'deactivated')
GROUP BY contact_id ORDER BY 2 DESC, 1 LIMIT :count

-- name: contacts_of_messages [sqlite]
SELECT DISTINCT contact_id FROM message WHERE id IN (SELECT value FROM json_each(:ids)) AND :buckets = 0

-- name: contacts_of_messages [postgresql]
SELECT DISTINCT contact_id FROM message WHERE bucket = ANY(:buckets) AND id = ANY(:ids)
