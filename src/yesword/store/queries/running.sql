-- How the whole of it runs: the queue, what is on its way, what waits. Each count is of a small partial index.

-- Due, later, or with a due time so far away that it stands for a pause or a hold.
-- name: queue_by_urgency
SELECT priority, CASE WHEN due_at <= :now THEN 0 WHEN due_at < :parked THEN 1 ELSE 2 END AS place, count(*), min(due_at)
FROM message WHERE state = 0 GROUP BY priority, place

-- name: running_counts
SELECT (SELECT count(*) FROM message WHERE state = 2), (SELECT count(*) FROM message WHERE state = 5),
  (SELECT count(*) FROM message WHERE state = 1), (SELECT count(*) FROM delivery_report WHERE is_applied = 0),
  (SELECT count(*) FROM ledger_outbox), (SELECT min(created_at) FROM ledger_outbox)

-- Of each brand's newest log.
-- name: heads_of_logs
SELECT l.trouble, c.signed_at FROM ledger_log l
LEFT JOIN ledger_checkpoint c ON c.log_id = l.id AND c.size = l.size
WHERE l.generation = (SELECT max(o.generation) FROM ledger_log o WHERE o.brand_id = l.brand_id)

-- name: untold_webhooks
SELECT CASE WHEN d.tries = 0 THEN 0 ELSE 1 END AS is_again, count(*), min(d.due_at)
FROM webhook_delivery d JOIN store_webhookendpoint e ON e.id = d.endpoint_id
WHERE d.ended_at IS NULL AND e.is_on GROUP BY is_again
