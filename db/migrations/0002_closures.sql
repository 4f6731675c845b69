-- Up Migration
-- Announced closures of calendars, and which opening hours each request counts on.

-- The calendars of each version of terms. Contracts that share one have the same id.
CREATE TABLE contract_calendars (
  contract          text NOT NULL,
  terms_version     integer NOT NULL,
  name              text NOT NULL,           -- in the terms
  calendar          text NOT NULL,           -- id: contracts/calendar.ts calendarId
  zone              text NOT NULL,           -- IANA; days of closures are local in it
  closures_admitted boolean NOT NULL,
  counted           boolean NOT NULL,        -- whether requests have windows of it
  PRIMARY KEY (contract, terms_version, name),
  FOREIGN KEY (contract, terms_version) REFERENCES contract_terms
);
CREATE INDEX contract_calendars_by_id ON contract_calendars (calendar);
-- Terms stored so far name no ids.
INSERT INTO contract_calendars
SELECT t.contract, t.version, c.key, t.contract || '.' || c.key, c.value->>'zone',
       coalesce((c.value->>'closuresAdmitted')::boolean, false), true
FROM contract_terms t CROSS JOIN LATERAL json_each(t.terms->'calendars') c;

-- Grows with each announcement and each taking back. A calendar that is not here is in version 1.
CREATE TABLE calendars (
  id      text PRIMARY KEY,
  version integer NOT NULL CHECK (version >= 2)
);

-- A local day, or an interval. It counts from its announcement until it is taken back, and is never deleted.
CREATE TABLE closures (
  id                 uuid PRIMARY KEY,       -- the command's: repeated, it announces once
  calendar           text NOT NULL REFERENCES calendars,
  day                date,
  begins_at          timestamptz,
  ends_at            timestamptz,
  reason             text NOT NULL,
  announced_at       timestamptz NOT NULL,
  announced_by       text NOT NULL,          -- who: staff:<id>
  entered_at         timestamptz NOT NULL,
  late_reason        text,                   -- why it was entered after its announcement
  taken_back_at      timestamptz,
  taken_back_by      text,
  taken_back_command uuid,
  CHECK ((day IS NULL) = (begins_at IS NOT NULL AND ends_at IS NOT NULL)),
  CHECK (ends_at > begins_at),
  CHECK ((announced_at = entered_at) = (late_reason IS NULL)),
  CHECK ((taken_back_at IS NULL) = (taken_back_by IS NULL) AND (taken_back_at IS NULL) = (taken_back_command IS NULL))
);
CREATE INDEX closures_by_calendar ON closures (calendar, announced_at);

-- By calendar id, where it is more than 1: written by the saves, so it is what the workflow counts on.
ALTER TABLE requests ADD COLUMN calendar_versions jsonb NOT NULL DEFAULT '{}';
CREATE INDEX requests_not_closed ON requests (contract, terms_version) WHERE status <> 'closed';

-- Requests that a relay is telling of new opening hours: a claim that runs out. Gone once the row of the request has them.
CREATE TABLE hours_told (
  number   text NOT NULL REFERENCES requests ON DELETE CASCADE,
  calendar text NOT NULL REFERENCES calendars,
  version  integer NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  until    timestamptz NOT NULL,
  PRIMARY KEY (number, calendar)
);
