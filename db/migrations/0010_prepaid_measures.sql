-- Up Migration
-- What is counted again and again, or looked for in what has been done, is found without reading all that is over.

CREATE INDEX requests_with_tasks ON requests (number) WHERE open_tasks > 0;
CREATE INDEX interventions_with_tasks ON interventions (id) WHERE open_tasks > 0;
CREATE INDEX module_allowance_moves_by_period ON module_allowance_moves (contract, module, period);
