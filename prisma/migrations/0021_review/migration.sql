-- Break-glass: what people see of it. What was signed stands in "attestation".
CREATE TABLE "break_glass" (
  "id" UUID NOT NULL PRIMARY KEY,
  "reset_id" UUID NOT NULL,
  "state" TEXT NOT NULL,
  "officers" INTEGER NOT NULL,
  "eligible" TEXT[],
  "eligible_names" TEXT[],
  "holds" INTEGER NOT NULL,
  "opened_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3),
  "unwitnessed" BOOLEAN NOT NULL DEFAULT false,
  "signers" TEXT[],
  "signer_names" TEXT[]
);
CREATE UNIQUE INDEX "break_glass_reset_id_key" ON "break_glass" ("reset_id");
CREATE INDEX "break_glass_state_expires_at_idx" ON "break_glass" ("state", "expires_at");

-- Reviews: opened with break-glass, closed by a third person.
CREATE TABLE "review" (
  "id" UUID NOT NULL PRIMARY KEY,
  "reset_id" UUID NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'open',
  "opened_at" TIMESTAMPTZ(3) NOT NULL,
  "opened_by" UUID NOT NULL,
  "opened_by_name" TEXT NOT NULL,
  "closed_at" TIMESTAMPTZ(3),
  "closed_by" UUID,
  "closed_by_name" TEXT,
  "judgement" TEXT,
  "finding" TEXT
);
CREATE INDEX "review_state_opened_at_idx" ON "review" ("state", "opened_at");
CREATE INDEX "review_reset_id_idx" ON "review" ("reset_id");

-- What an intent under break-glass rests on while the quorum of witnesses is away.
CREATE TABLE "unwitnessed_receipt" (
  "leaf_id" UUID NOT NULL PRIMARY KEY,
  "index" BIGINT NOT NULL,
  "size" BIGINT NOT NULL,
  "proof" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
