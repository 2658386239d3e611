-- What people see and do about their own authenticator apps: how one is called, how it was bound (domain/ladder.ts, none
-- where the operator enrolled it), when it was last used and from where, and whether it was ended rather than switched off.
ALTER TABLE "totp" ADD COLUMN "name" TEXT NOT NULL DEFAULT '';
ALTER TABLE "totp" ADD COLUMN "binding" TEXT;
ALTER TABLE "totp" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
ALTER TABLE "totp" ADD COLUMN "last_used_from" TEXT;
ALTER TABLE "totp" ADD COLUMN "ended_at" TIMESTAMPTZ(3);
-- Until now an app was switched off in one way only, and most of those were replaced.
UPDATE "totp" SET "ended_at" = "disabled_at" WHERE "disabled_at" IS NOT NULL;
