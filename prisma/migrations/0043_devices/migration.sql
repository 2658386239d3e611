-- Devices with an agent: a key of their own, and nobody's account in particular. Those without one stay as they are.
ALTER TABLE "device"
  ALTER COLUMN "account_guid" DROP NOT NULL,
  ALTER COLUMN "account_name" DROP NOT NULL,
  ADD COLUMN "state" TEXT NOT NULL DEFAULT 'by-hand',
  -- SHA-256 of the public key, by which a connection is known.
  ADD COLUMN "key_hash" TEXT,
  ADD COLUMN "public_key" BYTEA,
  ADD COLUMN "ticket_id" UUID,
  ADD COLUMN "enrolled_by" UUID,
  ADD COLUMN "enrolled_by_name" TEXT,
  ADD COLUMN "approved_by" UUID,
  ADD COLUMN "approved_by_name" TEXT,
  ADD COLUMN "approved_at" TIMESTAMPTZ(3),
  ADD COLUMN "revoked_by_name" TEXT,
  ADD COLUMN "revoked_at" TIMESTAMPTZ(3),
  -- The verifier's, over all that decides.
  ADD COLUMN "signature" BYTEA,
  ADD COLUMN "agent_version" TEXT,
  ADD COLUMN "last_seen_at" TIMESTAMPTZ(3),
  -- What the device itself last said and signed.
  ADD COLUMN "report_sequence" BIGINT NOT NULL DEFAULT -1,
  ADD COLUMN "report" TEXT,
  ADD COLUMN "report_signature" BYTEA,
  ADD COLUMN "reported_at" TIMESTAMPTZ(3);
CREATE UNIQUE INDEX "device_key_hash_key" ON "device" ("key_hash");
CREATE UNIQUE INDEX "device_name_of_agent" ON "device" ("name") WHERE "key_hash" IS NOT NULL AND "state" <> 'revoked';
-- Whose credentials a device has cached, as it last reported.
CREATE TABLE "device_account" (
  "device_id" UUID NOT NULL REFERENCES "device" ("id"),
  "sid" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "cached_at" TIMESTAMPTZ(3),
  "last_online_auth" TIMESTAMPTZ(3),
  PRIMARY KEY ("device_id", "sid")
);
CREATE INDEX "device_account_sid_idx" ON "device_account" ("sid");
CREATE TABLE "device_ticket" (
  "id" UUID NOT NULL PRIMARY KEY,
  -- Keyed by the verifier's pepper: the table alone opens nothing.
  "hash" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "issuer" UUID NOT NULL,
  "issuer_name" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  "signature" BYTEA NOT NULL
);
CREATE UNIQUE INDEX "device_ticket_hash_key" ON "device_ticket" ("hash");
-- What a device with an agent was told, as the verifier signed it, and how far it came.
ALTER TABLE "notice"
  ADD COLUMN "statement" TEXT,
  ADD COLUMN "signature" BYTEA,
  ADD COLUMN "written_at" TIMESTAMPTZ(3),
  ADD COLUMN "expires_at" TIMESTAMPTZ(3),
  ADD COLUMN "reason" TEXT,
  ADD COLUMN "last_online_auth" TIMESTAMPTZ(3),
  ADD COLUMN "changed_at" TIMESTAMPTZ(3);
CREATE INDEX "notice_device_id_state_idx" ON "notice" ("device_id", "state");
