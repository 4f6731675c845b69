-- Up Migration
-- Planned visits of modules: one a period, and the schedules by which Temporal has them opened.

CREATE TABLE planned_visits (
  contract     text NOT NULL REFERENCES contracts,
  module       text NOT NULL,
  period       text NOT NULL,                -- 2027-03, 2027
  request      text NOT NULL REFERENCES requests,
  intervention text NOT NULL REFERENCES interventions,
  opened_at    timestamptz NOT NULL DEFAULT now(),
  started_at   timestamptz,                  -- null until the workflows of both have been started
  PRIMARY KEY (contract, module, period)
);
CREATE INDEX planned_visits_unstarted ON planned_visits (opened_at) WHERE started_at IS NULL;
CREATE INDEX planned_visits_newest ON planned_visits (contract, module, opened_at DESC);

CREATE TABLE visit_schedules (
  contract     text NOT NULL REFERENCES contracts,
  module       text NOT NULL,
  content_hash bytea,                        -- of what Temporal was told; null until it has been
  told_at      timestamptz,
  PRIMARY KEY (contract, module)
);
