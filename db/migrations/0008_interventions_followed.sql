-- Up Migration
-- What relays follow up of interventions and calls: those whose workflow was never started.

CREATE INDEX interventions_opening ON interventions (created_at) WHERE stage = 'opening';

-- When the call's workflow was last started, or found; null where nobody has, since a relay or the API may end in between.
ALTER TABLE hotline_calls ADD COLUMN followed_at timestamptz;
CREATE INDEX hotline_followed ON hotline_calls (followed_at) WHERE debited_at IS NULL;

-- Whether interventions have windows of the calendar. Terms stored so far say it by name; those without a word count on the support's own.
ALTER TABLE contract_calendars ADD COLUMN counted_by_interventions boolean NOT NULL DEFAULT true;
UPDATE contract_calendars c SET counted_by_interventions = false
FROM contract_terms t
WHERE t.contract = c.contract AND t.version = c.terms_version
  AND c.name IS DISTINCT FROM t.terms->>'supportCalendar'
  AND c.name IS DISTINCT FROM t.terms#>>'{interventions,cancellation,freeUntil,calendar}'
  AND c.name IS DISTINCT FROM t.terms#>>'{interventions,approvalWithin,calendar}'
  AND NOT EXISTS (
    SELECT FROM jsonb_path_query((t.terms #> '{interventions,remindersAfter}')::jsonb, '$[*].calendar') r
    WHERE r #>> '{}' = c.name);

CREATE INDEX interventions_not_over ON interventions (contract, terms_version)
  WHERE status NOT IN ('done', 'infeasible', 'declined', 'expired', 'cancelled');

-- Interventions that a relay is telling of new opening hours, as hours_told has requests.
CREATE TABLE intervention_hours_told (
  intervention text NOT NULL REFERENCES interventions ON DELETE CASCADE,
  calendar     text NOT NULL REFERENCES calendars,
  version      integer NOT NULL,
  attempts     integer NOT NULL DEFAULT 1,
  until        timestamptz NOT NULL,
  PRIMARY KEY (intervention, calendar)
);
