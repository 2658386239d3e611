-- Who is told of resets. The move that gives reason to tell asks for it, and the verifier resolves whom.
CREATE TABLE "telling" (
  "reset_id" UUID NOT NULL REFERENCES "reset" ("id"),
  "moment" TEXT NOT NULL,
  "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "tried_at" TIMESTAMPTZ(3),
  "done_at" TIMESTAMPTZ(3),
  PRIMARY KEY ("reset_id", "moment")
);
CREATE INDEX "telling_waiting_idx" ON "telling" ("asked_at") WHERE "done_at" IS NULL;
CREATE TABLE "message" (
  "id" UUID NOT NULL PRIMARY KEY,
  "reset_id" UUID NOT NULL REFERENCES "reset" ("id"),
  "moment" TEXT NOT NULL,
  "outcome" TEXT NOT NULL,
  "person" UUID NOT NULL,
  "person_sid" TEXT NOT NULL,
  "told_by" TEXT[] NOT NULL,
  "account" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "read_at" TIMESTAMPTZ(3),
  "mail_state" TEXT,
  "mail_to" TEXT,
  "mail_tried_at" TIMESTAMPTZ(3)
);
-- Once a person, reset and moment, however often it is tried.
CREATE UNIQUE INDEX "message_reset_id_moment_person_key" ON "message" ("reset_id", "moment", "person");
CREATE INDEX "message_person_id_idx" ON "message" ("person", "id");
CREATE INDEX "message_unread_idx" ON "message" ("person") WHERE "read_at" IS NULL;
CREATE INDEX "message_mail_waiting_idx" ON "message" ("at") WHERE "mail_state" = 'waiting';
