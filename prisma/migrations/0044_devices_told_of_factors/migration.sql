-- A notice for a device is of a reset, or of a change of somebody's factors.
ALTER TABLE "notice"
  ALTER COLUMN "reset_id" DROP NOT NULL,
  ADD COLUMN "factor_telling_id" UUID REFERENCES "factor_telling" ("id"),
  ADD COLUMN "change" TEXT,
  ADD CONSTRAINT "notice_of_one_thing" CHECK (num_nonnulls("reset_id", "factor_telling_id") = 1);
-- Once a device, however often it is tried.
CREATE UNIQUE INDEX "notice_factor_telling_id_device_id_key" ON "notice" ("factor_telling_id", "device_id");
