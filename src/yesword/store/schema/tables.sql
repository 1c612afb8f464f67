-- The hot tables. Every key begins with the bucket, so that each can be partitioned or distributed by it; none refers to
-- another by a foreign key that crosses buckets. Times are microseconds since 1970, UTC. Words in capitals that no
-- database knows (ROWKEY, KEYED, ROWLESS) stand for what `schema` puts in: wide rows live under their id on SQLite,
-- narrow ones under their key.

CREATE TABLE contact (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL,
  subject TEXT NOT NULL,                      -- random, for exports; never the look-up digest
  sealed_number BLOB, sealed_mail BLOB,
  country TEXT NOT NULL DEFAULT '', number_kind TEXT NOT NULL DEFAULT '', may_text INTEGER NOT NULL DEFAULT 1,
  places BLOB NOT NULL,                       -- everywhere the person may be, as the domain encodes it
  name TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT '',
  attributes TEXT NOT NULL DEFAULT '{}',      -- JSON, plain so that it can be segmented; deleted on erasure
  adult_since BIGINT,
  merged_into BIGINT,                         -- known by e-mail only, and found to be this contact, who has the number
  age_said INTEGER, age_said_at BIGINT,       -- said to be so old then, where that is younger than of age
  erased_at BIGINT,                           -- nobody's any more: what is left says nothing, or is locked away
  restricted_since BIGINT,                    -- kept, and used for nothing else: no text, no list
  hidden_since BIGINT,                        -- name and attributes are of somebody who has lost the number since
  recipient TEXT NOT NULL DEFAULT 'person',   -- person, sole_trader, company, public_body
  source TEXT NOT NULL DEFAULT '', created_at BIGINT NOT NULL,
  mac BLOB,                                   -- over the row, with the contact's key: `contact_marks`
  KEYED (bucket, id)
);

CREATE INDEX contact_by_name ON contact (brand_id, lower(name), id);

-- The only lock on permission: one row a contact, made with it.
CREATE TABLE standing (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, brand_id BIGINT NOT NULL,
  seq BIGINT NOT NULL DEFAULT 0, stop_seq BIGINT NOT NULL DEFAULT 0,
  state BLOB NOT NULL,                        -- the fold of the contact's events
  last_leaf BLOB,                             -- leaf hash of the newest event: the next one's `prev`
  PRIMARY KEY (bucket, contact_id)
) ROWLESS;

CREATE TABLE consent_event (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  seq BIGINT NOT NULL, kind TEXT NOT NULL, program_id BIGINT, received_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
  body BLOB NOT NULL,                         -- the event as the domain encodes it; nothing personal
  entry BLOB NOT NULL, leaf_hash BLOB NOT NULL,
  sealed BLOB,                                -- the disclosures: may be re-wrapped or become null, nothing else
  KEYED (bucket, id)
);
CREATE UNIQUE INDEX consent_event_of_contact ON consent_event (bucket, contact_id, seq);
-- Stops in the order in which they came in: few of all events.
CREATE INDEX consent_event_stops ON consent_event (brand_id, received_at, id) WHERE kind IN ('withdrawn', 'invalidated');

-- What the brand does that is nobody's consent and yet belongs in its log: texts handed over, a new key, a log continued.
CREATE TABLE ledger_statement (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, kind TEXT NOT NULL, made_at BIGINT NOT NULL,
  disclosures BLOB NOT NULL,                  -- open: nothing in it is about anyone
  entry BLOB NOT NULL, leaf_hash BLOB NOT NULL,
  KEYED (bucket, id)
);
CREATE INDEX ledger_statement_of_brand ON ledger_statement (brand_id, made_at);

-- Every committed event and statement is here or in the ledger. The sequencer takes rows by presence.
CREATE TABLE ledger_outbox (
  bucket INTEGER NOT NULL, event_id BIGINT NOT NULL, brand_id BIGINT NOT NULL,
  leaf_hash BLOB NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, event_id)
) ROWLESS;
CREATE INDEX ledger_outbox_of_brand ON ledger_outbox (brand_id, created_at, event_id);

-- One log a brand, and another generation where a store was put back and its log could not be continued.
CREATE TABLE ledger_log (
  id BIGINT NOT NULL PRIMARY KEY, brand_id BIGINT NOT NULL, generation INTEGER NOT NULL, origin TEXT NOT NULL UNIQUE,
  size BIGINT NOT NULL DEFAULT 0, frontier BLOB NOT NULL, key_number INTEGER NOT NULL,
  published_size BIGINT NOT NULL DEFAULT 0,   -- never more than what the high-water file knows
  trouble TEXT NOT NULL DEFAULT '',           -- why nothing is signed any more
  UNIQUE (brand_id, generation)
);

