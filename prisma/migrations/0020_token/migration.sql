-- By how many steps an authenticator's clock was off when its last code was taken (RFC 6238 section 6).
ALTER TABLE "totp" ADD COLUMN "drift" INT NOT NULL DEFAULT 0;

-- A file of tokens that one person brought and that waits for another one with its key. The file is encrypted under a key
-- that the database does not hold, and erased with the end of the import.
CREATE TABLE "token_import" (
  "id" UUID NOT NULL PRIMARY KEY,
  "state" TEXT NOT NULL,
  "format" TEXT NOT NULL,
  "opened_by" TEXT NOT NULL,
  "sha256" TEXT NOT NULL,
  "packages" INT NOT NULL,
  "file" BYTEA,
  "key_id" TEXT NOT NULL,
  "brought_by" UUID NOT NULL,
  "brought_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "signature" BYTEA NOT NULL,
  "confirmed_by" UUID,
  "confirmed_at" TIMESTAMPTZ(3)
);
CREATE INDEX "token_import_state_expires_at_idx" ON "token_import" ("state", "expires_at");

-- Hardware tokens: what the verifier signed at their import, and what changes with their use.
CREATE TABLE "token" (
  "id" UUID NOT NULL PRIMARY KEY,
  "manufacturer" TEXT NOT NULL,
  "serial" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "algorithm" TEXT NOT NULL,
  "digits" INT NOT NULL,
  "period" INT,
  "secret" BYTEA NOT NULL,
  "key_id" TEXT NOT NULL,
  "import_id" UUID NOT NULL REFERENCES "token_import" ("id"),
  "expires_at" TIMESTAMPTZ(3),
  "signature" BYTEA NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'stock',
  "counter" BIGINT NOT NULL,
  "drift" INT NOT NULL DEFAULT 0,
  "failures" INT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX "token_manufacturer_serial_key" ON "token" ("manufacturer", "serial");
CREATE INDEX "token_serial_idx" ON "token" ("serial");

-- Who holds a token, and since when: signed by the verifier.
CREATE TABLE "token_assignment" (
  "id" UUID NOT NULL PRIMARY KEY,
  "token_id" UUID NOT NULL REFERENCES "token" ("id"),
  "account_guid" UUID NOT NULL,
  "account_name" TEXT NOT NULL,
  "assigned_at" TIMESTAMPTZ(3) NOT NULL,
  "assigned_by" UUID NOT NULL,
  "signature" BYTEA NOT NULL,
  "ended_at" TIMESTAMPTZ(3)
);
CREATE INDEX "token_assignment_account_guid_idx" ON "token_assignment" ("account_guid");
CREATE UNIQUE INDEX "token_assignment_open_key" ON "token_assignment" ("token_id") WHERE "ended_at" IS NULL;
