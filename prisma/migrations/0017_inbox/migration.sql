-- What an approver's inbox asks for while thousands of approvals are open, and what a decision page says about others.
CREATE INDEX "approval_eligible_idx" ON "approval" USING GIN ("eligible");
CREATE INDEX "approval_state_expires_at_id_idx" ON "approval" ("state", "expires_at", "id");
CREATE INDEX "approval_label_opened_at_idx" ON "approval" ("label", "opened_at");
CREATE INDEX "reset_source_ended_at_idx" ON "reset" ("source", "ended_at");
CREATE INDEX "stated_reason_digest_idx" ON "stated_reason" ("digest");
-- Decisions are few among the leaves, and asked for by reset: an index over them alone costs the others nothing.
CREATE INDEX "leaf_decisions_idx" ON "leaf" ("reset_id") WHERE "type" = 'approval.decided';
