-- Up Migration
-- Prepaid credit: orders, lots and entries, which are only ever added to; balances, which follow from entries; notices of it.

ALTER TABLE staff DROP CONSTRAINT staff_role_check;
ALTER TABLE staff ADD CONSTRAINT staff_role_check CHECK (role IN ('agent', 'supervisor', 'billing'));

-- A row a contract that ever had a lot. Locked before the lots where a base may renew, so that it renews once.
CREATE TABLE credit_contracts (
  contract   text PRIMARY KEY REFERENCES contracts,
  told_entry bigint NOT NULL DEFAULT 0,      -- the newest entry that its workflow has been told of
  told_at    timestamptz NOT NULL DEFAULT now()
);

-- What was bought: each is to be invoiced.
CREATE TABLE credit_orders (
  id               integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key              text NOT NULL UNIQUE,     -- idempotency key, also that of its entry
  contract         text NOT NULL REFERENCES contracts,
  kind             text NOT NULL CHECK (kind IN ('order', 'renewal')),
  unit             text NOT NULL,            -- name in the terms' credits
  units            integer NOT NULL CHECK (units > 0),
  cents            bigint NOT NULL CHECK (cents >= 0), -- of the whole order, without VAT
  vat_basis_points integer NOT NULL CHECK (vat_basis_points BETWEEN 0 AND 10000),
  signed_on        date NOT NULL,            -- local date; of a renewal the date of the work that caused it
  order_form       text,                     -- reference of the signed form
  terms_version    integer NOT NULL,
  who              text NOT NULL,
  at               timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((kind = 'order') = (order_form IS NOT NULL)),
  FOREIGN KEY (contract, terms_version) REFERENCES contract_terms
);
CREATE UNIQUE INDEX credit_orders_form ON credit_orders (contract, order_form) WHERE order_form IS NOT NULL;
CREATE INDEX credit_orders_by_contract ON credit_orders (contract, id);

CREATE TABLE credit_lots (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "order"    integer NOT NULL UNIQUE REFERENCES credit_orders,
  contract   text NOT NULL REFERENCES contracts,
  unit       text NOT NULL,
  units      integer NOT NULL CHECK (units > 0),
  valid_from date,                           -- local dates; null: as long as the contract
  last_day   date,                           -- valid to its end
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (valid_from <= last_day),
  UNIQUE (id, contract)
);
CREATE INDEX credit_lots_by_contract ON credit_lots (contract, unit, last_day, id);

-- One row a lot and step of an operation: (key, line) makes an operation happen once.
CREATE TABLE credit_entries (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key          text NOT NULL CHECK (length(key) <= 300),
  line         integer NOT NULL CHECK (line >= 1),
  content_hash bytea NOT NULL,               -- of the operation that was asked for
  contract     text NOT NULL,
  lot          integer NOT NULL,
  kind         text NOT NULL,
  available    integer NOT NULL,
  pending      integer NOT NULL,
  on_day       date NOT NULL,                -- local date of the work, the signature, the end
  reservation  text,                         -- key of the operation that reserved
  corrects     text,                         -- key of the operation that was wrong
  request      text REFERENCES requests,
  intervention text,
  who          text NOT NULL,
  why          text NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT credit_entries_once UNIQUE (key, line),
  FOREIGN KEY (lot, contract) REFERENCES credit_lots (id, contract),
  CHECK (CASE kind
    WHEN 'purchase' THEN available > 0 AND pending = 0
    WHEN 'renewal' THEN available > 0 AND pending = 0
    WHEN 'debit' THEN available < 0 AND pending = 0
    WHEN 'expire' THEN available < 0 AND pending = 0
    WHEN 'reserve' THEN available < 0 AND pending = -available
    WHEN 'release' THEN available > 0 AND pending = -available
    WHEN 'post' THEN available = 0 AND pending < 0
    WHEN 'forfeit' THEN available = 0 AND pending < 0
    WHEN 'correct' THEN available <> 0 AND pending = 0 AND corrects IS NOT NULL
    ELSE false END),
  CHECK (kind NOT IN ('reserve', 'release', 'post', 'forfeit') OR reservation IS NOT NULL)
);
-- What is corrected is corrected once; the next correction names the correction.
CREATE UNIQUE INDEX credit_entries_corrected ON credit_entries (corrects) WHERE corrects IS NOT NULL AND line = 1;
CREATE INDEX credit_entries_by_contract ON credit_entries (contract, id);
CREATE INDEX credit_entries_by_lot ON credit_entries (lot, id);

-- The rows that are locked: in order of the lots' last day, then id. Sums of entries, never below nothing.
CREATE TABLE lot_balances (
  lot       integer PRIMARY KEY REFERENCES credit_lots,
  available integer NOT NULL DEFAULT 0 CHECK (available >= 0),
  pending   integer NOT NULL DEFAULT 0 CHECK (pending >= 0)
) WITH (fillfactor = 50);                    -- room to write the new row beside the old one

