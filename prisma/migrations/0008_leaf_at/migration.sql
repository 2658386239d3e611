-- A report counts the leaves of a time. Leaves lie in the table in the order in which they came, so a summary of each range of
-- pages finds a time, and costs an insert next to nothing.
CREATE INDEX "leaf_at_idx" ON "leaf" USING brin ("at") WITH (autosummarize = on);
