-- When and from where a key was used last, for its owner to see.
ALTER TABLE "passkey" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
ALTER TABLE "passkey" ADD COLUMN "last_used_from" TEXT;
-- A factor that counts nowhere until a second person has settled it. Rows are added and never changed.
CREATE TABLE "factor_freeze" (
  "id" UUID NOT NULL PRIMARY KEY,
  "factor_id" UUID NOT NULL,
  "account_guid" UUID NOT NULL,
  "why" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL
);
CREATE INDEX "factor_freeze_factor_id_idx" ON "factor_freeze" ("factor_id");
CREATE INDEX "factor_freeze_account_guid_idx" ON "factor_freeze" ("account_guid");
-- The end of one freeze, signed by the verifier.
CREATE TABLE "factor_thaw" (
  "freeze_id" UUID NOT NULL PRIMARY KEY,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "signature" BYTEA NOT NULL
);
