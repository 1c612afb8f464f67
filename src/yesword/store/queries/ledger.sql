-- The ledger: one log a brand, taken from the outbox in batches by one sequencer.

-- Each brand found by one look into the index, however much waits.

-- name: brands_in_outbox
WITH RECURSIVE brands (id) AS (
  SELECT min(brand_id) FROM ledger_outbox
  UNION ALL
  SELECT (SELECT min(o.brand_id) FROM ledger_outbox o WHERE o.brand_id > brands.id) FROM brands
  WHERE brands.id IS NOT NULL)
SELECT id FROM brands WHERE id IS NOT NULL

-- name: outbox_of_brand
SELECT bucket, event_id, leaf_hash, created_at FROM ledger_outbox
WHERE brand_id = :brand_id ORDER BY created_at, event_id LIMIT :count

-- name: outbox_waiting
SELECT count(*), min(created_at) FROM ledger_outbox WHERE brand_id = :brand_id

-- name: take_from_outbox
DELETE FROM ledger_outbox WHERE bucket = :bucket AND event_id = :event_id

-- name: insert_log
INSERT INTO ledger_log (id, brand_id, generation, origin, frontier, key_number)
VALUES (:id, :brand_id, :generation, :origin, :frontier, :key_number)
ON CONFLICT DO NOTHING

-- name: logs
SELECT id, brand_id, generation, origin, size, frontier, key_number, published_size, trouble FROM ledger_log
ORDER BY brand_id, generation

-- name: logs_of_brand
SELECT id, brand_id, generation, origin, size, frontier, key_number, published_size, trouble FROM ledger_log
WHERE brand_id = :brand_id ORDER BY generation

-- Only where nobody else has grown it since it was read, nor given it up.

-- name: grow_log
UPDATE ledger_log SET size = :size, frontier = :frontier WHERE id = :id AND size = :was AND trouble = ''

-- name: publish_log
UPDATE ledger_log SET published_size = :size WHERE id = :id AND published_size < :size AND size >= :size

-- name: trouble_log
UPDATE ledger_log SET trouble = :trouble WHERE id = :id

-- name: rekey_log
UPDATE ledger_log SET key_number = :key_number WHERE id = :id

-- name: insert_ledger_key
INSERT INTO ledger_key (log_id, number, vkey, since_size, made_at)
VALUES (:log_id, :number, :vkey, :since_size, :made_at) ON CONFLICT DO NOTHING

-- name: ledger_keys
SELECT number, vkey, since_size, made_at FROM ledger_key WHERE log_id = :log_id ORDER BY number

-- name: insert_entry
INSERT INTO ledger_entry (log_id, idx, bucket, event_id, entered_at)
VALUES (:log_id, :idx, :bucket, :event_id, :entered_at)

-- name: entries
SELECT idx, bucket, event_id FROM ledger_entry WHERE log_id = :log_id AND idx >= :start AND idx < :stop ORDER BY idx

-- name: places_of_events [sqlite]
SELECT event_id, log_id, idx FROM ledger_entry WHERE event_id IN (SELECT value FROM json_each(:ids)) ORDER BY log_id

-- name: places_of_events [postgresql]
SELECT event_id, log_id, idx FROM ledger_entry WHERE event_id = ANY(:ids) ORDER BY log_id

-- name: put_tile
INSERT INTO ledger_tile (log_id, level, idx, hashes) VALUES (:log_id, :level, :idx, :hashes)
ON CONFLICT (log_id, level, idx) DO UPDATE SET hashes = excluded.hashes

-- name: tile
SELECT hashes FROM ledger_tile WHERE log_id = :log_id AND level = :level AND idx = :idx

-- name: insert_checkpoint
INSERT INTO ledger_checkpoint (log_id, size, note, signed_at) VALUES (:log_id, :size, :note, :signed_at)

-- name: checkpoint
SELECT size, note, signed_at FROM ledger_checkpoint WHERE log_id = :log_id AND size = :size

-- name: checkpoints
SELECT size, note, signed_at FROM ledger_checkpoint WHERE log_id = :log_id AND size >= :least ORDER BY size

-- The last before a given one, unless it is the last of its hour, somebody vouches for it, or it is the first after the
-- key was changed: that is the one that both keys have signed.

-- name: forget_checkpoint
DELETE FROM ledger_checkpoint WHERE log_id = :log_id AND size = :size AND signed_at / 3600000000 = :hour
  AND NOT EXISTS (SELECT 1 FROM ledger_attestation a WHERE a.log_id = ledger_checkpoint.log_id
    AND a.size = ledger_checkpoint.size)
  AND NOT EXISTS (SELECT 1 FROM ledger_key k WHERE k.log_id = ledger_checkpoint.log_id
    AND k.number > 1 AND k.since_size < ledger_checkpoint.size
    AND NOT EXISTS (SELECT 1 FROM ledger_checkpoint c WHERE c.log_id = k.log_id
      AND c.size > k.since_size AND c.size < ledger_checkpoint.size))

-- name: insert_attestation
INSERT INTO ledger_attestation (log_id, size, kind, name, body, attested_at)
VALUES (:log_id, :size, :kind, :name, :body, :attested_at) ON CONFLICT DO NOTHING

-- name: attestations
SELECT size, kind, name, body, attested_at FROM ledger_attestation WHERE log_id = :log_id AND size >= :least
ORDER BY size, kind, name

-- name: newest_attestations
SELECT kind, name, max(size), max(attested_at) FROM ledger_attestation WHERE log_id = :log_id GROUP BY kind, name

-- name: insert_statement
INSERT INTO ledger_statement (bucket, id, brand_id, kind, made_at, disclosures, entry, leaf_hash)
VALUES (:bucket, :id, :brand_id, :kind, :made_at, :disclosures, :entry, :leaf_hash)

-- name: statements_by_id [sqlite]
SELECT id, brand_id, kind, made_at, disclosures, entry, leaf_hash FROM ledger_statement
WHERE id IN (SELECT value FROM json_each(:ids))

-- name: statements_by_id [postgresql]
SELECT id, brand_id, kind, made_at, disclosures, entry, leaf_hash FROM ledger_statement
WHERE bucket = ANY(:buckets) AND id = ANY(:ids)

-- name: event_entries [sqlite]
SELECT id, entry, leaf_hash FROM consent_event WHERE id IN (SELECT value FROM json_each(:ids))

-- name: event_entries [postgresql]
SELECT id, entry, leaf_hash FROM consent_event WHERE bucket = ANY(:buckets) AND id = ANY(:ids)

-- name: reenter_events
INSERT INTO ledger_outbox (bucket, event_id, brand_id, leaf_hash, created_at)
SELECT e.bucket, e.id, e.brand_id, e.leaf_hash, e.recorded_at FROM consent_event e
WHERE e.brand_id = :brand_id
ON CONFLICT DO NOTHING

-- name: reenter_statements
INSERT INTO ledger_outbox (bucket, event_id, brand_id, leaf_hash, created_at)
SELECT s.bucket, s.id, s.brand_id, s.leaf_hash, s.made_at FROM ledger_statement s
WHERE s.brand_id = :brand_id
ON CONFLICT DO NOTHING

-- name: count_of_brand
SELECT (SELECT count(*) FROM consent_event WHERE brand_id = :brand_id)
  + (SELECT count(*) FROM ledger_statement WHERE brand_id = :brand_id)