CREATE TABLE ledger_key (
  log_id BIGINT NOT NULL, number INTEGER NOT NULL, vkey TEXT NOT NULL, since_size BIGINT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (log_id, number)
);

-- The place of each event in its log; its entry stands with the event.
CREATE TABLE ledger_entry (
  log_id BIGINT NOT NULL, idx BIGINT NOT NULL, bucket INTEGER NOT NULL, event_id BIGINT NOT NULL,
  entered_at BIGINT NOT NULL,                 -- when the head that first covered it was signed
  PRIMARY KEY (log_id, idx)
) ROWLESS;
CREATE UNIQUE INDEX ledger_entry_of_event ON ledger_entry (event_id, log_id);

-- The tree, 256 hashes a tile. The right-most of each level widens; a full one never changes.
CREATE TABLE ledger_tile (
  log_id BIGINT NOT NULL, level INTEGER NOT NULL, idx BIGINT NOT NULL, hashes BLOB NOT NULL,
  PRIMARY KEY (log_id, level, idx)
);

-- Signed heads: the newest, the last of each hour, and those that a witness or a clock vouches for.
CREATE TABLE ledger_checkpoint (
  log_id BIGINT NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL, signed_at BIGINT NOT NULL,
  PRIMARY KEY (log_id, size)
);

-- What others say of a checkpoint: a witness's line under it, or a token of a time-stamping authority.
CREATE TABLE ledger_attestation (
  log_id BIGINT NOT NULL, size BIGINT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  body BLOB NOT NULL, attested_at BIGINT NOT NULL,
  PRIMARY KEY (log_id, size, kind, name)
);

-- What one hand-over wrote to the carriers for a brand: sorted leaves of 64 bytes, a person's tag and a digest each.
CREATE TABLE handed_batch (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL,
  chain TEXT NOT NULL, n BIGINT NOT NULL,     -- the process that handed over, and its how many-th for the brand
  after_id BIGINT,                            -- the brand's newest one, where that was another process's
  first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
  nonce BLOB NOT NULL, secret BLOB NOT NULL,  -- the tags are made with the one, the salts of the digests with the other
  leaves BLOB NOT NULL,                       -- under the id of the statement that holds their root
  KEYED (bucket, id)
);
CREATE INDEX handed_batch_of_brand ON handed_batch (brand_id, last_at, id);
CREATE INDEX handed_batch_of_chain ON handed_batch (brand_id, chain, n);

-- The keyed trace of a withdrawal that outlives the contact. Old peppers stay: an erased number cannot be hashed anew.
CREATE TABLE suppression (
  brand_id BIGINT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, pepper INTEGER NOT NULL,  -- hexadecimal
  cause TEXT NOT NULL, since BIGINT NOT NULL,
  PRIMARY KEY (brand_id, kind, digest)
) ROWLESS;
CREATE INDEX suppression_since ON suppression (since, brand_id);

-- Who was erased, or is to be erased when their proof need not be kept any longer, and how far that has come.
CREATE TABLE erasure (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, brand_id BIGINT NOT NULL,
  stage TEXT NOT NULL,                        -- stopped or keyless, wiped, done; held while the proof is kept
  ground TEXT NOT NULL, policy TEXT NOT NULL, citation TEXT NOT NULL,
  asked_at BIGINT NOT NULL, asked_by BIGINT, retain_until BIGINT, done_at BIGINT,
  PRIMARY KEY (bucket, contact_id)
) ROWLESS;
CREATE INDEX erasure_open ON erasure (stage, retain_until) WHERE stage <> 'done';

-- Files that back an event: scans, recordings, attestations, what a browser saw. Sealed under the person's key.
CREATE TABLE evidence_blob (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  kind TEXT NOT NULL, media_type TEXT NOT NULL, size BIGINT NOT NULL, sealed BLOB,
  kept_at BIGINT NOT NULL, purge_at BIGINT,   -- goes then, however long the event stays
  KEYED (bucket, id)
);
CREATE INDEX evidence_blob_of_contact ON evidence_blob (bucket, contact_id);
CREATE INDEX evidence_blob_to_purge ON evidence_blob (purge_at) WHERE purge_at IS NOT NULL AND sealed IS NOT NULL;

-- What everybody was shown: published pages and their pictures, by their own digest. About nobody.
CREATE TABLE shown_page (
  digest TEXT NOT NULL PRIMARY KEY, brand_id BIGINT NOT NULL, kind TEXT NOT NULL, media_type TEXT NOT NULL,
  of_digest TEXT, width INTEGER,              -- of a picture: the page that it shows, and how wide
  body BLOB NOT NULL, kept_at BIGINT NOT NULL
);
CREATE INDEX shown_page_pictures ON shown_page (of_digest) WHERE of_digest IS NOT NULL;

