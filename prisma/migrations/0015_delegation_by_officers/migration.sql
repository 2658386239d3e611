-- A delegation that two security officers made for somebody else: the act with both parts, as the verifier signed it, and their names.
ALTER TABLE "delegation"
  ADD COLUMN "by_officers" JSONB,
  ADD COLUMN "officer_names" TEXT[] NOT NULL DEFAULT '{}';

-- Names that the second officer is shown. Who is meant by them stands in the signed text.
ALTER TABLE "joint_act" ADD COLUMN "shown" JSONB;
