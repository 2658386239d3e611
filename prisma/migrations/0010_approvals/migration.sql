-- A stage needs so many approvals, adds people when nobody decides, and reminds.
ALTER TABLE "approval"
  ADD COLUMN "needs" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "approvals" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "escalations" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "reminded_at" TIMESTAMPTZ(3);
