-- The watch of an account after a reset or an unlock: what the controllers count of wrong passwords.
CREATE TABLE "account_watch" (
  "reset_id" UUID NOT NULL PRIMARY KEY REFERENCES "reset" ("id"),
  "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- When its workflow was begun, by the worker.
  "begun_at" TIMESTAMPTZ(3),
  "looked_at" TIMESTAMPTZ(3),
  -- What was seen at each controller, by its URL.
  "seen" JSONB NOT NULL DEFAULT '{}',
  -- When wrong passwords were first seen to arrive, and when the account was first seen locked again.
  "tried_at" TIMESTAMPTZ(3),
  "locked_at" TIMESTAMPTZ(3),
  -- Whence they may come, as far as it is known then.
  "whence" JSONB NOT NULL DEFAULT '[]',
  "ended_at" TIMESTAMPTZ(3)
);
CREATE INDEX "account_watch_waiting_idx" ON "account_watch" ("asked_at") WHERE "begun_at" IS NULL;
