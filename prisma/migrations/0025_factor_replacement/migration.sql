-- When the wait ends that a message tells of.
ALTER TABLE "message" ADD COLUMN "until" TIMESTAMPTZ(3);
