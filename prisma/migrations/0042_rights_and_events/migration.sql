-- Who may do what that matters, to the objects that matter, at the last look (domain/directory-rights.ts).
CREATE TABLE "seen_rights" (
  "object_guid" UUID NOT NULL PRIMARY KEY,
  "dn" TEXT NOT NULL,
  "rights" TEXT[] NOT NULL,
  -- Whether its list was ever shown to the reading account, and whether it is hidden now. What was shown before stays.
  "known" BOOLEAN NOT NULL,
  "hidden" BOOLEAN NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
-- Since when rights are known, and below which units every object was looked at.
ALTER TABLE "reconciliation" ADD COLUMN "rights_since" TIMESTAMPTZ(3);
ALTER TABLE "reconciliation" ADD COLUMN "rights_units" TEXT[] NOT NULL DEFAULT '{}';
-- What exactly an alarm is about, in words for people's eyes.
ALTER TABLE "alarm" ADD COLUMN "about" TEXT;
-- Files of the controllers' events: how far each was read.
CREATE TABLE "event_source" (
  "file" TEXT NOT NULL PRIMARY KEY,
  "controller" TEXT NOT NULL,
  -- Device and inode of the file that was read, how far, and a hash of what stood before that.
  "identity" TEXT NOT NULL,
  "position" BIGINT NOT NULL,
  "mark" TEXT NOT NULL,
  "taken" BIGINT NOT NULL DEFAULT 0,
  "refused" BIGINT NOT NULL DEFAULT 0,
  -- How often a file was put away before it was read to its end.
  "gaps" INTEGER NOT NULL DEFAULT 0,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
-- Who set a password, as a controller says. Kept for two days.
CREATE TABLE "password_event" (
  "id" UUID NOT NULL PRIMARY KEY,
  "account_guid" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "action" TEXT NOT NULL CHECK ("action" IN ('change', 'reset')),
  "actor_sid" TEXT NOT NULL,
  "address" TEXT,
  "controller" TEXT NOT NULL,
  -- It explains a change that was noted.
  "used" BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX "password_event_account_idx" ON "password_event" ("account_guid", "at");
CREATE INDEX "password_event_at_idx" ON "password_event" ("at");
-- Wrong passwords of an account by minute and origin, as a controller says. Empty text is unknown. Kept for two days.
CREATE TABLE "failed_sign_in" (
  "account_guid" UUID NOT NULL,
  "minute" TIMESTAMPTZ(3) NOT NULL,
  "address" TEXT NOT NULL,
  "workstation" TEXT NOT NULL,
  "controller" TEXT NOT NULL,
  "count" INTEGER NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("account_guid", "minute", "address", "workstation", "controller")
);
CREATE INDEX "failed_sign_in_minute_idx" ON "failed_sign_in" ("minute");
-- Since when a change waits for an event that says whose it was.
ALTER TABLE "seen_password" ADD COLUMN "unexplained_since" TIMESTAMPTZ(3);
-- What each process knows of each controller, for operators' eyes.
CREATE TABLE "controller_view" (
  "process" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  -- Who names it: site, domain, list.
  "named_by" TEXT NOT NULL,
  "site" TEXT,
  "is_pdc" BOOLEAN NOT NULL,
  -- NULL where it was never asked.
  "read_only" BOOLEAN,
  "health" TEXT NOT NULL,
  "milliseconds" DOUBLE PRECISION,
  -- Why it is silent, or must not be used.
  "why" TEXT,
  -- Whose turn is next: 1 is asked first.
  "turn" INTEGER NOT NULL,
  -- Since when it is of this health.
  "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("process", "url")
);
