-- What becomes of the old password at once, where the claimant said that somebody else may know it: 'ending' from the first intent on, 'ended' once the directory has another one.
ALTER TABLE "reset" ADD COLUMN "old_password" TEXT;
-- A write of a throw-away password, which comes before the chosen one so that the old password is two generations back.
ALTER TABLE "write_claim" ADD COLUMN "end_old_password" BOOLEAN NOT NULL DEFAULT false;
-- The device is to end whatever was begun with the old password, and not only to forget it.
ALTER TABLE "notice" ADD COLUMN "end_sessions" BOOLEAN NOT NULL DEFAULT false;