-- A person's own page, or an auditor's: found by the digest of a random word that only they hold.
CREATE TABLE private_link (
  digest BLOB NOT NULL PRIMARY KEY, brand_id BIGINT NOT NULL, kind TEXT NOT NULL,
  bucket INTEGER, contact_id BIGINT, program_id BIGINT, pack_id BIGINT,
  made_at BIGINT NOT NULL, expires_at BIGINT, ended_at BIGINT, opened INTEGER NOT NULL DEFAULT 0
) ROWLESS;
CREATE INDEX private_link_of_contact ON private_link (bucket, contact_id);

-- Codes that a person asked for, to show that they have the handset: a keyed digest each, for minutes.
CREATE TABLE handset_code (
  bucket INTEGER NOT NULL, id ROWKEY, contact_id BIGINT NOT NULL, purpose TEXT NOT NULL, digest BLOB NOT NULL,
  asked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, used_at BIGINT,
  KEYED (bucket, id)
);
CREATE INDEX handset_code_of_contact ON handset_code (bucket, contact_id, asked_at);

-- Of whom the brand knows in another way than by the handset, too, that it is still they who have the number.
CREATE TABLE second_proof (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, confirmed_at BIGINT NOT NULL, confirmed_by BIGINT NOT NULL,
  PRIMARY KEY (bucket, contact_id)
) ROWLESS;

CREATE TABLE inbound_text (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  sender_id BIGINT NOT NULL, sealed_body BLOB, received_at BIGINT NOT NULL,
  intent TEXT NOT NULL, kinds TEXT NOT NULL,  -- what it wants, and all that it says, with that first
  rule TEXT NOT NULL, confidence DOUBLE PRECISION NOT NULL, is_per_se INTEGER NOT NULL,
  span_start INTEGER, span_end INTEGER,       -- the characters of the body that say so
  program_id BIGINT, event_id BIGINT,         -- the withdrawal that it led to
  also_ended TEXT NOT NULL DEFAULT '',        -- and the further ones, where it ended several programs
  is_undone INTEGER NOT NULL DEFAULT 0,       -- and that had been misread
  last_message_id BIGINT,                     -- the newest text that this person had got from the brand
  KEYED (bucket, id)
);
CREATE INDEX inbound_text_of_contact ON inbound_text (bucket, contact_id, id);

-- Texts that somebody should look at: one row each, under the id of the text, for the most urgent thing it may say.
CREATE TABLE triage (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  kind TEXT NOT NULL, urgency INTEGER NOT NULL, received_at BIGINT NOT NULL, due_at BIGINT,
  state TEXT NOT NULL DEFAULT 'open',         -- open, confirmed, undone, answered, done
  event_id BIGINT, request_id BIGINT,         -- the withdrawal and the privacy request that it led to
  settled_at BIGINT, settled_by BIGINT, sealed_note BLOB,
  KEYED (bucket, id)
);
CREATE INDEX triage_open ON triage (brand_id, urgency, received_at, id) WHERE state = 'open';
CREATE INDEX triage_settled ON triage (brand_id, settled_at) WHERE state <> 'open';
CREATE INDEX triage_of_contact ON triage (bucket, contact_id);

-- What people asked to see or to have erased, and by when it has to be done.
CREATE TABLE privacy_request (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  asks_for TEXT NOT NULL,
  inbound_id BIGINT,                          -- the text that asks; none where it was asked on the person's own page
  asked_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open',         -- open, done
  done_at BIGINT, done_by BIGINT, sealed_note BLOB,
  KEYED (bucket, id)
);
CREATE UNIQUE INDEX privacy_request_once ON privacy_request (bucket, contact_id, asks_for) WHERE state = 'open';
CREATE INDEX privacy_request_due ON privacy_request (brand_id, due_at, id) WHERE state = 'open';
CREATE INDEX privacy_request_of_contact ON privacy_request (bucket, contact_id);

-- One row a carrier's own id: a text that is delivered again is the same text.
CREATE TABLE inbound_ref (
  account_id BIGINT NOT NULL, provider_id TEXT NOT NULL, handled TEXT NOT NULL, received_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, provider_id)
) ROWLESS;

