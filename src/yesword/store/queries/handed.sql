-- What was handed over: the texts of each batch as leaves, under the id of the statement that holds their root.

-- name: insert_handed_batch
INSERT INTO handed_batch (bucket, id, brand_id, chain, n, after_id, first_at, last_at, nonce, secret, leaves)
VALUES (:bucket, :id, :brand_id, :chain, :n, :after_id, :first_at, :last_at, :nonce, :secret, :leaves)

-- As joins, PostgreSQL would read all statements for the newest one.

-- name: newest_of_chain
SELECT b.n, (SELECT s.leaf_hash FROM ledger_statement s WHERE s.bucket = b.bucket AND s.id = b.id) FROM handed_batch b
WHERE b.brand_id = :brand_id AND b.chain = :chain ORDER BY b.n DESC LIMIT 1

-- name: newest_handed
SELECT b.id, b.chain, (SELECT s.leaf_hash FROM ledger_statement s WHERE s.bucket = b.bucket AND s.id = b.id)
FROM handed_batch b WHERE b.brand_id = :brand_id ORDER BY b.last_at DESC, b.id DESC LIMIT 1

-- name: handed_in_span
SELECT id, chain, n, after_id, last_at FROM handed_batch
WHERE brand_id = :brand_id AND last_at >= :since AND first_at < :until ORDER BY last_at, id

-- name: handed_in_chain
SELECT id, chain, n, after_id, last_at FROM handed_batch WHERE brand_id = :brand_id AND chain = :chain AND n = :n

-- name: handed_link
SELECT id, chain, n, after_id, last_at FROM handed_batch WHERE bucket = :bucket AND id = :id

-- name: handed_batch
SELECT id, chain, n, after_id, first_at, last_at, nonce, secret, leaves FROM handed_batch WHERE bucket = :bucket AND id = :id

-- What a process that is gone had claimed and not yet recorded.

-- name: unrecorded_of_owner
SELECT m.brand_id, m.id, m.kind, m.class, m.program_id, m.program_version, c.subject, a.id, a.claimed_at, d.body, d.verdict
FROM message m
JOIN attempt a ON a.bucket = m.bucket AND a.message_id = m.id AND a.claim_token = m.claim_token
JOIN contact c ON c.bucket = m.bucket AND c.id = m.contact_id
JOIN decision d ON d.bucket = m.bucket AND d.id = m.decision_id
WHERE m.owner = :owner AND m.state = 2

-- Every text that a hand-over may have written to a person, with the decision that let it go.

-- name: attempts_in_span
SELECT m.id, m.kind, m.class, m.program_id, m.program_version, a.id, a.claimed_at, d.body, d.verdict
FROM message m
JOIN attempt a ON a.bucket = m.bucket AND a.message_id = m.id
JOIN decision d ON d.bucket = m.bucket AND d.message_id = m.id AND d.verdict = 'send'
WHERE m.bucket = :bucket AND m.contact_id = :contact_id AND a.claimed_at >= :since AND a.claimed_at <= :until
