-- Keys by which console people sign, and the ceremonies in which they are asked to.
CREATE TABLE "passkey" (
    "id" UUID NOT NULL,
    "account_guid" UUID NOT NULL,
    "credential_id" TEXT NOT NULL,
    "spki" BYTEA NOT NULL,
    "algorithm" INTEGER NOT NULL,
    "aaguid" TEXT NOT NULL,
    "counter" BIGINT NOT NULL,
    "backup_eligible" BOOLEAN NOT NULL,
    "rp_id" TEXT NOT NULL,
    "transports" TEXT[],
    "name" TEXT NOT NULL,
    "binding" TEXT NOT NULL,
    "enrolled_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "signature" BYTEA NOT NULL,

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "passkey_credential_id_key" ON "passkey"("credential_id");
CREATE INDEX "passkey_account_guid_idx" ON "passkey"("account_guid");

CREATE TABLE "ceremony" (
    "id" UUID NOT NULL,
    "account_guid" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ceremony_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ceremony_created_at_idx" ON "ceremony"("created_at");