CREATE TABLE message (
  bucket INTEGER NOT NULL, id ROWKEY, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  program_id BIGINT, program_version INTEGER, campaign_id BIGINT, sender_id BIGINT NOT NULL,
  class TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL DEFAULT '', categories TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  state INTEGER NOT NULL, priority INTEGER NOT NULL, due_at BIGINT NOT NULL, send_by BIGINT,
  lane BIGINT NOT NULL,                       -- what it waits behind: see `domain.lanes`
  planned_seq BIGINT NOT NULL,                -- the place in the person's record under which it was planned
  answers BIGINT, conversation_at BIGINT, trigger_ref TEXT,
  occasion TEXT NOT NULL DEFAULT '', event_at BIGINT,  -- what occasions it, and when that was
  held_for BIGINT,                            -- the withdrawal whose drain a confirmation waits for
  recalled INTEGER NOT NULL DEFAULT 0,        -- a withdrawal came after the claim: give it back if not yet written
  sealed_body BLOB, segments INTEGER,
  owner TEXT, claim_token BIGINT, lease_until BIGINT, attempt INTEGER NOT NULL DEFAULT 0,
  decision_id BIGINT, reason TEXT NOT NULL DEFAULT '',
  meaning TEXT,                               -- of the carrier's code, where it failed: `channels.errors`
  created_at BIGINT NOT NULL, handed_at BIGINT, ended_at BIGINT,
  KEYED (bucket, id)
);
CREATE INDEX message_due ON message (lane, due_at, id) WHERE state = 0;
CREATE INDEX message_sending ON message (owner, claim_token) WHERE state = 2;
CREATE INDEX message_uncertain ON message (ended_at) WHERE state = 5;
CREATE INDEX message_held ON message (created_at) WHERE state = 1;
CREATE INDEX message_of_contact ON message (bucket, contact_id, id);
CREATE INDEX message_of_campaign ON message (campaign_id, state) WHERE campaign_id IS NOT NULL;
CREATE INDEX message_dead ON message (brand_id, ended_at) WHERE meaning IN ('unknown_subscriber', 'deactivated');
CREATE UNIQUE INDEX message_confirms ON message (bucket, held_for) WHERE held_for IS NOT NULL;

-- Each hand-over has a row of its own, or a late answer to the first would overwrite the second.
CREATE TABLE attempt (
  bucket INTEGER NOT NULL, id ROWKEY, message_id BIGINT NOT NULL, account_id BIGINT NOT NULL, sender_id BIGINT NOT NULL,
  owner TEXT NOT NULL, claim_token BIGINT NOT NULL, claimed_at BIGINT NOT NULL,
  outcome TEXT, provider_id TEXT, error_code TEXT, ended_at BIGINT,
  KEYED (bucket, id)
);
CREATE INDEX attempt_of_message ON attempt (bucket, message_id);

CREATE TABLE provider_ref (
  account_id BIGINT NOT NULL, provider_id TEXT NOT NULL,
  bucket INTEGER NOT NULL, message_id BIGINT NOT NULL, attempt_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, provider_id)
) ROWLESS;

-- A report that comes before our own record of the hand-over waits here, too.
CREATE TABLE delivery_report (
  account_id BIGINT NOT NULL, provider_id TEXT NOT NULL, state TEXT NOT NULL, error_code TEXT, meaning TEXT,
  message_id BIGINT,                          -- our own reference as the carrier echoed it: a claim, not yet believed
  reported_at BIGINT NOT NULL, is_applied INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, provider_id, state)
) ROWLESS;
CREATE INDEX delivery_report_waiting ON delivery_report (reported_at) WHERE is_applied = 0;

-- Enough to compute every decision again.
CREATE TABLE decision (
  bucket INTEGER NOT NULL, id ROWKEY, message_id BIGINT NOT NULL, at BIGINT NOT NULL,
  verdict TEXT NOT NULL, body BLOB NOT NULL, facts BLOB NOT NULL, versions TEXT NOT NULL,
  KEYED (bucket, id)
);
CREATE INDEX decision_of_message ON decision (bucket, message_id);

-- What do-not-text lists and their like said of a person's number. The newest answer of each is all that counts.
CREATE TABLE registry_answer (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, registry TEXT NOT NULL,
  listed INTEGER NOT NULL, checked_at BIGINT NOT NULL, since BIGINT,
  PRIMARY KEY (bucket, contact_id, registry)
) ROWLESS;

-- Recognises the key files that belong to this store: a wrong one would find nobody, and every stop would seem lifted.
CREATE TABLE key_check (
  name TEXT NOT NULL PRIMARY KEY, digest BLOB NOT NULL
) ROWLESS;

-- Stops of the journal that came in after the backup from which the store was put back, and that were replayed.
CREATE TABLE replayed_stop (
  event_id BIGINT NOT NULL PRIMARY KEY, replayed_at BIGINT NOT NULL,
  became BIGINT                               -- the event that ended it again; NULL: only a suppression was left
);

