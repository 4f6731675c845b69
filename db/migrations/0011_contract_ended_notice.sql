-- Up Migration
-- What is told to a contact whose mail came after the end of the contract; `about` is its last day then.

ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN
  ('wrongChannel', 'notDesignated', 'askedByAnother', 'contractEnded',
   'creditExpiring', 'creditLow', 'creditGone', 'creditRenewed'));
