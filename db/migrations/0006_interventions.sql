-- Up Migration
-- Interventions: planned, prepaid work on a request; what customers approve; allowances of modules; time that may be billed.

CREATE TABLE interventions (
  id             text PRIMARY KEY,           -- intervention:<request>:<n>, also the workflow's id
  request        text NOT NULL REFERENCES requests,
  n              integer NOT NULL CHECK (n >= 1),
  contract       text NOT NULL REFERENCES contracts,
  terms_version  integer NOT NULL,
  contact        text NOT NULL REFERENCES contacts, -- who approves
  module         text,                       -- a planned visit of this module
  stage          text NOT NULL DEFAULT 'opening' CHECK (stage IN ('opening', 'open')),
  opening        jsonb NOT NULL,             -- the InterventionCommandOf<'open'> with which it is started
  version        integer NOT NULL DEFAULT 0,
  status         text,
  assignee       text,
  planned_from   timestamptz,
  planned_to     timestamptz,
  open_tasks     integer NOT NULL DEFAULT 0,
  state          jsonb,                      -- InterventionState of the last transition
  view           jsonb,                      -- InterventionView
  calendar_versions jsonb NOT NULL DEFAULT '{}',
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (request, n),
  FOREIGN KEY (contract, terms_version) REFERENCES contract_terms
);
CREATE INDEX interventions_by_contract ON interventions (contract, created_at DESC);
CREATE INDEX interventions_planned ON interventions (planned_from) WHERE status = 'scheduled';
CREATE INDEX interventions_lacking_credit ON interventions (contract) WHERE view->'missing' <> '{}';

-- What the customer reads before approving. Stored before it is sent, never changed: what was approved stays what it was.
CREATE TABLE intervention_estimates (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  intervention  text NOT NULL REFERENCES interventions ON DELETE CASCADE,
  service       text,                        -- code in the catalogue
  scope         text NOT NULL,
  prerequisites jsonb NOT NULL DEFAULT '[]',
  limits        jsonb NOT NULL DEFAULT '[]', -- what it takes in, and leaves out
  deliverables  jsonb NOT NULL DEFAULT '[]',
  figures       jsonb NOT NULL,              -- EstimateFigures
  drafted_by    text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX intervention_estimates_by_intervention ON intervention_estimates (intervention);

-- Links of mails: single-use, and they run out. What they allow is decided by the workflow.
CREATE TABLE approval_tokens (
  hash         bytea PRIMARY KEY,            -- SHA-256 of the token
  intervention text NOT NULL REFERENCES interventions,
  purpose      text NOT NULL CHECK (purpose IN ('estimate', 'more')),
  estimate     uuid REFERENCES intervention_estimates,
  contact      text NOT NULL REFERENCES contacts,
  mail         text NOT NULL,                -- effect key of the mail that has the link
  expires_at   timestamptz NOT NULL,
  used_at      timestamptz,
  UNIQUE (mail)
);

CREATE TABLE intervention_timeline (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  intervention text NOT NULL REFERENCES interventions,
  seq          integer NOT NULL,
  line         integer NOT NULL,
  at           timestamptz NOT NULL,
  type         text NOT NULL,
  audience     text NOT NULL CHECK (audience IN ('staff', 'customer')),
  who          text NOT NULL,
  channel      text NOT NULL,
  entered_by   text,
  entered_at   timestamptz,
  text_id      uuid REFERENCES texts,
  mail_id      uuid,
  facts        jsonb NOT NULL DEFAULT '{}',
  UNIQUE (intervention, seq, line)
);

ALTER TABLE outbound_mails ADD COLUMN intervention text REFERENCES interventions;
CREATE INDEX outbound_mails_by_intervention ON outbound_mails (intervention, created_at) WHERE intervention IS NOT NULL;

-- Time of modules, consumed before credit: each taking and returning once, and never more than a period has.
CREATE TABLE module_allowances (
  contract text NOT NULL REFERENCES contracts,
  module   text NOT NULL,
  period   text NOT NULL,                    -- 2027-03, 2027
  seconds  integer NOT NULL CHECK (seconds >= 0),
  used     integer NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND seconds),
  PRIMARY KEY (contract, module, period)
);
CREATE TABLE module_allowance_moves (
  key          text PRIMARY KEY,
  content_hash bytea NOT NULL,
  contract     text NOT NULL,
  module       text NOT NULL,
  period       text NOT NULL,
  seconds      integer NOT NULL,             -- taken; negative: returned
  request      text REFERENCES requests,
  intervention text REFERENCES interventions,
  who          text NOT NULL,
  at           timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (contract, module, period) REFERENCES module_allowances
);

-- Calls of the hotline about an incident, and remote work on it: one after the other, so that free minutes count once.
CREATE TABLE hotline_calls (
  id            text PRIMARY KEY,            -- hotline:<request>:<n>, also the workflow's id
  request       text NOT NULL REFERENCES requests,
  n             integer NOT NULL CHECK (n >= 1),
  contract      text NOT NULL REFERENCES contracts,
  terms_version integer NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('call', 'remoteWork')),
  agent         text NOT NULL,               -- staff:<id>
  began_at      timestamptz NOT NULL,
  told_at       timestamptz,                 -- the agent was alerted that free minutes run out
  ended_at      timestamptz,
  seconds       integer CHECK (seconds >= 1),
  free_seconds  integer CHECK (free_seconds BETWEEN 0 AND seconds),
  unit          text,
  units         integer CHECK (units >= 0),
  debited_at    timestamptz,                 -- null while units are owed and not debited
  UNIQUE (request, n),
  CHECK (num_nonnulls(ended_at, seconds, free_seconds, unit, units) IN (0, 5)),
  CHECK (debited_at IS NULL OR ended_at IS NOT NULL),
  FOREIGN KEY (contract, terms_version) REFERENCES contract_terms
);
CREATE UNIQUE INDEX hotline_one_call ON hotline_calls (request) WHERE ended_at IS NULL;
CREATE INDEX hotline_undebited ON hotline_calls (contract) WHERE ended_at IS NOT NULL AND debited_at IS NULL;

-- Time on a cause that was not the product (B §7): proposed, and billed only once a supervisor has confirmed it.
CREATE TABLE billing_proposals (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  request     text NOT NULL REFERENCES requests,
  contract    text NOT NULL REFERENCES contracts,
  seconds     integer NOT NULL CHECK (seconds >= 1),
  cause       uuid NOT NULL REFERENCES texts,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL DEFAULT now(),
  decision    text CHECK (decision IN ('confirmed', 'rejected')),
  decided_by  text CHECK (decided_by <> proposed_by),
  decided_at  timestamptz,
  reason      uuid REFERENCES texts,
  CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX billing_proposals_open ON billing_proposals (proposed_at) WHERE decision IS NULL;
