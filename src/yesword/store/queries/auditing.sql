-- Reading everything once, to see whether it fits. A brand below zero stands for all brands.

-- name: audited_standings
SELECT s.contact_id, s.brand_id, s.seq, s.stop_seq, s.state, s.last_leaf, c.subject, e.stage, s.bucket FROM standing s
LEFT JOIN contact c ON c.bucket = s.bucket AND c.id = s.contact_id
LEFT JOIN erasure e ON e.bucket = s.bucket AND e.contact_id = s.contact_id
WHERE (s.bucket, s.contact_id) > (:cursor_bucket, :cursor) AND (:brand_id < 0 OR s.brand_id = :brand_id)
ORDER BY s.bucket, s.contact_id LIMIT :count

-- name: audited_standing
SELECT s.contact_id, s.brand_id, s.seq, s.stop_seq, s.state, s.last_leaf, c.subject, e.stage FROM standing s
LEFT JOIN contact c ON c.bucket = s.bucket AND c.id = s.contact_id
LEFT JOIN erasure e ON e.bucket = s.bucket AND e.contact_id = s.contact_id
WHERE s.bucket = :bucket AND s.contact_id = :contact_id

-- name: audited_events [sqlite]
SELECT id, brand_id, contact_id, seq, kind, program_id, received_at, recorded_at, body, entry, leaf_hash, sealed
FROM consent_event WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids))
ORDER BY bucket, contact_id, seq, id

-- name: audited_events [postgresql]
SELECT id, brand_id, contact_id, seq, kind, program_id, received_at, recorded_at, body, entry, leaf_hash, sealed
FROM consent_event WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids) ORDER BY bucket, contact_id, seq, id

-- name: audited_files [sqlite]
SELECT contact_id, id FROM evidence_blob
WHERE (bucket, contact_id) IN (SELECT value >> 53, value FROM json_each(:ids)) AND sealed IS NOT NULL

-- name: audited_files [postgresql]
SELECT contact_id, id FROM evidence_blob
WHERE bucket = ANY(:buckets) AND contact_id = ANY(:ids) AND sealed IS NOT NULL

-- Of somebody who was erased, what is kept as proof: how large it says to be, and is, sealed.

-- name: held_files
SELECT id, size, length(sealed) FROM evidence_blob
WHERE bucket = :bucket AND contact_id = :contact_id AND sealed IS NOT NULL ORDER BY id

-- name: held_texts
SELECT id, 0, length(sealed_body) FROM inbound_text
WHERE bucket = :bucket AND contact_id = :contact_id AND event_id IS NOT NULL ORDER BY id

-- name: count_standings
SELECT count(*) FROM standing WHERE :brand_id < 0 OR brand_id = :brand_id

-- Who can be found by their number: not somebody who is being erased, nor who was found to be somebody else, nor whose key
-- is known to be lost.

-- name: count_findable
SELECT (SELECT count(*) FROM contact WHERE sealed_number IS NOT NULL AND erased_at IS NULL AND merged_into IS NULL)
  - (SELECT count(*) FROM erasure e JOIN contact c ON c.bucket = e.bucket AND c.id = e.contact_id
     WHERE e.stage IN (:stopped, :keyless) AND c.sealed_number IS NOT NULL AND c.erased_at IS NULL
     AND c.merged_into IS NULL)
  - (SELECT count(*) FROM lost_person l JOIN contact c ON c.bucket = l.bucket AND c.id = l.contact_id
     WHERE c.sealed_number IS NOT NULL AND c.erased_at IS NULL AND c.merged_into IS NULL)

-- name: findable_after [sqlite]
SELECT c.id, c.brand_id, c.sealed_number
FROM contact c LEFT JOIN erasure e ON e.bucket = c.bucket AND e.contact_id = c.id
WHERE c.id > :cursor AND c.sealed_number IS NOT NULL AND c.erased_at IS NULL AND c.merged_into IS NULL
AND (e.stage IS NULL OR e.stage NOT IN (:stopped, :keyless))
AND NOT EXISTS (SELECT 1 FROM lost_person l WHERE l.bucket = c.bucket AND l.contact_id = c.id) ORDER BY c.id LIMIT :count