-- People whose key went with an older vault that was put back: nobody can tell their number any more, and nothing waits for it.
CREATE TABLE lost_person (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, settled_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, contact_id)
) ROWLESS;

-- Why nothing is sent, in one row that every claim reads: see `store.holds`.
CREATE TABLE sending_valve (
  id INTEGER NOT NULL PRIMARY KEY, held_for TEXT NOT NULL, since BIGINT NOT NULL
);
INSERT INTO sending_valve VALUES (1, '', 0);

-- Who may be in the middle of a hand-over. The owner's file lock says whether it still lives.
CREATE TABLE worker (
  owner TEXT PRIMARY KEY, locality TEXT NOT NULL, pid INTEGER NOT NULL,
  started_at BIGINT NOT NULL, lease_until BIGINT NOT NULL
);

-- How often a number was asked to confirm something, over all brands: nothing else crosses from one to another.
CREATE TABLE asked_number (
  digest TEXT NOT NULL, asked_at BIGINT NOT NULL, event_id BIGINT NOT NULL,  -- hexadecimal, of the newest pepper
  point_id BIGINT, source TEXT NOT NULL DEFAULT '', bucket INTEGER NOT NULL, answered_at BIGINT,
  PRIMARY KEY (digest, event_id)
) ROWLESS;
CREATE INDEX asked_number_of_point ON asked_number (point_id, asked_at);
CREATE INDEX asked_number_of_event ON asked_number (event_id);

-- What a page gave out for one answer, once it was answered; and an imprint of both, so that the same answer is recognised.
CREATE TABLE used_nonce (
  digest BLOB NOT NULL PRIMARY KEY, used_at BIGINT NOT NULL
) ROWLESS;
CREATE INDEX used_nonce_to_purge ON used_nonce (used_at);

-- Codes that a page showed: "text YES 4821 to 800123". What was typed there is sealed under the key of that number.
CREATE TABLE shown_code (
  sender_id BIGINT NOT NULL, code TEXT NOT NULL, id BIGINT NOT NULL, brand_id BIGINT NOT NULL,
  program_id BIGINT NOT NULL, program_version INTEGER NOT NULL, point_id BIGINT, point_digest TEXT NOT NULL,
  language TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
  page TEXT NOT NULL DEFAULT '',  -- of somebody else's site that showed it, without a query
  bucket INTEGER, contact_id BIGINT, sealed BLOB,
  shown_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT,
  PRIMARY KEY (sender_id, code, id)
) ROWLESS;
CREATE INDEX shown_code_to_purge ON shown_code (expires_at);
CREATE INDEX shown_code_of_point ON shown_code (point_id, shown_at);

-- How many came in by which link, day by day: figures, about nobody.
CREATE TABLE point_tally (
  point_id BIGINT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, what TEXT NOT NULL,
  count BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (point_id, source, day, what)
) ROWLESS;

-- The way out that a text carries: found by a keyed digest of its word, which stands in the text and nowhere else.
CREATE TABLE leave_link (
  digest BLOB NOT NULL PRIMARY KEY, brand_id BIGINT NOT NULL, program_id BIGINT,
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, message_id BIGINT NOT NULL, campaign_id BIGINT,
  made_at BIGINT NOT NULL
) ROWLESS;
CREATE INDEX leave_link_of_contact ON leave_link (bucket, contact_id);

-- What somebody who left by a page said of it afterwards, if anything: a code for figures, and sealed words.
CREATE TABLE leave_answer (
  bucket INTEGER NOT NULL, event_id BIGINT NOT NULL,  -- the withdrawal
  brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, program_id BIGINT, campaign_id BIGINT,
  reason TEXT NOT NULL DEFAULT '', wants_mail INTEGER NOT NULL DEFAULT 0, sealed_words BLOB, said_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, event_id)
) ROWLESS;
CREATE INDEX leave_answer_of_brand ON leave_answer (brand_id, said_at);
CREATE INDEX leave_answer_of_contact ON leave_answer (bucket, contact_id);

-- Whom an import brought, or knew something new of: for its undoing, and for the lists of who has to be asked.
CREATE TABLE import_person (
  run_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, bucket INTEGER NOT NULL,
  event_id BIGINT NOT NULL,                   -- the grant or the claim that it wrote
  grade TEXT NOT NULL, has_mail INTEGER NOT NULL DEFAULT 0,  -- whether the row told an e-mail address
  PRIMARY KEY (run_id, contact_id)
) ROWLESS;
CREATE INDEX import_person_of_contact ON import_person (bucket, contact_id);

