-- Where a provider's list of opt-outs and ours differ.

-- name: wipe_opt_out_differences
DELETE FROM store_optoutdifference WHERE contact_id = :contact_id AND :bucket >= 0
