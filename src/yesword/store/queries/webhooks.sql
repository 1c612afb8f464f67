-- Telling others: what waits, what was delivered, and who listens.

-- name: listening_endpoints
SELECT id, kinds FROM store_webhookendpoint WHERE brand_id = :brand_id AND is_on

-- name: insert_delivery
INSERT INTO webhook_delivery (bucket, id, endpoint_id, kind, contact_id, body, is_last, created_at, due_at)
VALUES (:bucket, :id, :endpoint_id, :kind, :contact_id, :body, :is_last, :created_at, :created_at)

-- name: due_deliveries
SELECT d.id, d.endpoint_id, d.kind, d.contact_id, d.body, d.created_at, d.tries, d.due_at
FROM webhook_delivery d JOIN store_webhookendpoint e ON e.id = d.endpoint_id
WHERE d.ended_at IS NULL AND d.due_at <= :now AND e.is_on AND (e.rests_until IS NULL OR e.rests_until <= :at)
ORDER BY d.due_at, d.id LIMIT :count

-- name: lease_delivery
UPDATE webhook_delivery SET due_at = :until, tries = tries + 1
WHERE bucket = :bucket AND id = :id AND ended_at IS NULL AND due_at = :due_at

-- name: settle_delivery
UPDATE webhook_delivery SET delivered_at = :delivered_at, ended_at = :ended_at, due_at = :due_at,
  status = :status, trouble = :trouble,
  body = CASE WHEN is_last = 1 AND ended_at IS NULL AND :is_over = 1 THEN '' ELSE body END
WHERE bucket = :bucket AND id = :id

-- name: give_back_delivery
UPDATE webhook_delivery SET due_at = :due_at, tries = tries - 1 WHERE bucket = :bucket AND id = :id

-- name: deliveries_of_endpoint
SELECT id, kind, contact_id, body, created_at, due_at, tries, delivered_at, ended_at, status, trouble
FROM webhook_delivery WHERE endpoint_id = :endpoint_id ORDER BY created_at DESC, id DESC LIMIT :count

-- name: delivery
SELECT id, kind, contact_id, body, created_at, due_at, tries, delivered_at, ended_at, status, trouble
FROM webhook_delivery WHERE bucket = :bucket AND id = :id

-- name: count_deliveries
SELECT count(CASE WHEN ended_at IS NULL THEN 1 END), count(delivered_at),
  count(CASE WHEN ended_at IS NOT NULL AND delivered_at IS NULL THEN 1 END)
FROM webhook_delivery WHERE endpoint_id = :endpoint_id

-- name: replay_delivery
UPDATE webhook_delivery SET ended_at = NULL, delivered_at = NULL, due_at = :now, tries = 0, status = NULL, trouble = ''
WHERE bucket = :bucket AND id = :id AND body <> ''

-- name: replay_failed
UPDATE webhook_delivery SET ended_at = NULL, due_at = :now, tries = 0, status = NULL, trouble = ''
WHERE endpoint_id = :endpoint_id AND delivered_at IS NULL AND created_at >= :since AND body <> ''

-- name: purge_deliveries
DELETE FROM webhook_delivery WHERE ended_at < :before

-- name: wipe_deliveries
DELETE FROM webhook_delivery WHERE bucket = :bucket AND contact_id = :contact_id
  AND (ended_at IS NOT NULL OR is_last = 0)
