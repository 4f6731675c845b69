-- Up Migration
-- The end of a contract: a fact that a supervisor notes once it is certain. Terms say how long it lasts, not since when, nor who ended it.

ALTER TABLE contracts
  ADD COLUMN ends_on       date,        -- last local day in its zone; null while no end is known
  ADD COLUMN ends_reason   text,
  ADD COLUMN ends_noted_by text,        -- who: staff:<id>
  ADD COLUMN ends_noted_at timestamptz,
  ADD CHECK (num_nonnulls(ends_on, ends_reason, ends_noted_by, ends_noted_at) IN (0, 4));
