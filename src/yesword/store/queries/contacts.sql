-- Contacts and how they are found.

-- name: insert_contact
INSERT INTO contact (bucket, id, brand_id, subject, sealed_number, sealed_mail, country, number_kind, may_text, places,
  name, language, attributes, adult_since, recipient, source, created_at, mac)
VALUES (:bucket, :id, :brand_id, :subject, :sealed_number, :sealed_mail, :country, :number_kind, :may_text, :places,
  :name, :language, :attributes, :adult_since, :recipient, :source, :created_at, :mac)
ON CONFLICT DO NOTHING

-- name: insert_standing
INSERT INTO standing (bucket, contact_id, brand_id, seq, stop_seq, state)
VALUES (:bucket, :contact_id, :brand_id, 0, 0, :state)

-- name: contacts_by_id [sqlite]
SELECT id, brand_id, subject, sealed_number, country, number_kind, may_text, places, name, language, attributes,
  adult_since, source, created_at, recipient, hidden_since, erased_at,
  restricted_since, age_said, age_said_at
FROM contact WHERE id IN (SELECT value FROM json_each(:ids))

-- name: contacts_by_id [postgresql]
SELECT found.* FROM (SELECT DISTINCT unnest(:ids::bigint[]) AS id) asked CROSS JOIN LATERAL (
  SELECT id, brand_id, subject, sealed_number, country, number_kind, may_text, places, name, language, attributes,
    adult_since, source, created_at, recipient, hidden_since, erased_at,
    restricted_since, age_said, age_said_at FROM contact
  WHERE bucket = (asked.id >> 53)::integer AND id = asked.id OFFSET 0) found

-- name: contacts_after [sqlite]
SELECT id FROM contact WHERE id > :cursor AND brand_id = :brand_id ORDER BY id LIMIT :count

-- name: contacts_after [postgresql]
SELECT id FROM contact WHERE (bucket, id) > (:cursor_bucket, :cursor) AND brand_id = :brand_id
ORDER BY bucket, id LIMIT :count

-- name: count_contacts
SELECT count(*) FROM contact WHERE brand_id = :brand_id

-- Only over what was read: somebody may have lost the number meanwhile.

-- name: update_contact_facts
UPDATE contact SET name = :name, language = :language, attributes = :attributes, places = :places,
  recipient = :recipient, hidden_since = NULL
WHERE bucket = :bucket AND id = :id AND coalesce(hidden_since, 0) = :hidden_since

-- name: learn_contact
UPDATE contact SET name = :name, attributes = :attributes
WHERE bucket = :bucket AND id = :id AND erased_at IS NULL AND hidden_since IS NULL

-- name: hide_owner
UPDATE contact SET hidden_since = :hidden_since WHERE bucket = :bucket AND id = :id

-- name: marked_contacts [sqlite]
SELECT id, brand_id, subject, sealed_number, sealed_mail, country, number_kind, may_text, places, name, language, attributes,
  adult_since, merged_into, age_said, age_said_at, restricted_since, hidden_since, recipient, source,
  created_at, mac
FROM contact WHERE id IN (SELECT value FROM json_each(:ids))

-- name: marked_contacts [postgresql]
SELECT id, brand_id, subject, sealed_number, sealed_mail, country, number_kind, may_text, places, name, language, attributes,
  adult_since, merged_into, age_said, age_said_at, restricted_since, hidden_since, recipient, source,
  created_at, mac
FROM contact WHERE bucket = ANY(:buckets) AND id = ANY(:ids)

-- name: set_contact_mark
UPDATE contact SET mac = :mac WHERE bucket = :bucket AND id = :id

-- name: living_contacts [sqlite]
SELECT id FROM contact WHERE id IN (SELECT value FROM json_each(:ids)) AND erased_at IS NULL

-- name: living_contacts [postgresql]
SELECT id FROM contact WHERE bucket = ANY(:buckets) AND id = ANY(:ids) AND erased_at IS NULL

-- name: join_contact
UPDATE contact SET merged_into = :into WHERE bucket = :bucket AND id = :id AND merged_into IS NULL AND erased_at IS NULL
