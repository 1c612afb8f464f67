-- Imports: how far each is, and whom it brought.

-- name: advance_import
UPDATE store_importrun SET cursor = :cursor, tally = :tally WHERE id = :id AND attempt = :attempt AND state = 'running'

-- name: insert_import_person
INSERT INTO import_person (run_id, contact_id, bucket, event_id, grade, has_mail)
VALUES (:run_id, :contact_id, :bucket, :event_id, :grade, :has_mail)
ON CONFLICT (run_id, contact_id) DO UPDATE SET event_id = excluded.event_id, grade = excluded.grade,
  has_mail = excluded.has_mail

-- name: import_people_after
SELECT contact_id, event_id, grade, has_mail FROM import_person
WHERE run_id = :run_id AND contact_id > :cursor ORDER BY contact_id LIMIT :count

-- name: wipe_import_people
DELETE FROM import_person WHERE bucket = :bucket AND contact_id = :contact_id
