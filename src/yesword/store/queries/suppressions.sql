-- The keyed traces of stops that outlived their contacts.

-- name: insert_suppression
INSERT INTO suppression (brand_id, kind, digest, pepper, cause, since)
VALUES (:brand_id, :kind, :digest, :pepper, :cause, :since)
ON CONFLICT DO NOTHING

-- name: blur_suppression
UPDATE suppression SET since = :since WHERE brand_id = :brand_id AND kind = :kind AND digest = :digest

-- name: suppressions [sqlite]
SELECT digest, cause, since FROM suppression WHERE brand_id = :brand_id AND kind = :kind
  AND digest IN (SELECT value FROM json_each(:digests))

-- name: suppressions [postgresql]
SELECT digest, cause, since FROM suppression WHERE brand_id = :brand_id AND kind = :kind AND digest = ANY(:digests)

-- name: suppressions_lately
SELECT brand_id, kind, digest, pepper, cause, since FROM suppression
WHERE since >= :since AND cause <> :restored AND cause <> :erased

-- name: suppressions_of_erased
SELECT kind, digest, since FROM suppression
WHERE brand_id = :brand_id AND cause = :erased AND kind >= :kind AND (kind > :kind OR digest > :digest)
ORDER BY kind, digest LIMIT :count

-- name: audited_suppressions
SELECT brand_id, kind, digest, pepper, cause, since FROM suppression
WHERE (brand_id, kind, digest) > (:of_brand, :kind, :digest) AND (:brand_id < 0 OR brand_id = :brand_id)
ORDER BY brand_id, kind, digest LIMIT :count

-- name: suppression_peppers
SELECT DISTINCT pepper FROM suppression

-- name: count_suppressions
SELECT cause, count(*) FROM suppression WHERE brand_id = :brand_id GROUP BY cause ORDER BY cause
