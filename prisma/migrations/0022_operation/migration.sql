-- What a reset does to the account: a new password, or an unlock that leaves the password as it is.
ALTER TABLE "reset" ADD COLUMN "operation" TEXT NOT NULL DEFAULT 'new-password';

-- The writer's record of an unlock: no sealed value, and the lock that it ends.
ALTER TABLE "write_claim" ADD COLUMN "operation" TEXT NOT NULL DEFAULT 'new-password';
ALTER TABLE "write_claim" ADD COLUMN "lockout_time_before" TEXT;
ALTER TABLE "write_claim" ALTER COLUMN "digest" DROP NOT NULL;