-- What other systems have told us already, by a digest of what they call it: told again, it is the same.
CREATE TABLE hook_seen (
  source_id BIGINT NOT NULL, digest BLOB NOT NULL, seen_at BIGINT NOT NULL,
  PRIMARY KEY (source_id, digest)
) ROWLESS;
CREATE INDEX hook_seen_to_purge ON hook_seen (seen_at);

-- Forms of lead ads of which nobody has said what they show: how many answers to each could grant nothing.
CREATE TABLE hook_form (
  source_id BIGINT NOT NULL, form TEXT NOT NULL, waiting BIGINT NOT NULL DEFAULT 0, last_at BIGINT NOT NULL,
  PRIMARY KEY (source_id, form)
) ROWLESS;

-- Leads of which only the id came: to be fetched.
CREATE TABLE hook_lead (
  source_id BIGINT NOT NULL, ref TEXT NOT NULL, form TEXT NOT NULL, received_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, trouble TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (source_id, ref)
) ROWLESS;
CREATE INDEX hook_lead_due ON hook_lead (due_at);

-- Who came in by which source and form, so that it shows which of them leave again soon.
CREATE TABLE hook_arrival (
  bucket INTEGER NOT NULL, event_id BIGINT NOT NULL,  -- the grant
  source_id BIGINT NOT NULL, form TEXT NOT NULL DEFAULT '', contact_id BIGINT NOT NULL, program_id BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, event_id)
) ROWLESS;
CREATE INDEX hook_arrival_of_source ON hook_arrival (source_id, arrived_at);
CREATE INDEX hook_arrival_of_contact ON hook_arrival (bucket, contact_id);

-- Orders and applications that texts may inform about, until they close. Found by a keyed digest of their id elsewhere.
CREATE TABLE open_trigger (
  bucket INTEGER NOT NULL, id ROWKEY, source_id BIGINT NOT NULL, digest BLOB NOT NULL, contact_id BIGINT NOT NULL,
  program_id BIGINT NOT NULL, event_id BIGINT NOT NULL,
  opened_at BIGINT NOT NULL, closed_at BIGINT, closing TEXT NOT NULL DEFAULT '',
  KEYED (bucket, id)
);
CREATE INDEX open_trigger_of_ref ON open_trigger (source_id, digest);
CREATE INDEX open_trigger_of_contact ON open_trigger (bucket, contact_id);

-- What a shop's server was answered, so that the same call again is answered alike and does nothing twice.
CREATE TABLE call_answer (
  point_id BIGINT NOT NULL, key_digest BLOB NOT NULL, call_digest BLOB NOT NULL, answer TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (point_id, key_digest)
) ROWLESS;
CREATE INDEX call_answer_to_purge ON call_answer (answered_at);

