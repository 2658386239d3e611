-- The evidence log over the leaves. The number of the transaction that wrote a leaf bounds the look for those that wait.
ALTER TABLE "leaf" ADD COLUMN "xid" xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX "leaf_xid_idx" ON "leaf"("xid");

-- By which an intent names the statements it rests on. The worker, which writes intents, reads no statement.
ALTER TABLE "attestation" ADD COLUMN "sha256" TEXT;
UPDATE "attestation" SET "sha256" = encode(sha256(convert_to("body", 'UTF8')), 'hex');
ALTER TABLE "attestation" ALTER COLUMN "sha256" SET NOT NULL;

CREATE TABLE "log_head" (
    "origin" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "frontier" BYTEA NOT NULL,
    "oldest_xid" xid8 NOT NULL,
    "signed" TEXT NOT NULL,
    "published_size" BIGINT NOT NULL DEFAULT 0,
    "published" TEXT,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "log_head_pkey" PRIMARY KEY ("origin")
);

CREATE TABLE "log_entry" (
    "index" BIGINT NOT NULL,
    "leaf_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("index")
);
CREATE UNIQUE INDEX "log_entry_leaf_id_key" ON "log_entry"("leaf_id");

CREATE TABLE "log_receipt" (
    "leaf_id" UUID NOT NULL,
    "index" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "proof" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_receipt_pkey" PRIMARY KEY ("leaf_id")
);

CREATE TABLE "witness_view" (
    "name" TEXT NOT NULL,
    "size" BIGINT,
    "answer" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "witness_view_pkey" PRIMARY KEY ("name")
);
