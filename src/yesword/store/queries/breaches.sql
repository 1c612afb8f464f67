-- Whom a breach touched. A program or a moment of -1 asks nothing; who was erased cannot be told any more.

-- name: people_touched [sqlite]
SELECT c.id FROM contact c WHERE c.id > :cursor AND c.brand_id = :brand_id AND c.erased_at IS NULL
AND (:program_id < 0 OR EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id
  AND e.program_id = :program_id))
AND (:since < 0 OR c.created_at BETWEEN :since AND :until
  OR EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id
    AND e.recorded_at BETWEEN :since AND :until)
  OR EXISTS (SELECT 1 FROM message m WHERE m.bucket = c.bucket AND m.contact_id = c.id
    AND m.handed_at BETWEEN :since AND :until)
  OR EXISTS (SELECT 1 FROM inbound_text i WHERE i.bucket = c.bucket AND i.contact_id = c.id
    AND i.received_at BETWEEN :since AND :until))
ORDER BY c.id LIMIT :count

-- name: people_touched [postgresql]
SELECT c.id FROM contact c WHERE (c.bucket, c.id) > (:cursor_bucket, :cursor) AND c.brand_id = :brand_id
AND c.erased_at IS NULL
AND (:program_id < 0 OR EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id
  AND e.program_id = :program_id))
AND (:since < 0 OR c.created_at BETWEEN :since AND :until
  OR EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id
    AND e.recorded_at BETWEEN :since AND :until)
  OR EXISTS (SELECT 1 FROM message m WHERE m.bucket = c.bucket AND m.contact_id = c.id
    AND m.handed_at BETWEEN :since AND :until)
  OR EXISTS (SELECT 1 FROM inbound_text i WHERE i.bucket = c.bucket AND i.contact_id = c.id
    AND i.received_at BETWEEN :since AND :until))
ORDER BY c.bucket, c.id LIMIT :count

-- name: countries_of_people
SELECT country, count(*) FROM contact WHERE brand_id = :brand_id AND erased_at IS NULL GROUP BY country ORDER BY country

-- name: registries_asked
SELECT DISTINCT r.registry FROM registry_answer r JOIN contact c ON c.bucket = r.bucket AND c.id = r.contact_id
WHERE c.brand_id = :brand_id ORDER BY r.registry
