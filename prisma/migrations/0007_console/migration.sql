-- Which run of which process ended how, so that the next start can tell that one was lost.
CREATE TABLE "process_run" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "boot" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "lost" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "process_run_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "process_run_name_host_ended_at_idx" ON "process_run"("name", "host", "ended_at");