-- name: findable_after [postgresql]
SELECT c.id, c.brand_id, c.sealed_number
FROM contact c LEFT JOIN erasure e ON e.bucket = c.bucket AND e.contact_id = c.id
WHERE (c.bucket, c.id) > (:cursor_bucket, :cursor) AND c.sealed_number IS NOT NULL AND c.erased_at IS NULL AND c.merged_into IS NULL
AND (e.stage IS NULL OR e.stage NOT IN (:stopped, :keyless))
AND NOT EXISTS (SELECT 1 FROM lost_person l WHERE l.bucket = c.bucket AND l.contact_id = c.id)
ORDER BY c.bucket, c.id LIMIT :count

-- name: insert_lost_person
INSERT INTO lost_person (bucket, contact_id, settled_at) VALUES (:bucket, :contact_id, :settled_at) ON CONFLICT DO NOTHING

-- name: erased_after
SELECT bucket, contact_id FROM erasure WHERE (bucket, contact_id) > (:bucket, :contact_id) AND stage IN (:done, :held)
ORDER BY bucket, contact_id LIMIT :count

-- name: contacts_without_standing
SELECT e.contact_id, count(*) FROM consent_event e
WHERE (:brand_id < 0 OR e.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.bucket = e.bucket AND s.contact_id = e.contact_id)
GROUP BY e.contact_id
UNION ALL
SELECT c.id, 0 FROM contact c
WHERE (:brand_id < 0 OR c.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.bucket = c.bucket AND s.contact_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id)
ORDER BY 1 LIMIT :count

-- An event that only an older generation of its brand's log holds is nowhere, too.

-- name: events_nowhere
SELECT e.id FROM consent_event e
WHERE (:brand_id < 0 OR e.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM ledger_outbox o WHERE o.bucket = e.bucket AND o.event_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.event_id = e.id
    AND l.log_id = (SELECT max(g.id) FROM ledger_log g WHERE g.brand_id = e.brand_id))
ORDER BY e.id LIMIT :count

-- name: count_events_nowhere
SELECT count(*) FROM consent_event e
WHERE (:brand_id < 0 OR e.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM ledger_outbox o WHERE o.bucket = e.bucket AND o.event_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.event_id = e.id
    AND l.log_id = (SELECT max(g.id) FROM ledger_log g WHERE g.brand_id = e.brand_id))

-- name: statements_nowhere
SELECT s.id FROM ledger_statement s
WHERE (:brand_id < 0 OR s.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM ledger_outbox o WHERE o.bucket = s.bucket AND o.event_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.event_id = s.id
    AND l.log_id = (SELECT max(g.id) FROM ledger_log g WHERE g.brand_id = s.brand_id))
ORDER BY s.id LIMIT :count

-- name: audited_statements
SELECT id, brand_id, kind, made_at, disclosures, entry, leaf_hash, bucket FROM ledger_statement
WHERE (bucket, id) > (:cursor_bucket, :cursor) AND (:brand_id < 0 OR brand_id = :brand_id)
ORDER BY bucket, id LIMIT :count

-- name: audited_outbox
SELECT o.bucket, o.event_id, o.brand_id, o.leaf_hash, o.created_at, e.brand_id, e.leaf_hash, e.recorded_at,
  s.brand_id, s.leaf_hash, s.made_at,
  (SELECT l.idx FROM ledger_entry l WHERE l.event_id = o.event_id
    AND l.log_id = (SELECT max(g.id) FROM ledger_log g WHERE g.brand_id = o.brand_id))
FROM ledger_outbox o
LEFT JOIN consent_event e ON e.bucket = o.bucket AND e.id = o.event_id
LEFT JOIN ledger_statement s ON s.bucket = o.bucket AND s.id = o.event_id
WHERE (o.bucket, o.event_id) > (:cursor_bucket, :cursor) AND (:brand_id < 0 OR o.brand_id = :brand_id)
ORDER BY o.bucket, o.event_id LIMIT :count

-- A log with the ends of what else is told of it, in one look: a sequencer may be at work.

-- name: audited_logs
SELECT g.id, g.brand_id, g.generation, g.origin, g.size, g.frontier, g.key_number, g.published_size, g.trouble,
  (SELECT max(l.idx) + 1 FROM ledger_entry l WHERE l.log_id = g.id),
  (SELECT max(c.size) FROM ledger_checkpoint c WHERE c.log_id = g.id),
  (SELECT count(*) FROM ledger_checkpoint c WHERE c.log_id = g.id AND c.size = g.published_size)
