-- What a version of the policy would change over the whole directory, and the names behind the numbers.
CREATE TABLE "policy_comparison" (
  "id" UUID NOT NULL PRIMARY KEY,
  "policy" TEXT NOT NULL,
  "replaces" TEXT NOT NULL,
  "asked_by" UUID NOT NULL,
  "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "state" TEXT NOT NULL DEFAULT 'running',
  "looked" INTEGER NOT NULL DEFAULT 0,
  "total" INTEGER NOT NULL DEFAULT 0,
  "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "ended_at" TIMESTAMPTZ(3),
  "refusal" TEXT,
  "sha256" TEXT,
  "body" TEXT,
  "signature" BYTEA,
  "names" TEXT
);
CREATE INDEX "policy_comparison_policy_asked_at_idx" ON "policy_comparison" ("policy", "asked_at");
CREATE INDEX "policy_comparison_sha256_idx" ON "policy_comparison" ("sha256");

-- What a version would do with one account, until whoever asked has read it.
CREATE TABLE "policy_simulation" (
  "id" UUID NOT NULL PRIMARY KEY,
  "asked_by" UUID NOT NULL,
  "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "body" TEXT NOT NULL
);