-- What is to be told to others, in the transaction of what it tells; and what became of telling it. No number is in it.
CREATE TABLE webhook_delivery (
  bucket INTEGER NOT NULL, id ROWKEY, endpoint_id BIGINT NOT NULL, kind TEXT NOT NULL,
  contact_id BIGINT, body TEXT NOT NULL,
  is_last INTEGER NOT NULL DEFAULT 0,         -- that somebody was erased: told once, and then empty
  created_at BIGINT NOT NULL, due_at BIGINT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  delivered_at BIGINT, ended_at BIGINT,       -- ended: delivered, or given up
  status INTEGER, trouble TEXT NOT NULL DEFAULT '',
  KEYED (bucket, id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (due_at, id) WHERE ended_at IS NULL;
CREATE INDEX webhook_delivery_of_endpoint ON webhook_delivery (endpoint_id, created_at);
CREATE INDEX webhook_delivery_of_contact ON webhook_delivery (bucket, contact_id);

-- Who is invited by e-mail, once a campaign: committed before anything is handed over, and deleted with the person.
CREATE TABLE invitation (
  bucket INTEGER NOT NULL, id ROWKEY, campaign_id BIGINT NOT NULL, brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  known_contact BIGINT,                       -- who has the number that was given with the address, if it is somebody else
  state TEXT NOT NULL DEFAULT 'waiting',      -- waiting, sending, sent, uncertain, failed, barred, cancelled
  reason TEXT NOT NULL DEFAULT '',            -- why it is barred or failed
  answer TEXT NOT NULL DEFAULT '',            -- the one letter that answers a reply: '', waiting, sending, sent, uncertain, failed
  owner TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0, due_at BIGINT NOT NULL, claimed_at BIGINT,
  sent_at BIGINT, opened_at BIGINT, clicked_at BIGINT, replied_at BIGINT, signed_up_at BIGINT,
  bounced_at BIGINT, left_at BIGINT,
  joined_contact BIGINT,                      -- who has the number with which they signed up
  is_passed_on INTEGER NOT NULL DEFAULT 0,    -- whoever signed up says that the letter was written to somebody else
  KEYED (bucket, id)
);
CREATE UNIQUE INDEX invitation_once ON invitation (bucket, campaign_id, contact_id);
CREATE INDEX invitation_due ON invitation (campaign_id, due_at, id) WHERE state = 'waiting';
CREATE INDEX invitation_answer_due ON invitation (due_at, id) WHERE answer = 'waiting';
CREATE INDEX invitation_on_its_way ON invitation (claimed_at) WHERE state = 'sending' OR answer = 'sending';
CREATE INDEX invitation_of_campaign ON invitation (campaign_id, state);
CREATE INDEX invitation_of_contact ON invitation (bucket, contact_id);
CREATE INDEX invitation_that_joined ON invitation (joined_contact) WHERE joined_contact IS NOT NULL;
CREATE INDEX invitation_that_knows ON invitation (known_contact) WHERE known_contact IS NOT NULL;

-- By which collection point somebody came in, so that it shows which of them leave again soon.
CREATE TABLE point_arrival (
  bucket INTEGER NOT NULL, event_id BIGINT NOT NULL,  -- the grant
  contact_id BIGINT NOT NULL, point_id BIGINT NOT NULL, source TEXT NOT NULL DEFAULT '', arrived_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, event_id)
) ROWLESS;
CREATE INDEX point_arrival_of_contact ON point_arrival (bucket, contact_id);

-- Who left: one row a withdrawal that a person made, with how they had come and what they had got last.
CREATE TABLE departure (
  bucket INTEGER NOT NULL, event_id BIGINT NOT NULL,  -- the withdrawal
  brand_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, program_id BIGINT,
  way TEXT NOT NULL,                          -- as `store.departures` sorts the routes
  came_by TEXT NOT NULL DEFAULT '', point_id BIGINT, source TEXT NOT NULL DEFAULT '',
  hook_id BIGINT, run_id BIGINT,              -- the other system, or the import, that brought them
  joined_at BIGINT,                           -- NULL: there was nothing that it could end
  text_program_id BIGINT, campaign_id BIGINT, sender_id BIGINT, handed_at BIGINT,  -- the text that they had got last
  left_at BIGINT NOT NULL, is_undone INTEGER NOT NULL DEFAULT 0,  -- it had been misread, or was a slip
  origin TEXT NOT NULL DEFAULT '',            -- how they had come, as one key of figures
  reason TEXT NOT NULL DEFAULT '',            -- as in their leave_answer
  PRIMARY KEY (bucket, event_id)
) ROWLESS;
-- Figures are counted from this index alone.
CREATE INDEX departure_of_brand ON departure (brand_id, left_at, is_undone, joined_at, text_program_id, program_id,
  campaign_id, way, reason, origin, handed_at, contact_id);
CREATE INDEX departure_after_text ON departure (handed_at) WHERE handed_at IS NOT NULL;
CREATE INDEX departure_of_contact ON departure (bucket, contact_id);

-- How many texts went out, minute by minute; in the end day by day. A slot is a group of buckets, so that workers who
-- send at the same time do not wait for each other's row.
CREATE TABLE sent_tally (
  minute BIGINT NOT NULL, brand_id BIGINT NOT NULL, sender_id BIGINT NOT NULL, program_id BIGINT NOT NULL,
  campaign_id BIGINT NOT NULL, slot INTEGER NOT NULL,  -- 0 where there is no program or campaign
  texts BIGINT NOT NULL,
  PRIMARY KEY (minute, brand_id, sender_id, program_id, campaign_id, slot)
) ROWLESS;

-- Texts that failed or did not arrive; few of all.
CREATE INDEX message_astray ON message (handed_at, brand_id, sender_id, program_id, campaign_id, kind)
WHERE state IN (4, 10);

-- The links by which a question that comes from a name is answered: one a question, used once.
CREATE TABLE confirm_link (
  digest BLOB NOT NULL PRIMARY KEY, brand_id BIGINT NOT NULL, program_id BIGINT NOT NULL,
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, message_id BIGINT NOT NULL, request_id BIGINT NOT NULL,
  made_at BIGINT NOT NULL, used_at BIGINT
) ROWLESS;
CREATE INDEX confirm_link_of_contact ON confirm_link (bucket, contact_id);
CREATE INDEX confirm_link_by_age ON confirm_link (made_at);

-- Who entered a contest: deleted after the draw, and with the person. What was entered is sealed under their key.
CREATE TABLE contest_entry (
  bucket INTEGER NOT NULL, id ROWKEY, contest_id BIGINT NOT NULL, contact_id BIGINT NOT NULL,
  inbound_id BIGINT NOT NULL,                 -- the text that entered
  state TEXT NOT NULL DEFAULT 'in',           -- in; age: waits until the person has said how old they are
  choice TEXT NOT NULL DEFAULT '',            -- the option, for counting; empty where people answer in own words
  is_right INTEGER NOT NULL DEFAULT 1,        -- takes part in the draw
  sealed BLOB NOT NULL,                       -- answer and salt
  digest TEXT NOT NULL,
  said_yes TEXT NOT NULL DEFAULT '',          -- apart from the answer: entry, in the same text; reply, to the question
  asked_message_id BIGINT,                    -- the text that asked
  entered_at BIGINT NOT NULL,
  KEYED (bucket, id)
);
CREATE INDEX contest_entry_of_contest ON contest_entry (contest_id, choice);
CREATE INDEX contest_entry_of_digest ON contest_entry (contest_id, digest);
CREATE INDEX contest_entry_of_contact ON contest_entry (bucket, contact_id);

-- What was published when a contest closed, and when it was drawn. Of entries only digests, without their salts.
CREATE TABLE contest_leaf (
  contest_id BIGINT NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (contest_id, digest)
) ROWLESS;
CREATE TABLE contest_commitment (
  contest_id BIGINT NOT NULL PRIMARY KEY, list_digest TEXT NOT NULL, entries BIGINT NOT NULL,
  counts TEXT NOT NULL,                       -- option to how many, and all that entered
  source TEXT NOT NULL, seed_due_at BIGINT, committed_at BIGINT NOT NULL
) ROWLESS;
CREATE TABLE contest_draw (
  contest_id BIGINT NOT NULL PRIMARY KEY, seed TEXT NOT NULL, source TEXT NOT NULL, seed_at BIGINT NOT NULL,
  winners TEXT NOT NULL, drawn_at BIGINT NOT NULL
) ROWLESS;

CREATE INDEX contact_merged ON contact (merged_into) WHERE merged_into IS NOT NULL;

-- Parts of long texts that came in, until their text is whole: under a key of the number alone, which is of no brand yet.
CREATE TABLE inbound_part (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL,  -- the number's place in the vault: never a contact
  account TEXT NOT NULL, to_address TEXT NOT NULL, reference INTEGER NOT NULL, total INTEGER NOT NULL,
  number INTEGER NOT NULL, provider_id TEXT NOT NULL, sealed BLOB NOT NULL, received_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, contact_id, account, to_address, reference, total, number)
) ROWLESS;
CREATE INDEX inbound_part_waiting ON inbound_part (account, received_at);

