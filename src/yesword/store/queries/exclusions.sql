-- Who is excluded, newest first: from the record, and of numbers that nobody here has, from their traces.

-- name: stops_before
SELECT id, contact_id, body, received_at FROM consent_event
WHERE brand_id = :brand_id AND kind IN ('withdrawn', 'invalidated')
  AND received_at >= :since AND (received_at, id) < (:before, :before_id)
ORDER BY received_at DESC, id DESC LIMIT :count

-- name: count_traces
SELECT cause, count(*) FROM suppression
WHERE brand_id = :brand_id AND kind = :kind AND cause <> :erased GROUP BY cause ORDER BY 2 DESC, cause
