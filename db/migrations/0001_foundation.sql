-- Up Migration
-- Contracts, people, requests with their read model and timeline, texts, mails out and in, idempotency.

CREATE TABLE contracts (
  reference    text PRIMARY KEY,
  family       text NOT NULL,
  customer     text NOT NULL,               -- the customer's name
  zone         text NOT NULL,               -- IANA; dates and numbers are said in it
  created_at   timestamptz NOT NULL DEFAULT now()
);

-- A request keeps the version it was opened under.
CREATE TABLE contract_terms (
  contract       text NOT NULL REFERENCES contracts,
  version        integer NOT NULL CHECK (version >= 1),
  effective_from date NOT NULL,
  terms          json NOT NULL,              -- validated by contracts/terms.ts; json keeps the order in which it is written
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (contract, version)
);

CREATE TABLE contacts (
  id         text PRIMARY KEY,
  contract   text NOT NULL REFERENCES contracts,
  name       text NOT NULL,
  email      text NOT NULL,
  language   text NOT NULL CHECK (language IN ('fr', 'en')),
  trained    boolean NOT NULL,               -- only trained people may ask (D §1.3)
  active     boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX contacts_address ON contacts (contract, lower(email)) WHERE active;
CREATE INDEX contacts_email ON contacts (lower(email)) WHERE active;

CREATE TABLE staff (
  id       text PRIMARY KEY,
  name     text NOT NULL,
  email    text NOT NULL,
  role     text NOT NULL CHECK (role IN ('agent', 'supervisor')),
  language text NOT NULL DEFAULT 'fr' CHECK (language IN ('fr', 'en')),
  active   boolean NOT NULL DEFAULT true
);

-- 256 random bits; only their SHA-256 is here.
CREATE TABLE access_tokens (
  hash       bytea PRIMARY KEY,
  staff      text REFERENCES staff,
  contact    text REFERENCES contacts,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((staff IS NULL) <> (contact IS NULL))
);

-- Numbers: DA-<year in the contract's zone>-<counter>; gaps are allowed.
CREATE TABLE request_numbers (
  year integer PRIMARY KEY,
  last integer NOT NULL
);

-- `opening`: the row exists before Temporal is called; the relay starts what stays so for a minute.
CREATE TABLE requests (
  number          text PRIMARY KEY,
  contract        text NOT NULL REFERENCES contracts,
  terms_version   integer NOT NULL,
  contact         text NOT NULL REFERENCES contacts,
  previous        text REFERENCES requests,
  stage           text NOT NULL DEFAULT 'opening' CHECK (stage IN ('opening', 'open')),
  opening         jsonb NOT NULL,            -- the CommandOf<'open'> with which it is started
  subject         text NOT NULL,
  language        text NOT NULL,
  version         integer NOT NULL DEFAULT 0,
  status          text,
  priority        text NOT NULL,
  assignee        text,
  breached        boolean NOT NULL DEFAULT false,
  next_due_at     timestamptz,
  next_reminder_at timestamptz,
  reopen_until    timestamptz,
  open_tasks      integer NOT NULL DEFAULT 0,
  state           jsonb,                     -- RequestState of the last transition: reopening starts from it
  view            jsonb,                     -- RequestView
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (contract, terms_version) REFERENCES contract_terms
);
CREATE INDEX requests_by_contract ON requests (contract, number DESC);
CREATE INDEX requests_by_status ON requests (status, number DESC);
CREATE INDEX requests_opening ON requests (created_at) WHERE stage = 'opening';

-- What people wrote. Stored before the command, deleted when the command is refused; histories know the id only.
CREATE TABLE texts (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  number     text NOT NULL REFERENCES requests ON DELETE CASCADE,
  body       text NOT NULL,
  author     text NOT NULL,                  -- who: staff:<id>, contact:<id>
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX texts_by_request ON texts (number);

-- One row a line; (number, seq, line) makes a save repeatable.
CREATE TABLE timeline (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number     text NOT NULL REFERENCES requests,
  seq        integer NOT NULL,
  line       integer NOT NULL,
  at         timestamptz NOT NULL,
  type       text NOT NULL,
  audience   text NOT NULL CHECK (audience IN ('staff', 'customer')),
  who        text NOT NULL,
  channel    text NOT NULL,
  entered_by text,
  entered_at timestamptz,
  text_id    uuid REFERENCES texts,
  mail_id    uuid,
  facts      jsonb NOT NULL DEFAULT '{}',
  UNIQUE (number, seq, line)
);

-- Effects that have been carried out, with a hash of their content: same key, other content = EffectConflict.
CREATE TABLE effects (
  key          text PRIMARY KEY,
  content_hash bytea NOT NULL,
  done_at      timestamptz NOT NULL DEFAULT now()
);

-- A row before sending. `sending` is a claim that runs out.
CREATE TABLE outbound_mails (
  key           text PRIMARY KEY,            -- effect key
  content_hash  bytea NOT NULL,              -- of the order
  mail_order    jsonb NOT NULL,              -- MailOrder: given back with a bounce, to send it again
  number        text NOT NULL REFERENCES requests,
  kind          text NOT NULL,
  audience      text NOT NULL CHECK (audience IN ('staff', 'customer')),
  recipient     text NOT NULL,               -- contact:<id> or staff
  address       text NOT NULL,
  message_id    text NOT NULL UNIQUE,
  token         text UNIQUE,                 -- reply token of this mail, and of its bounces
  subject       text NOT NULL,
  body          text NOT NULL,               -- the text part, as shown to staff
  body_html     text NOT NULL DEFAULT '',
  in_reply_to   text,                        -- Message-IDs with their angle brackets
  reference_ids text[] NOT NULL DEFAULT '{}',
  status        text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'accepted', 'refused', 'superseded')),
  claimed_until timestamptz,
  attempts      integer NOT NULL DEFAULT 0,
  last_error    text,                        -- SMTP reply code and enhanced code only
  ended_at      timestamptz,                 -- accepted, refused or superseded
  bounced_at    timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbound_mails_by_request ON outbound_mails (number, created_at);

-- The raw message is committed before the server says 250.
CREATE TABLE inbound_mails (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  received_at   timestamptz NOT NULL,        -- the instant of our 250
  envelope_from text NOT NULL,               -- empty for bounces
  envelope_to   text[] NOT NULL,
  remote_ip     text,
  helo          text,
  raw           bytea NOT NULL,
  content_hash  bytea NOT NULL,
  message_id    text,
  -- received → parsed → relayed; `unreadable` when it cannot be parsed within the limits
  stage         text NOT NULL DEFAULT 'received' CHECK (stage IN ('received', 'relayed', 'unreadable')),
  attempts      integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_error    text,
  -- what it turned out to be
  disposition   text CHECK (disposition IN
    ('answer', 'opening', 'unverified', 'unmatched', 'automatic', 'bounce', 'own', 'duplicate', 'accepted', 'attached', 'dismissed')),
  reason        text,                        -- why unverified, unmatched …, in a word
  number        text REFERENCES requests,
  contact       text REFERENCES contacts,
  bounced       text REFERENCES outbound_mails, -- a bounce: the mail that came back
  sender        text,                        -- header From, address only
  subject       text,
  body_new      text,                        -- without the quoted part
  body_full     text,
  body_html     text,                        -- sanitised
  attachments   jsonb NOT NULL DEFAULT '[]', -- name, type, size
  looked_at     timestamptz,
  looked_by     text,
  dismissed_because text                     -- what the person who dismissed it gave as reason
);
CREATE INDEX inbound_mails_to_relay ON inbound_mails (next_attempt_at) WHERE stage = 'received';
CREATE INDEX inbound_mails_by_request ON inbound_mails (number, received_at);
CREATE INDEX inbound_mails_by_message_id ON inbound_mails (message_id);
CREATE INDEX inbound_mails_by_content ON inbound_mails (content_hash);
CREATE INDEX inbound_mails_to_look_at ON inbound_mails (received_at) WHERE disposition IN ('unverified', 'unmatched') AND looked_at IS NULL;

CREATE TABLE idempotency_keys (
  caller     text NOT NULL,                  -- staff:<id> or contact:<id>
  route      text NOT NULL,
  key        text NOT NULL CHECK (length(key) <= 255),
  body_hash  bytea NOT NULL,
  update_id  text NOT NULL,                  -- the command id: a retry goes on with the same
  number     text,                           -- the request number already given, for openings
  running_until timestamptz,                 -- the first call is under way until then
  status     integer,                        -- final answer, once there is one
  body       jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (caller, route, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
