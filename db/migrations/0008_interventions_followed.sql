-- Up Migration
-- What relays follow up of interventions and calls: those whose workflow was never started.

CREATE INDEX interventions_opening ON interventions (created_at) WHERE stage = 'opening';

-- When the call's workflow was last started, or found; null where nobody has, since a relay or the API may end in between.
ALTER TABLE hotline_calls ADD COLUMN followed_at timestamptz;
CREATE INDEX hotline_followed ON hotline_calls (followed_at) WHERE debited_at IS NULL;
