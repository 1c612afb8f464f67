-- What the fault harness reads of its scratch store when all is over, and what it waits for. Whole tables: nobody else works then.

-- name: faults_messages
SELECT id, contact_id, program_id, campaign_id, sender_id, kind, state, segments, reason, due_at FROM message

-- name: faults_attempts
SELECT a.message_id, a.claimed_at, a.ended_at, a.outcome,
  (SELECT count(*) FROM decision d WHERE d.bucket = a.bucket AND d.message_id = a.message_id
    AND d.at = a.claimed_at AND d.verdict = 'send')
FROM attempt a ORDER BY a.claimed_at

-- name: faults_events
SELECT id, contact_id, kind, program_id, recorded_at, leaf_hash FROM consent_event ORDER BY contact_id, seq

-- name: faults_entries
SELECT log_id, idx, event_id FROM ledger_entry

-- name: faults_handled
SELECT provider_id, received_at FROM inbound_ref

-- name: faults_on_their_way
SELECT DISTINCT contact_id FROM message WHERE state = 2 LIMIT :count

-- name: faults_open
SELECT (SELECT count(*) FROM message WHERE state IN (0, 1, 2)), (SELECT count(*) FROM ledger_outbox)
