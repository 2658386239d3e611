-- What cannot be told is tried again ever more seldom, so that it does not take the place of what can.
ALTER TABLE "telling" ADD COLUMN "tries" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "again_at" TIMESTAMPTZ(3) NOT NULL DEFAULT 'epoch';
ALTER TABLE "telling" DROP COLUMN "tried_at";
DROP INDEX "telling_waiting_idx";
CREATE INDEX "telling_waiting_idx" ON "telling" ("again_at", "asked_at") WHERE "done_at" IS NULL;
-- The sweep asks the server about these at each turn: they are few among the many that only wait.
CREATE INDEX "account_claim_committed_idx" ON "account_claim" ("reset_id") WHERE "committed";
-- A reset that moves on looks for its own claim.
CREATE INDEX "account_claim_reset_id_idx" ON "account_claim" ("reset_id");