-- What a reservation still holds of each lot: it cannot be settled twice.
CREATE TABLE reservation_balances (
  reservation text NOT NULL,
  lot         integer NOT NULL REFERENCES credit_lots,
  pending     integer NOT NULL CHECK (pending >= 0),
  PRIMARY KEY (reservation, lot)
);
CREATE INDEX reservation_balances_open ON reservation_balances (lot) WHERE pending > 0;

CREATE FUNCTION begin_lot_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lot_balances (lot) SELECT id FROM entered;
  RETURN NULL;
END $$;
CREATE TRIGGER lot_has_balance AFTER INSERT ON credit_lots
  REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION begin_lot_balance();

-- Balances are written here only, in the transaction of their entries, line by line.
CREATE FUNCTION carry_credit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lot_balances SET available = available + NEW.available, pending = pending + NEW.pending WHERE lot = NEW.lot;
  IF NEW.kind = 'reserve' THEN
    INSERT INTO reservation_balances (reservation, lot, pending) VALUES (NEW.reservation, NEW.lot, NEW.pending);
  ELSIF NEW.pending <> 0 THEN
    UPDATE reservation_balances SET pending = pending + NEW.pending
    WHERE reservation = NEW.reservation AND lot = NEW.lot;
    IF NOT FOUND THEN RAISE EXCEPTION 'nothing is reserved' USING ERRCODE = 'check_violation'; END IF;
  END IF;
  RETURN NULL;
END $$;
-- Triggers run in the order of their names: this one before those of the references ("RI_…"), which would let all who wait for the
-- balance share a lock of the lot.
CREATE TRIGGER "Carried" AFTER INSERT ON credit_entries FOR EACH ROW EXECUTE FUNCTION carry_credit_entry();

-- Nobody changes or deletes what the ledger has, whatever their rights, not even where nothing would be concerned.
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the ledger is only added to', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'Enter a correction that names what it corrects.';
END $$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_orders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_lots
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
-- Balances change by entries: inside the trigger that carries them, at depth 1.
CREATE TRIGGER only_by_entries BEFORE INSERT OR UPDATE ON lot_balances
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON lot_balances
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER only_by_entries BEFORE INSERT OR UPDATE ON reservation_balances
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON reservation_balances
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

-- Also for sessions that say they replicate.
ALTER TABLE credit_orders ENABLE ALWAYS TRIGGER only_added_to;
ALTER TABLE credit_lots ENABLE ALWAYS TRIGGER only_added_to;
ALTER TABLE credit_lots ENABLE ALWAYS TRIGGER lot_has_balance;
ALTER TABLE credit_entries ENABLE ALWAYS TRIGGER only_added_to;
ALTER TABLE credit_entries ENABLE ALWAYS TRIGGER "Carried";
ALTER TABLE lot_balances ENABLE ALWAYS TRIGGER only_by_entries;
ALTER TABLE lot_balances ENABLE ALWAYS TRIGGER never_deleted;
ALTER TABLE reservation_balances ENABLE ALWAYS TRIGGER only_by_entries;
ALTER TABLE reservation_balances ENABLE ALWAYS TRIGGER never_deleted;

-- No rights either, where the role is not a superuser, who has them all. References lock the row that they point to, for which
-- PostgreSQL wants the right to update a column of it: that of an id that can never be written.
REVOKE UPDATE, DELETE, TRUNCATE ON credit_orders, credit_lots, credit_entries FROM PUBLIC, CURRENT_USER;
GRANT UPDATE (id) ON credit_orders, credit_lots TO CURRENT_USER;
REVOKE DELETE, TRUNCATE ON lot_balances, reservation_balances FROM PUBLIC, CURRENT_USER;

-- Notices of credit: each key once an address, instead of each kind once an address and day.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN
  ('wrongChannel', 'notDesignated', 'askedByAnother', 'creditExpiring', 'creditLow', 'creditGone', 'creditRenewed'));
ALTER TABLE notices
  ADD COLUMN key   text,                     -- what the notice is about, such as expiring:<lot>:<days>
  ADD COLUMN facts jsonb;                    -- what it says
DROP INDEX notices_once_a_day;
CREATE UNIQUE INDEX notices_once_a_day ON notices (kind, lower(address), day) WHERE key IS NULL;
CREATE UNIQUE INDEX notices_once_a_key ON notices (key, lower(address)) WHERE key IS NOT NULL;

-- What has been announced of a contract's credit, once each; also what had nobody to be told.
CREATE TABLE credit_announcements (
  contract text NOT NULL REFERENCES contracts,
  key      text NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (contract, key)
);
