-- A version is drafted by one administrator and published by another, each with their own signature.
ALTER TABLE "policy_version"
  ADD COLUMN "draft" JSONB,
  ADD COLUMN "drafted_by" UUID,
  ADD COLUMN "drafted_at" TIMESTAMPTZ(3),
  ADD COLUMN "publication" JSONB,
  ADD COLUMN "published_by" UUID,
  ADD COLUMN "published_at" TIMESTAMPTZ(3);
