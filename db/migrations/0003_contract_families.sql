-- Up Migration
-- What contracts of all families need: what a request says beside its text, the people who speak for a side, the portal's
-- outages, how versions of terms came about.

ALTER TABLE requests ADD COLUMN details jsonb NOT NULL DEFAULT '{}';  -- kind, product, behaviours: as they were said

ALTER TABLE contacts
  ADD COLUMN main     boolean NOT NULL DEFAULT false,
  ADD COLUMN referent boolean NOT NULL DEFAULT false,  -- who alone calls the publisher (C §4.1.2)
  ADD COLUMN reach    jsonb NOT NULL DEFAULT '{}';     -- by priority: other means of being reached (B §9)
CREATE UNIQUE INDEX contacts_main ON contacts (contract) WHERE active AND main;
CREATE UNIQUE INDEX contacts_referent ON contacts (contract) WHERE active AND referent;

-- Who replaced whom as main contact, and the signed writing that says so (B §9).
CREATE TABLE main_contact_changes (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract   text NOT NULL REFERENCES contracts,
  contact    text NOT NULL REFERENCES contacts,
  previous   text REFERENCES contacts,
  signed_by  text,
  signed_on  date,
  writing    text,                            -- reference of the document, where it is kept
  entered_by text NOT NULL,
  at         timestamptz NOT NULL DEFAULT now()
);

-- While the portal is marked as down some contracts admit requests by mail.
CREATE TABLE portal_outages (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  since     timestamptz NOT NULL,
  until     timestamptz,
  marked_by text NOT NULL,
  ended_by  text,
  CHECK (until IS NULL OR until >= since)
);
CREATE UNIQUE INDEX portal_is_down ON portal_outages ((until IS NULL)) WHERE until IS NULL;

-- A version without the notice that the contract asks for says why.
ALTER TABLE contract_terms
  ADD COLUMN reason          text,            -- why the terms changed
  ADD COLUMN notice_override text,            -- why without notice
  ADD COLUMN stored_by       text;

-- Mails that belong to no request: to somebody whose request was not taken, or to those who may ask. Each kind at most once
-- an address and day.
CREATE TABLE notices (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind          text NOT NULL CHECK (kind IN ('wrongChannel', 'notDesignated', 'askedByAnother')),
  contract      text NOT NULL REFERENCES contracts,
  inbound_mail  uuid REFERENCES inbound_mails ON DELETE SET NULL, -- what it answers
  address       text NOT NULL,
  name          text NOT NULL,
  language      text NOT NULL CHECK (language IN ('fr', 'en')),
  about         text,                          -- askedByAnother: who asked
  day           date NOT NULL,                 -- in the contract's zone
  status        text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'accepted', 'refused')),
  claimed_until timestamptz,
  attempts      integer NOT NULL DEFAULT 0,
  last_error    text,
  ended_at      timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX notices_once_a_day ON notices (kind, lower(address), day);
CREATE INDEX notices_to_send ON notices (created_at) WHERE status = 'waiting';
