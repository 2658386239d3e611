-- Which closed runs are in the archive and in the log. A row is written with its leaf, in one transaction, so each run has one of each.
CREATE TABLE "sealed_history" (
    "run_id" UUID NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "sha256" TEXT,
    "leaf_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sealed_history_pkey" PRIMARY KEY ("run_id")
);
CREATE INDEX "sealed_history_workflow_id_idx" ON "sealed_history"("workflow_id");
