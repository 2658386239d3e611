-- How often a password was changed, and where, before and after a write. Null for what was claimed before, and where the controller does not show it.
ALTER TABLE "write_claim" ADD COLUMN "stamp_before" JSONB;
ALTER TABLE "write_claim" ADD COLUMN "stamp_after" JSONB;
ALTER TABLE "write_claim" ADD COLUMN "invocation" UUID;