FROM ledger_log g WHERE :brand_id < 0 OR g.brand_id = :brand_id ORDER BY g.brand_id, g.generation

-- name: log_size
SELECT size FROM ledger_log WHERE id = :id

-- Logs of which something is left, found by stepping from one to the next: there are few logs, and many rows of each.

-- name: log_ids_left
WITH RECURSIVE step(id) AS (
  SELECT min(log_id) FROM ledger_entry
  UNION ALL SELECT (SELECT min(log_id) FROM ledger_entry WHERE log_id > step.id) FROM step WHERE step.id IS NOT NULL)
SELECT id FROM step WHERE id IS NOT NULL
UNION SELECT DISTINCT log_id FROM ledger_tile WHERE level > 0 OR idx = 0
UNION SELECT DISTINCT log_id FROM ledger_checkpoint

-- name: log_generations
SELECT id, brand_id, generation FROM ledger_log

-- name: audited_places
SELECT l.idx, l.bucket, l.event_id, e.leaf_hash, e.brand_id, s.leaf_hash, s.brand_id FROM ledger_entry l
LEFT JOIN consent_event e ON e.bucket = l.bucket AND e.id = l.event_id
LEFT JOIN ledger_statement s ON s.bucket = l.bucket AND s.id = l.event_id
WHERE l.log_id = :log_id AND l.idx >= :start AND l.idx < :stop ORDER BY l.idx

-- name: places_beyond
SELECT idx, event_id FROM ledger_entry WHERE log_id = :log_id AND (idx >= :size OR idx < 0) ORDER BY idx LIMIT :count

-- name: audited_tiles
SELECT idx, hashes FROM ledger_tile WHERE log_id = :log_id AND level = :level AND idx >= :start AND idx < :stop

-- name: tile_lengths
SELECT level, idx, length(hashes) FROM ledger_tile WHERE log_id = :log_id AND (level, idx) > (:level, :idx)
ORDER BY level, idx LIMIT :count

-- name: audited_checkpoints
SELECT size, note, signed_at FROM ledger_checkpoint WHERE log_id = :log_id AND size > :cursor ORDER BY size LIMIT :count

-- name: recorded_at_place
SELECT coalesce(e.recorded_at, s.made_at) FROM ledger_entry l
LEFT JOIN consent_event e ON e.bucket = l.bucket AND e.id = l.event_id
LEFT JOIN ledger_statement s ON s.bucket = l.bucket AND s.id = l.event_id
WHERE l.log_id = :log_id AND l.idx = :idx

-- name: audited_point_versions
SELECT v.point_id, v.version, v.definition, v.digest, v.pages, v.published_at FROM store_pointversion v
JOIN store_collectionpoint p ON p.id = v.point_id
WHERE (v.point_id, v.version) > (:point_id, :version) AND (:brand_id < 0 OR p.brand_id = :brand_id)
ORDER BY v.point_id, v.version LIMIT :count

-- name: named_point_version
SELECT v.digest, v.pages FROM store_pointversion v JOIN store_collectionpoint p ON p.id = v.point_id
WHERE p.key = :key AND v.version = :version

-- name: page_is_kept
SELECT 1 FROM shown_page WHERE digest = :digest

-- name: contest_statements
SELECT id, brand_id, kind, made_at, disclosures, entry, leaf_hash FROM ledger_statement
WHERE kind IN (:closed, :drawn) AND (:brand_id < 0 OR brand_id = :brand_id) AND id > :cursor ORDER BY id LIMIT :count

-- name: audited_contests
SELECT id, brand_id, key, name, program_id, point_id, point_digest, definition, keywords, is_announced, closed_at
FROM store_contest WHERE (:brand_id < 0 OR brand_id = :brand_id) AND (:id < 0 OR id = :id) ORDER BY id

-- name: contest_terms_pinned
SELECT definition FROM store_pointversion WHERE point_id = :point_id AND digest = :digest

-- name: audited_contest_entries
SELECT e.id, e.contest_id, e.contact_id, e.inbound_id, e.state, e.choice, e.is_right, e.sealed, e.digest, e.said_yes,
  e.asked_message_id, e.entered_at, c.id, r.stage
