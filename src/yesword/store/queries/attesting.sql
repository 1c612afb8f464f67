-- What is needed while witnesses and timestamp authorities vouch for heads.

-- Whoever grows the log waits, or has committed what it forgot: see keep_checkpoint.

-- name: hold_log [sqlite]
SELECT id FROM ledger_log WHERE id = :id

-- name: hold_log [postgresql]
SELECT id FROM ledger_log WHERE id = :id FOR UPDATE

-- One that was the newest when somebody was asked about it may have been forgotten before the answer came.

-- name: keep_checkpoint
INSERT INTO ledger_checkpoint (log_id, size, note, signed_at) VALUES (:log_id, :size, :note, :signed_at)
ON CONFLICT DO NOTHING

-- name: attestations_of_checkpoint
SELECT name, body FROM ledger_attestation WHERE log_id = :log_id AND size = :size AND kind = :kind
ORDER BY attested_at, name

-- name: clear_log
UPDATE ledger_log SET trouble = '' WHERE id = :id AND trouble = :trouble
