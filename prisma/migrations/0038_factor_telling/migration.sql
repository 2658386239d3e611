-- Changes of somebody's factors of which people have to be told. The verifier writes a row with the change itself, in one transaction.
CREATE TABLE "factor_telling" (
  "id" UUID NOT NULL PRIMARY KEY,
  "account_guid" UUID NOT NULL,
  "outcome" TEXT NOT NULL,
  "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "tries" INTEGER NOT NULL DEFAULT 0,
  "again_at" TIMESTAMPTZ(3) NOT NULL DEFAULT 'epoch',
  "done_at" TIMESTAMPTZ(3)
);
CREATE INDEX "factor_telling_waiting_idx" ON "factor_telling" ("again_at", "asked_at") WHERE "done_at" IS NULL;
-- A message is of a reset or of such a change.
ALTER TABLE "message" ALTER COLUMN "reset_id" DROP NOT NULL;
ALTER TABLE "message" ADD COLUMN "factor_telling_id" UUID REFERENCES "factor_telling" ("id");
ALTER TABLE "message" ADD CONSTRAINT "message_of_one_thing" CHECK (num_nonnulls("reset_id", "factor_telling_id") = 1);
-- Once a person, however often it is tried.
CREATE UNIQUE INDEX "message_factor_telling_id_person_key" ON "message" ("factor_telling_id", "person");
