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
