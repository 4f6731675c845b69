-- Up Migration
-- Escalations to publishers: who they are, what was sent to them, what they answered, and its files.

CREATE TABLE publishers (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  email      text NOT NULL,                  -- where escalations are sent
  language   text NOT NULL CHECK (language IN ('fr', 'en')),
  -- The Temporal namespace that its escalations live in, and the Nexus endpoint that leads there; null: the requests' own.
  namespace  text,
  endpoint   text,
  requests_endpoint text,                    -- the one that leads back to the requests
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nulls(namespace, endpoint, requests_endpoint) IN (0, 3))
);

CREATE TABLE publisher_people (
  id        text PRIMARY KEY,
  publisher text NOT NULL REFERENCES publishers,
  name      text NOT NULL,
  email     text NOT NULL,
  language  text NOT NULL CHECK (language IN ('fr', 'en')),
  active    boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX publisher_people_address ON publisher_people (publisher, lower(email)) WHERE active;

-- Of a contract with a publisher (family C): who it is.
ALTER TABLE contracts ADD COLUMN publisher text REFERENCES publishers;

ALTER TABLE access_tokens ADD COLUMN publisher_person text REFERENCES publisher_people;
ALTER TABLE access_tokens DROP CONSTRAINT access_tokens_check;
ALTER TABLE access_tokens ADD CONSTRAINT access_tokens_holder CHECK (num_nonnulls(staff, contact, publisher_person) = 1);

-- Numbers of our own for publishers that issue none: SR-<year in the contract's zone>-<counter>; gaps are allowed.
CREATE TABLE sr_numbers (
  year integer PRIMARY KEY,
  last integer NOT NULL
);

-- `draft`: the package is being put together. `sending`: complete, its request is being told. `sent`: its workflow has saved.
CREATE TABLE escalations (
  id             text PRIMARY KEY,           -- escalation:<request>:<n>, also the workflow's id
  request        text NOT NULL REFERENCES requests,
  n              integer NOT NULL CHECK (n >= 1),
  product        text,                       -- in the terms of the request's contract
  contract       text NOT NULL REFERENCES contracts,
  terms_version  integer NOT NULL,
  publisher      text NOT NULL REFERENCES publishers,
  stage          text NOT NULL DEFAULT 'draft' CHECK (stage IN ('draft', 'sending', 'sent')),
  parts          jsonb NOT NULL DEFAULT '{}', -- EscalationPackage
  priority       text NOT NULL,              -- proposed first, then the one that counts
  referent       text REFERENCES contacts,   -- who sends it (C §4.3.2)
  sr             text,                       -- allocated at the first acknowledgement
  sr_issued_by   text CHECK (sr_issued_by IN ('distributor', 'publisher')),
  drafted_by     text NOT NULL,              -- who
  version        integer NOT NULL DEFAULT 0,
  status         text,
  breached       boolean NOT NULL DEFAULT false,
  next_due_at    timestamptz,
  open_tasks     integer NOT NULL DEFAULT 0,
  state          jsonb,                      -- EscalationState of the last transition
  view           jsonb,                      -- EscalationView
  calendar_versions jsonb NOT NULL DEFAULT '{}',
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (request, n),
  UNIQUE (publisher, sr),
  FOREIGN KEY (contract, terms_version) REFERENCES contract_terms,
  CHECK ((sr IS NULL) = (sr_issued_by IS NULL))
);
CREATE INDEX escalations_by_publisher ON escalations (publisher, request DESC, n DESC) WHERE stage = 'sent';

-- Files of packages, and what came with mails; the content is behind db/attachments.ts.
CREATE TABLE attachments (
  id         uuid PRIMARY KEY,
  escalation text NOT NULL REFERENCES escalations ON DELETE CASCADE,
  name       text NOT NULL,
  type       text NOT NULL,                  -- what the content is, by its first bytes
  size       integer NOT NULL CHECK (size > 0),
  sha256     bytea NOT NULL,
  content    bytea NOT NULL,
  stored_by  text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_by_escalation ON attachments (escalation);

CREATE TABLE escalation_timeline (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  escalation text NOT NULL REFERENCES escalations,
  seq        integer NOT NULL,
  line       integer NOT NULL,
  at         timestamptz NOT NULL,
  type       text NOT NULL,
  audience   text NOT NULL CHECK (audience IN ('staff', 'publisher')),
  who        text NOT NULL,
  channel    text NOT NULL,
  entered_by text,
  entered_at timestamptz,
  text_id    uuid REFERENCES texts,
  mail_id    uuid,
  facts      jsonb NOT NULL DEFAULT '{}',
  UNIQUE (escalation, seq, line)
);

-- What an escalation had to tell a request whose workflow had ended: filed by the relay, never dropped.
CREATE TABLE escalation_reports (
  id              text PRIMARY KEY,          -- EscalationReport.id
  request         text NOT NULL REFERENCES requests,
  report          jsonb NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_error      text,
  filed_at        timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX escalation_reports_to_file ON escalation_reports (next_attempt_at) WHERE filed_at IS NULL;

-- Not resolved in time and counting in the platform's availability (C §4.4.3): both spans end at the resolution.
CREATE TABLE late_escalations (
  escalation      text PRIMARY KEY REFERENCES escalations,
  contract        text NOT NULL REFERENCES contracts,
  priority        text NOT NULL,
  acknowledged_at timestamptz NOT NULL,
  due_at          timestamptz NOT NULL,
  resolved_at     timestamptz,               -- null while it lasts
  CHECK (acknowledged_at <= due_at AND due_at <= resolved_at)
);

-- Mails to publishers have threads of their own.
ALTER TABLE outbound_mails ADD COLUMN escalation text REFERENCES escalations;
ALTER TABLE outbound_mails DROP CONSTRAINT outbound_mails_audience_check;
ALTER TABLE outbound_mails ADD CONSTRAINT outbound_mails_audience_check CHECK (audience IN ('staff', 'customer', 'publisher'));
CREATE INDEX outbound_mails_by_escalation ON outbound_mails (escalation, created_at) WHERE escalation IS NOT NULL;

-- Each mail to a publisher offers an address for each thing that it may do; the address is the intent.
CREATE TABLE action_tokens (
  token  text PRIMARY KEY,
  mail   text NOT NULL REFERENCES outbound_mails,
  action text NOT NULL CHECK (action IN ('acknowledge', 'ask', 'deliverWorkaround', 'deliverFix', 'note'))
);
CREATE INDEX action_tokens_by_mail ON action_tokens (mail);

ALTER TABLE inbound_mails
  ADD COLUMN escalation       text REFERENCES escalations,
  ADD COLUMN publisher_person text REFERENCES publisher_people,
  ADD COLUMN action           text;          -- publisherAction: the command that it gives
ALTER TABLE inbound_mails DROP CONSTRAINT inbound_mails_disposition_check;
ALTER TABLE inbound_mails ADD CONSTRAINT inbound_mails_disposition_check CHECK (disposition IN
  ('answer', 'opening', 'unverified', 'unmatched', 'automatic', 'bounce', 'own', 'duplicate', 'accepted', 'attached', 'dismissed',
   'publisherAction', 'publisherNote'));
CREATE INDEX inbound_mails_by_escalation ON inbound_mails (escalation, received_at) WHERE escalation IS NOT NULL;