FROM contest_entry e LEFT JOIN contact c ON c.bucket = e.bucket AND c.id = e.contact_id
LEFT JOIN erasure r ON r.bucket = e.bucket AND r.contact_id = e.contact_id
WHERE e.contest_id = :contest_id AND e.id > :after ORDER BY e.id LIMIT :count

-- What is left of contests that are not there.

-- name: contests_lost
SELECT x.id FROM (
  SELECT contest_id AS id FROM contest_commitment UNION SELECT contest_id FROM contest_draw
  UNION SELECT contest_id FROM contest_leaf UNION SELECT contest_id FROM contest_entry) x
WHERE NOT EXISTS (SELECT 1 FROM store_contest c WHERE c.id = x.id) ORDER BY x.id LIMIT :count

-- name: audited_pages
SELECT digest, body FROM shown_page WHERE digest > :cursor AND (:brand_id < 0 OR brand_id = :brand_id)
ORDER BY digest LIMIT :count

-- name: journalled_events [sqlite]
SELECT id, brand_id, kind, program_id, received_at FROM consent_event
WHERE id IN (SELECT value FROM json_each(:ids))

-- name: journalled_events [postgresql]
SELECT id, brand_id, kind, program_id, received_at FROM consent_event WHERE bucket = ANY(:buckets) AND id = ANY(:ids)

-- The newest event of each erasure, with what its contact's row says, and whether the erasure has a row of its own.

-- name: audited_erasures
SELECT e.contact_id, e.id, e.received_at, c.id, c.erased_at, r.contact_id,
  r.brand_id, r.asked_at, r.asked_by, r.ground, r.policy, r.retain_until, r.stage, r.done_at, e.bucket FROM consent_event e
LEFT JOIN contact c ON c.bucket = e.bucket AND c.id = e.contact_id
LEFT JOIN erasure r ON r.bucket = e.bucket AND r.contact_id = e.contact_id
WHERE (e.bucket, e.contact_id) > (:cursor_bucket, :cursor) AND e.kind = 'erased' AND (:brand_id < 0 OR e.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM consent_event n WHERE n.bucket = e.bucket AND n.contact_id = e.contact_id
    AND n.seq > e.seq AND n.kind = 'erased')
ORDER BY e.bucket, e.contact_id LIMIT :count

-- One that is keyless was marked as erased before its event could be made.

-- name: erased_without_event
SELECT c.id, c.erased_at FROM contact c WHERE c.erased_at IS NOT NULL AND (:brand_id < 0 OR c.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = c.bucket AND e.contact_id = c.id AND e.kind = 'erased')
  AND NOT EXISTS (SELECT 1 FROM erasure r WHERE r.bucket = c.bucket AND r.contact_id = c.id AND r.stage = 'keyless')
ORDER BY c.bucket, c.id LIMIT :count

-- name: erasures_without_event
SELECT r.contact_id, r.stage FROM erasure r WHERE r.stage <> 'stopped' AND (:brand_id < 0 OR r.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.bucket = r.bucket AND e.contact_id = r.contact_id AND e.kind = 'erased')
ORDER BY r.bucket, r.contact_id LIMIT :count

-- name: batches_without_statement
SELECT b.id FROM handed_batch b WHERE (:brand_id < 0 OR b.brand_id = :brand_id)
  AND NOT EXISTS (SELECT 1 FROM ledger_statement s WHERE s.bucket = b.bucket AND s.id = b.id)
ORDER BY b.id LIMIT :count

-- The leaf hashes of the one before in its chain, and of the one that it came after.

-- name: batches_before
SELECT p.leaf_hash, a.leaf_hash FROM handed_batch b
LEFT JOIN handed_batch c ON c.brand_id = b.brand_id AND c.chain = b.chain AND c.n = b.n - 1
LEFT JOIN ledger_statement p ON p.bucket = c.bucket AND p.id = c.id
LEFT JOIN ledger_statement a ON a.id = b.after_id
WHERE b.bucket = :bucket AND b.id = :id

-- name: statements_of_kind
SELECT id FROM ledger_statement WHERE brand_id = :brand_id AND kind = :kind ORDER BY made_at, id
