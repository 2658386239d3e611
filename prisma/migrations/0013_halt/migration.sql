-- Which security officer locked a reset: the statement and its leaf decide, this is what people see.
ALTER TABLE "reset"
  ADD COLUMN "locked_by" UUID,
  ADD COLUMN "locked_by_name" TEXT;

-- What two security officers do together. The texts and their signatures decide, the other columns are for lists.
CREATE TABLE "joint_act" (
  "id" UUID NOT NULL PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "proposal" TEXT NOT NULL,
  "proposal_signature" BYTEA NOT NULL,
  "proposer" UUID NOT NULL,
  "proposer_name" TEXT NOT NULL,
  "proposed_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "body" TEXT,
  "signature" BYTEA,
  "confirmer" UUID,
  "confirmer_name" TEXT,
  "confirmed_at" TIMESTAMPTZ(3)
);
CREATE INDEX "joint_act_state_proposed_at_idx" ON "joint_act" ("state", "proposed_at");
