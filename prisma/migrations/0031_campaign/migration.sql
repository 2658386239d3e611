-- Enrolment campaigns: tickets on paper for people who have no factor yet, approved by two. What two people signed stands
-- in joint_act, and here is what became of it. A row of a person is the verifier's, signed, and so is the ticket, a code with its campaign.
CREATE TABLE "campaign" (
  "id" UUID NOT NULL PRIMARY KEY,
  "name" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "approver" UUID NOT NULL,
  "approved_at" TIMESTAMPTZ(3) NOT NULL,
  "printed_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3)
);
CREATE INDEX "campaign_state_until_idx" ON "campaign" ("state", "until");
CREATE TABLE "campaign_person" (
  "campaign_id" UUID NOT NULL REFERENCES "campaign" ("id"),
  "account_guid" UUID NOT NULL,
  "account_name" TEXT NOT NULL,
  "display_name" TEXT NOT NULL,
  "unit" TEXT NOT NULL,
  "ticket" UUID,
  "signature" BYTEA NOT NULL,
  PRIMARY KEY ("campaign_id", "account_guid")
);
CREATE INDEX "campaign_person_account_guid_idx" ON "campaign_person" ("account_guid");
ALTER TABLE "code" ADD COLUMN "campaign_id" UUID;
CREATE INDEX "code_campaign_id_idx" ON "code" ("campaign_id");
