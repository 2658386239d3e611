-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "reset" (
    "id" UUID NOT NULL,
    "run_id" UUID,
    "reference" TEXT NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'proving',
    "next" JSONB NOT NULL,
    "account_guid" UUID,
    "account_sid" TEXT,
    "account_name" TEXT,
    "display_name" TEXT,
    "name_hash" BYTEA,
    "protected_by" TEXT,
    "rule_id" TEXT,
    "policy_sha256" TEXT,
    "password_rules" JSONB,
    "waiting_for" TEXT,
    "refusal" TEXT,
    "step" INTEGER NOT NULL DEFAULT 0,
    "source" TEXT NOT NULL,
    "proven_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_claim" (
    "account_guid" UUID NOT NULL,
    "reset_id" UUID NOT NULL,
    "committed" BOOLEAN NOT NULL DEFAULT false,
    "yielded" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_claim_pkey" PRIMARY KEY ("account_guid")
);

-- What people typed, sealed: unlogged, so that not even its ciphertext enters the write-ahead log, a backup or a replica.
CREATE UNLOGGED TABLE "sealed" (
    "id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "encapsulated" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "digest" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sealed_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "totp" (
    "id" UUID NOT NULL,
    "account_guid" UUID NOT NULL,
    "secret" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL DEFAULT 'sha1',
    "digits" INTEGER NOT NULL DEFAULT 6,
    "period" INTEGER NOT NULL DEFAULT 30,
    "last_step" BIGINT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "disabled_at" TIMESTAMPTZ(3),
    "enrolled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "totp_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "code" (
    "id" UUID NOT NULL,
    "account_guid" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "selector" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "issuer_guid" UUID,
    "checked" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),
    "signature" BYTEA NOT NULL,

    CONSTRAINT "code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "burn" (
    "subject" TEXT NOT NULL,
    "update_id" TEXT NOT NULL,
    "consumed" TEXT,
    "outcome" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "burn_pkey" PRIMARY KEY ("subject","update_id")
);

-- CreateTable
CREATE TABLE "attempts" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "window_ends" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "attestation" (
    "id" UUID NOT NULL,
    "reset_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attestation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "reset_id" UUID NOT NULL,
    "stage" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "eligible" TEXT[],
    "eligible_names" TEXT[],
    "opened_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stated_reason" (
    "id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stated_reason_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "write_claim" (
    "reset_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "account_guid" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "pwd_last_set_before" TEXT NOT NULL,
    "pwd_last_set_after" TEXT,
    "controller" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "write_claim_pkey" PRIMARY KEY ("reset_id","ordinal")
);

-- CreateTable
CREATE TABLE "leaf" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reset_id" UUID,
    "actor" TEXT,
    "account" TEXT,
    "reason" TEXT,
    "body" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "leaf_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leaf_head" (
    "reset_id" UUID NOT NULL,
    "wseq" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "leaf_head_pkey" PRIMARY KEY ("reset_id")
);

-- CreateTable
CREATE TABLE "opening" (
    "commitment" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "value" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "opening_pkey" PRIMARY KEY ("commitment")
);

-- CreateTable
CREATE TABLE "policy_version" (
    "sha256" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "in_force" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "device" (
    "id" UUID NOT NULL,
    "account_guid" UUID NOT NULL,
    "account_name" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "reset_id" UUID NOT NULL,
    "device_id" UUID NOT NULL,
    "device" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id_hash" BYTEA NOT NULL,
    "stage" TEXT NOT NULL,
    "account_guid" UUID NOT NULL,
    "account_sid" TEXT NOT NULL,
    "account_name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "roles" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "answer" (
    "key" TEXT NOT NULL,
    "request" BYTEA NOT NULL,
    "status" INTEGER NOT NULL,
    "body" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "answer_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "reset_reference_key" ON "reset"("reference");

-- CreateIndex
CREATE INDEX "reset_state_started_at_idx" ON "reset"("state", "started_at");

-- CreateIndex
CREATE INDEX "reset_account_guid_started_at_idx" ON "reset"("account_guid", "started_at");

-- CreateIndex
CREATE INDEX "sealed_expires_at_idx" ON "sealed"("expires_at");

-- CreateIndex
CREATE INDEX "totp_account_guid_idx" ON "totp"("account_guid");

-- CreateIndex
CREATE INDEX "code_account_guid_kind_selector_idx" ON "code"("account_guid", "kind", "selector");

-- CreateIndex
CREATE UNIQUE INDEX "burn_consumed_key" ON "burn"("consumed");

-- CreateIndex
CREATE INDEX "attestation_reset_id_idx" ON "attestation"("reset_id");

-- CreateIndex
CREATE INDEX "approval_state_opened_at_idx" ON "approval"("state", "opened_at");

-- CreateIndex
CREATE UNIQUE INDEX "approval_reset_id_stage_key" ON "approval"("reset_id", "stage");

-- CreateIndex
CREATE INDEX "write_claim_account_guid_settled_at_idx" ON "write_claim"("account_guid", "settled_at");

-- CreateIndex
CREATE INDEX "leaf_reset_id_seq_idx" ON "leaf"("reset_id", "seq");

-- CreateIndex
CREATE INDEX "leaf_seq_idx" ON "leaf"("seq");

-- CreateIndex
CREATE INDEX "leaf_type_seq_idx" ON "leaf"("type", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "device_account_guid_name_key" ON "device"("account_guid", "name");

-- CreateIndex
CREATE UNIQUE INDEX "notice_reset_id_device_id_key" ON "notice"("reset_id", "device_id");

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_reset_id_fkey" FOREIGN KEY ("reset_id") REFERENCES "reset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice" ADD CONSTRAINT "notice_reset_id_fkey" FOREIGN KEY ("reset_id") REFERENCES "reset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Limits of admission and sign-in (rate-limiter-flexible), so that they survive a restart of the API.
CREATE TABLE "rate_limit" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
);
