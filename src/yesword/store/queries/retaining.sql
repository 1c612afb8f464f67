-- What the retention job looks at, and what it empties. What the person wants kept as it is (restricted) is left alone.

-- name: events_since [sqlite]
SELECT e.id, e.contact_id, e.body, e.sealed FROM consent_event e
WHERE e.id > :cursor AND e.recorded_at >= :floor AND e.sealed IS NOT NULL
AND EXISTS (SELECT 1 FROM contact c WHERE c.bucket = e.bucket AND c.id = e.contact_id AND c.restricted_since IS NULL
  AND c.erased_at IS NULL)
ORDER BY e.id LIMIT :count

-- name: events_since [postgresql]
SELECT e.id, e.contact_id, e.body, e.sealed FROM consent_event e
WHERE (e.bucket, e.id) > (:cursor_bucket, :cursor) AND e.recorded_at >= :floor AND e.sealed IS NOT NULL
AND EXISTS (SELECT 1 FROM contact c WHERE c.bucket = e.bucket AND c.id = e.contact_id AND c.restricted_since IS NULL
  AND c.erased_at IS NULL)
ORDER BY e.bucket, e.id LIMIT :count

-- Only over what was read: an erasure may have sealed it anew meanwhile.

-- name: reseal_unchanged
UPDATE consent_event SET sealed = :sealed WHERE bucket = :bucket AND id = :id AND sealed = :was

-- name: files_due [sqlite]
SELECT b.id FROM evidence_blob b WHERE b.purge_at <= :now AND b.sealed IS NOT NULL AND b.id > :cursor
AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.bucket = b.bucket AND c.id = b.contact_id AND c.restricted_since IS NOT NULL)
ORDER BY b.id LIMIT :count

-- name: files_due [postgresql]
SELECT b.id FROM evidence_blob b WHERE b.purge_at <= :now AND b.sealed IS NOT NULL
AND (b.bucket, b.id) > (:cursor_bucket, :cursor)
AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.bucket = b.bucket AND c.id = b.contact_id AND c.restricted_since IS NOT NULL)
ORDER BY b.bucket, b.id LIMIT :count

-- An id is made when its row is written, so what came in a span of time is one short range of each bucket. A row is as
-- old as its id.

-- name: old_inbound
SELECT i.id, i.contact_id FROM inbound_text i
WHERE i.bucket = :bucket AND i.id > :after AND i.id <= :top AND i.sealed_body IS NOT NULL AND i.event_id IS NULL
AND EXISTS (SELECT 1 FROM contact c WHERE c.bucket = i.bucket AND c.id = i.contact_id AND c.restricted_since IS NULL
  AND c.erased_at IS NULL)
ORDER BY i.id LIMIT :count

-- name: empty_inbound
UPDATE inbound_text SET sealed_body = NULL WHERE bucket = :bucket AND id = :id

-- name: empty_triage_note
UPDATE triage SET sealed_note = NULL WHERE bucket = :bucket AND id = :id AND state <> 'open'

-- name: old_bodies
SELECT m.id FROM message m
WHERE m.bucket = :bucket AND m.id > :after AND m.id <= :top AND m.sealed_body IS NOT NULL AND m.state NOT IN (0, 1, 2)
AND EXISTS (SELECT 1 FROM contact c WHERE c.bucket = m.bucket AND c.id = m.contact_id AND c.restricted_since IS NULL
  AND c.erased_at IS NULL)
ORDER BY m.id LIMIT :count

-- name: empty_body
UPDATE message SET sealed_body = NULL WHERE bucket = :bucket AND id = :id AND state NOT IN (0, 1, 2)

-- name: people_made_before [sqlite]
SELECT id FROM contact WHERE id > :cursor AND erased_at IS NULL AND restricted_since IS NULL AND created_at < :before
ORDER BY id LIMIT :count

-- name: people_made_before [postgresql]
SELECT id FROM contact WHERE (bucket, id) > (:cursor_bucket, :cursor) AND erased_at IS NULL AND restricted_since IS NULL
AND created_at < :before ORDER BY bucket, id LIMIT :count

-- name: heard_of_since
SELECT EXISTS (SELECT 1 FROM consent_event WHERE bucket = :bucket AND contact_id = :contact_id AND recorded_at >= :since)
  OR EXISTS (SELECT 1 FROM inbound_text WHERE bucket = :bucket AND contact_id = :contact_id AND received_at >= :since)
  OR EXISTS (SELECT 1 FROM message WHERE bucket = :bucket AND contact_id = :contact_id
    AND (state IN (0, 1, 2) OR created_at >= :since OR handed_at >= :since))
  OR EXISTS (SELECT 1 FROM privacy_request WHERE bucket = :bucket AND contact_id = :contact_id AND state = 'open')

-- Who signed up on a page, and of whom nothing else is known than questions.

-- name: prospects [sqlite]
SELECT c.id FROM contact c
WHERE c.bucket = :bucket AND c.id > :after AND c.id <= :top AND c.erased_at IS NULL AND c.restricted_since IS NULL
AND c.sealed_mail IS NULL AND c.source IN (SELECT value FROM json_each(:sources))
AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id
  AND e.kind NOT IN ('requested', 'expired', 'refused'))
AND NOT EXISTS (SELECT 1 FROM inbound_text i WHERE i.bucket = c.bucket AND i.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM message m WHERE m.bucket = c.bucket AND m.contact_id = c.id
  AND (m.state IN (0, 1, 2) OR m.kind <> 'consent_request'))
AND NOT EXISTS (SELECT 1 FROM import_person p WHERE p.bucket = c.bucket AND p.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM privacy_request r WHERE r.bucket = c.bucket AND r.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.bucket = c.bucket AND x.contact_id = c.id)
ORDER BY c.id LIMIT :count

-- name: prospects [postgresql]
SELECT c.id FROM contact c
WHERE c.bucket = :bucket AND c.id > :after AND c.id <= :top AND c.erased_at IS NULL AND c.restricted_since IS NULL
AND c.sealed_mail IS NULL AND c.source = ANY(:sources)
AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id
  AND e.kind NOT IN ('requested', 'expired', 'refused'))
AND NOT EXISTS (SELECT 1 FROM inbound_text i WHERE i.bucket = c.bucket AND i.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM message m WHERE m.bucket = c.bucket AND m.contact_id = c.id
  AND (m.state IN (0, 1, 2) OR m.kind <> 'consent_request'))
AND NOT EXISTS (SELECT 1 FROM import_person p WHERE p.bucket = c.bucket AND p.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM privacy_request r WHERE r.bucket = c.bucket AND r.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.bucket = c.bucket AND x.contact_id = c.id)
ORDER BY c.id LIMIT :count

-- Of whom nothing was ever recorded, there was nobody. A writer who meets them meanwhile waits for this row, or takes it.

-- name: forget_standing_of_nobody
DELETE FROM standing WHERE bucket = :bucket AND contact_id = :contact_id AND seq = 0

-- name: forget_nobody
DELETE FROM contact WHERE bucket = :bucket AND id = :contact_id
