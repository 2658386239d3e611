-- What officers and administrators have to look at, and who of them did. It decides nothing. The leaves are the evidence.
CREATE TABLE "alarm" (
  "id" UUID NOT NULL PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "reset_id" UUID,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX "alarm_kind_subject_key" ON "alarm" ("kind", "subject");
CREATE INDEX "alarm_at_idx" ON "alarm" ("at");
CREATE TABLE "acknowledgement" (
  "alarm_id" UUID NOT NULL REFERENCES "alarm" ("id"),
  "person" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("alarm_id", "person")
);
