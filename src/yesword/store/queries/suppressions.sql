-- The keyed traces of stops that outlived their contacts.

-- name: insert_suppression
INSERT INTO suppression (brand_id, kind, digest, pepper, cause, since)
VALUES (:brand_id, :kind, :digest, :pepper, :cause, :since)
ON CONFLICT DO NOTHING

-- name: suppressions [sqlite]
SELECT digest, cause, since FROM suppression WHERE brand_id = :brand_id AND kind = :kind
  AND digest IN (SELECT value FROM json_each(:digests))

-- name: suppressions [postgresql]
SELECT digest, cause, since FROM suppression WHERE brand_id = :brand_id AND kind = :kind AND digest = ANY(:digests)

-- name: suppression_peppers
SELECT DISTINCT pepper FROM suppression

-- name: count_suppressions
SELECT cause, count(*) FROM suppression WHERE brand_id = :brand_id GROUP BY cause ORDER BY cause
