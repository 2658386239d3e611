-- Who lets whom decide in their place. What is signed of a row never changes. The names are what the page shows.
CREATE TABLE "delegation" (
    "id" UUID NOT NULL,
    "from_guid" UUID NOT NULL,
    "to_guid" UUID NOT NULL,
    "scope" JSONB NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "method" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "from_name" TEXT NOT NULL,
    "to_name" TEXT NOT NULL,
    "scope_names" TEXT[],
    "withdrawn_at" TIMESTAMPTZ(3),
    "withdrawn_by" UUID,

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "delegation_from_guid_until_idx" ON "delegation"("from_guid", "until");
CREATE INDEX "delegation_to_guid_until_idx" ON "delegation"("to_guid", "until");

-- Where the account stood in the directory when approval was asked for: by which a delegate is shown what reaches them.
ALTER TABLE "approval"
  ADD COLUMN "claimant_dn" TEXT,
  ADD COLUMN "claimant_groups" TEXT[];
