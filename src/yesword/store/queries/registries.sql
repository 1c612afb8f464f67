-- What registries said of people's numbers.

-- name: has_registry_answers
SELECT EXISTS (SELECT 1 FROM registry_answer)

-- name: registry_answers [sqlite]
SELECT contact_id, registry, listed, checked_at, since FROM registry_answer
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids)) ORDER BY contact_id, registry

-- name: registry_answers [postgresql]
SELECT contact_id, registry, listed, checked_at, since FROM registry_answer
WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids) ORDER BY contact_id, registry

-- An older answer never takes the place of a newer one, and one that says the same changes nothing.

-- name: keep_registry_answer
INSERT INTO registry_answer (bucket, contact_id, registry, listed, checked_at, since)
VALUES (:bucket, :contact_id, :registry, :listed, :checked_at, :since)
ON CONFLICT (bucket, contact_id, registry) DO UPDATE
SET listed = excluded.listed, checked_at = excluded.checked_at, since = excluded.since
WHERE excluded.checked_at >= registry_answer.checked_at
AND (excluded.checked_at, excluded.listed, coalesce(excluded.since, 0))
 <> (registry_answer.checked_at, registry_answer.listed, coalesce(registry_answer.since, 0))

-- name: count_registry_answers
SELECT registry, count(*), sum(listed), min(checked_at), max(checked_at) FROM registry_answer
GROUP BY registry ORDER BY registry
