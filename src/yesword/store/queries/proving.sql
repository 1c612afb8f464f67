-- What a proof is made under: of the checkpoints that are kept, those that may be shown.

-- name: newest_shown
SELECT max(size) FROM ledger_checkpoint WHERE log_id = :log_id AND size <= :published

-- name: newest_vouched_for
SELECT max(c.size) FROM ledger_checkpoint c JOIN ledger_attestation a ON a.log_id = c.log_id AND a.size = c.size
WHERE c.log_id = :log_id AND c.size <= :published AND a.kind = :kind

-- The first that covers a place: since when it is in the log, as far as that is still known.

-- name: entered_at
SELECT entered_at FROM ledger_entry WHERE log_id = :log_id AND idx = :idx

-- The first that each witness and clock said of a checkpoint that covers a place.

-- name: first_vouched_for
SELECT kind, name, min(attested_at) FROM ledger_attestation WHERE log_id = :log_id AND size > :idx
GROUP BY kind, name ORDER BY min(attested_at), name
