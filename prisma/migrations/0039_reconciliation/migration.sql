-- What the directory last said of each password, and how many of our writes explain it.
CREATE TABLE "seen_password" (
  "account_guid" UUID NOT NULL PRIMARY KEY,
  "pwd_last_set" TEXT NOT NULL,
  -- How often it was ever set, by replication metadata. NULL where the reading account may not see that.
  "version" INTEGER,
  -- How many of our writes stand behind it.
  "writes" INTEGER NOT NULL,
  -- Since when a controller shows an older one.
  "older_since" TIMESTAMPTZ(3),
  -- A write was on its way, so it is to be looked at again.
  "again" BOOLEAN NOT NULL DEFAULT false,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "seen_password_again_idx" ON "seen_password" ("account_guid") WHERE "again" OR "older_since" IS NOT NULL;
-- How far each database of a controller was read, by its own count of changes.
CREATE TABLE "seen_controller" (
  "invocation_id" UUID NOT NULL PRIMARY KEY,
  "host" TEXT NOT NULL,
  "usn" BIGINT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "recorded_at" TIMESTAMPTZ(3)
);
CREATE TABLE "seen_member" (
  "group_sid" TEXT NOT NULL,
  "account_guid" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("group_sid", "account_guid")
);
-- One verifier compares at a time.
CREATE TABLE "reconciliation" (
  "id" INTEGER NOT NULL PRIMARY KEY CHECK ("id" = 1),
  "lease_until" TIMESTAMPTZ(3) NOT NULL DEFAULT 'epoch',
  -- Since when members of protected groups are known.
  "members_since" TIMESTAMPTZ(3)
);
INSERT INTO "reconciliation" ("id") VALUES (1);
-- Whose account it is about, as people know it, where it is about no reset.
ALTER TABLE "alarm" ADD COLUMN "account" TEXT;
