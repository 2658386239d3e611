-- The word of a colleague for the claimant of one reset. The row is the verifier's, signed, and burned with the proof it gives.
CREATE TABLE "vouch" (
  "id" UUID NOT NULL PRIMARY KEY,
  "reset_id" UUID NOT NULL,
  "account_guid" UUID NOT NULL,
  "voucher_guid" UUID NOT NULL,
  "method" TEXT NOT NULL,
  "credential" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  "signature" BYTEA NOT NULL
);
CREATE INDEX "vouch_reset_id_idx" ON "vouch" ("reset_id");