-- Texts from what nobody can read as a number, or to an address without a program, until somebody has looked at them: each
-- under a key of what stands where the number should, which is of no brand.
CREATE TABLE stray_text (
  bucket INTEGER NOT NULL, id ROWKEY, contact_id BIGINT NOT NULL,  -- its place in the vault: never a contact
  account_id BIGINT NOT NULL, why TEXT NOT NULL,  -- number, address
  is_stop INTEGER NOT NULL, sealed BLOB NOT NULL, received_at BIGINT NOT NULL,
  KEYED (bucket, id)
);
CREATE INDEX stray_text_waiting ON stray_text (is_stop, received_at, id);
CREATE INDEX stray_text_of_contact ON stray_text (bucket, contact_id);

-- When somebody last listened for an account. After a gap its texts are held until what came in meanwhile is known.
CREATE TABLE account_listening (
  account_id BIGINT NOT NULL PRIMARY KEY, heard_at BIGINT NOT NULL, is_up INTEGER NOT NULL,
  excused_at BIGINT,                          -- the gap that began then was excused by somebody
  away_since BIGINT                           -- since when the carrier takes no texts
);

-- How many texts a day has had under a limit that caps days: counted when they are claimed, so that a restart begins no
-- new day.
CREATE TABLE paced_day (
  limit_key TEXT NOT NULL, day TEXT NOT NULL, texts BIGINT NOT NULL,
  PRIMARY KEY (limit_key, day)
) ROWLESS;

-- From which of a program's senders a person is texted, where it has several.
CREATE TABLE contact_sender (
  bucket INTEGER NOT NULL, contact_id BIGINT NOT NULL, program_id BIGINT NOT NULL, sender_id BIGINT NOT NULL,
  since BIGINT NOT NULL, before_id BIGINT,    -- the one before it, which may no longer text them
  PRIMARY KEY (bucket, contact_id, program_id)
) ROWLESS;
