-- What every text asks for: who it goes to, from whom, and what runs there.

-- name: brand_as_set
SELECT name, country, origin, region, traits FROM store_brand WHERE id = :id

-- name: sender_as_set
SELECT s.id, s.account_id, s.address, s.kind, s.answers_stop, a.answers_stop, s.registrations, a.channel
FROM store_sender s JOIN store_account a ON a.id = s.account_id WHERE s.id = :id

-- name: sender_at_address
SELECT s.id, s.account_id, s.address, s.kind, s.answers_stop, a.answers_stop, s.registrations, a.channel
FROM store_sender s JOIN store_account a ON a.id = s.account_id WHERE s.account_id = :account AND s.address = :address

-- name: versions_on_sender
SELECT v.program_id, v.version, v.digest FROM store_program p
JOIN store_programversion v ON v.program_id = p.id AND v.version = p.version
WHERE p.sender_id = :sender OR p.id IN (SELECT program_id FROM store_furthersender WHERE sender_id = :sender)
ORDER BY v.program_id

-- name: versions_of_brand
SELECT v.program_id, v.version, v.digest FROM store_program p
JOIN store_programversion v ON v.program_id = p.id AND v.version = p.version
WHERE p.brand_id = :brand ORDER BY v.program_id
