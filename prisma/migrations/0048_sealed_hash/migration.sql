-- What a writer sealed to a device lives an hour at most and never enters the write-ahead log.
CREATE UNLOGGED TABLE "sealed_hash" (
  "reset_id" UUID NOT NULL,
  "device_id" UUID NOT NULL,
  "encapsulated" BYTEA NOT NULL,
  "ciphertext" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("reset_id", "device_id")
);
CREATE INDEX "sealed_hash_expires_at_idx" ON "sealed_hash" ("expires_at");
