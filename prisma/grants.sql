-- What each process may do with each table. Everything not granted here is refused by PostgreSQL itself; tests try it.
-- Run by the owner after every migration; safe to repeat.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary, countersign_auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary, countersign_auditor;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary, countersign_auditor;

-- The outbox of the evidence log: every process appends, nobody changes or deletes.
GRANT INSERT ON leaf, opening TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary;
GRANT SELECT (id) ON leaf TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary;
GRANT SELECT (commitment) ON opening TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary;
GRANT USAGE ON SEQUENCE leaf_seq_seq TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary;
GRANT SELECT, INSERT, UPDATE ON leaf_head TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary;
-- Each process keeps when its runs began and ended, so that a lost one is found.
GRANT SELECT, INSERT, UPDATE ON process_run TO countersign_api, countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged, countersign_notary;

-- API: admits, seals, shows. It reads no factor secret, nothing that a code is made of, no statement that it could forge, and opens nothing.
GRANT SELECT, INSERT ON reset TO countersign_api;
GRANT UPDATE (browser_hash, source_device) ON reset TO countersign_api;
GRANT INSERT ON sealed TO countersign_api;
GRANT SELECT (id) ON sealed TO countersign_api;
GRANT SELECT ON approval, delegation, notice, device, policy_version, leaf, stated_reason TO countersign_api;
GRANT INSERT ON stated_reason TO countersign_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON session, answer, rate_limit TO countersign_api;
-- What people are told about their own factors: never what one is made of.
GRANT SELECT (id, account_guid, kind, created_at, used_at, expires_at) ON code TO countersign_api;
GRANT SELECT (id, account_guid, name, algorithm, digits, period, binding, enrolled_at, disabled_at, ended_at, last_used_at, last_used_from) ON totp TO countersign_api;
GRANT SELECT (id, token_id, account_guid, assigned_at, ended_at) ON token_assignment TO countersign_api;
GRANT SELECT (id, manufacturer, serial, state) ON token TO countersign_api;
-- What a browser needs to find a key again. A ceremony's time is the database's own.
GRANT SELECT (id, account_guid, credential_id, transports, name, binding, enrolled_at, disabled_at, last_used_at, last_used_from, backup_eligible) ON passkey TO countersign_api;
GRANT SELECT ON factor_freeze TO countersign_api;
GRANT SELECT (freeze_id, at) ON factor_thaw TO countersign_api;
GRANT INSERT (id, account_guid, purpose) ON ceremony TO countersign_api;
GRANT SELECT, DELETE ON ceremony TO countersign_api;
-- Alarms: every process that decides raises them, people in the console acknowledge, nobody changes or deletes.
GRANT INSERT ON alarm TO countersign_worker, countersign_verifier, countersign_writer_staff, countersign_writer_privileged;
GRANT SELECT ON alarm, acknowledgement TO countersign_api;
GRANT INSERT ON acknowledgement TO countersign_api;
GRANT SELECT ON joint_act TO countersign_api, countersign_writer_staff, countersign_writer_privileged, countersign_auditor;

-- Messages: the worker asks that people be told, the verifier tells them, each reads their own and says so.
GRANT SELECT, INSERT ON telling TO countersign_worker;
GRANT SELECT ON factor_telling TO countersign_worker;
GRANT UPDATE (tries, again_at) ON telling, factor_telling TO countersign_worker;
GRANT SELECT ON message TO countersign_worker;
GRANT UPDATE (mail_state, mail_to, mail_tried_at) ON message TO countersign_worker;
GRANT SELECT ON telling TO countersign_verifier, countersign_api;
GRANT SELECT, INSERT ON factor_telling TO countersign_verifier;
-- The watch after a reset: the worker asks for it and begins it, what was seen only the verifier writes, and asks that people be told.
GRANT SELECT (reset_id, asked_at, begun_at), INSERT (reset_id), UPDATE (begun_at) ON account_watch TO countersign_worker;
GRANT SELECT, UPDATE (looked_at, seen, tried_at, locked_at, whence, ended_at) ON account_watch TO countersign_verifier;
GRANT SELECT ON account_watch TO countersign_api;
GRANT INSERT ON telling TO countersign_verifier;
-- What the directory was seen to say, beside what was recorded.
GRANT SELECT, INSERT, UPDATE ON seen_password, seen_controller TO countersign_verifier;
GRANT SELECT, INSERT, DELETE ON seen_member TO countersign_verifier;
GRANT SELECT, INSERT, UPDATE, DELETE ON seen_rights, event_source, password_event, failed_sign_in TO countersign_verifier;
GRANT SELECT, UPDATE ON reconciliation TO countersign_verifier;
-- What each process knows of the controllers. Nothing is decided by it.
GRANT SELECT, INSERT, UPDATE, DELETE ON controller_view TO countersign_verifier, countersign_writer_staff, countersign_writer_privileged;
GRANT SELECT ON controller_view TO countersign_api;
GRANT UPDATE (done_at) ON telling, factor_telling TO countersign_verifier;
GRANT SELECT (id, reset_id, factor_telling_id, moment, person), INSERT ON message TO countersign_verifier;
GRANT SELECT (id, reset_id, moment, outcome, person, told_by, account, until, at, read_at) ON message TO countersign_api;
GRANT UPDATE (read_at) ON message TO countersign_api;

-- Personal data that a leaf commits to. The API may not read the table: it gets the openings of one leaf, and only in a
-- transaction that has written the leaf of this very reading. So nobody is shown an opening without a trace of it.
CREATE OR REPLACE FUNCTION opened_for_audit(asked uuid) RETURNS TABLE (commitment text, salt bytea, value text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.commitment, o.salt, o.value
  FROM leaf l JOIN opening o
    ON o.commitment IN (l.body::jsonb #>> '{target,name_c}', l.body::jsonb #>> '{src,ip_c}', l.body::jsonb #>> '{do,filter_c}', l.body::jsonb #>> '{do,shown_c}')
  WHERE l.id = asked AND EXISTS (
    SELECT 1 FROM leaf r
    WHERE r.xid = pg_current_xact_id() AND r.type = 'audit.read' AND r.body::jsonb #>> '{do,leaf}' = asked::text
  )
$$;
REVOKE ALL ON FUNCTION opened_for_audit(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION opened_for_audit(uuid) TO countersign_api;

-- Worker: moves the read model, tells devices. It signs nothing and opens nothing.
GRANT SELECT ON reset TO countersign_worker;
GRANT UPDATE (run_id, step, state, next, waiting_for, expires_at, updated_at, refusal, proven_at, ended_at, old_password) ON reset TO countersign_worker;
GRANT SELECT ON approval TO countersign_worker;
GRANT SELECT (id, kind, subject, state, proposer, expires_at) ON joint_act TO countersign_worker;
GRANT UPDATE (state) ON joint_act TO countersign_worker;
GRANT UPDATE (state, opened_at, expires_at, approvals, reminded_at) ON approval TO countersign_worker;
GRANT SELECT, INSERT, UPDATE ON notice TO countersign_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON account_claim TO countersign_worker;
GRANT SELECT ON device, policy_version TO countersign_worker;
GRANT SELECT (id, kind, reset_id, at, sha256) ON attestation TO countersign_worker;
GRANT SELECT (id, purpose, subject, expires_at), DELETE ON sealed TO countersign_worker;
GRANT SELECT, INSERT ON sealed_history TO countersign_worker;

-- Verifier: the only one that reads factor secrets and codes, and the only one that may add a statement.
GRANT SELECT, INSERT, UPDATE ON totp, code, attempts TO countersign_verifier;
-- Campaigns: who is in one never changes, only which ticket is theirs; the worker says when its time is over.
GRANT SELECT, INSERT ON campaign, campaign_person TO countersign_verifier;
GRANT UPDATE (state, printed_at, ended_at) ON campaign TO countersign_verifier;
GRANT UPDATE (ticket) ON campaign_person TO countersign_verifier;
GRANT SELECT ON campaign, campaign_person TO countersign_api;
GRANT SELECT ON campaign TO countersign_worker;
GRANT UPDATE (state, ended_at) ON campaign TO countersign_worker;
-- Somebody's word for a claimant: what was said never changes, only that it was used.
GRANT SELECT, INSERT ON vouch TO countersign_verifier;
GRANT UPDATE (used_at) ON vouch TO countersign_verifier;
GRANT SELECT, INSERT ON passkey TO countersign_verifier;
GRANT UPDATE (counter, name, disabled_at, last_used_at, last_used_from) ON passkey TO countersign_verifier;
-- What is frozen stays so until an end of it is added; neither is ever changed.
GRANT SELECT, INSERT ON factor_freeze, factor_thaw TO countersign_verifier;
-- A token's seed and settings never change, and what ended is ended.
GRANT SELECT, INSERT ON token, token_import, token_assignment TO countersign_verifier;
GRANT UPDATE (state, counter, drift, failures) ON token TO countersign_verifier;
GRANT UPDATE (state, file, confirmed_by, confirmed_at) ON token_import TO countersign_verifier;
GRANT UPDATE (ended_at) ON token_assignment TO countersign_verifier;
GRANT SELECT ON ceremony, log_head TO countersign_verifier;
GRANT SELECT, INSERT ON delegation TO countersign_verifier;
-- What ended is ended: nothing else of a delegation changes.
GRANT UPDATE (withdrawn_at, withdrawn_by) ON delegation TO countersign_verifier;
GRANT SELECT, INSERT ON burn TO countersign_verifier;
GRANT SELECT, INSERT ON attestation TO countersign_verifier;
GRANT SELECT, INSERT ON approval TO countersign_verifier;
GRANT UPDATE (eligible, eligible_names, escalations) ON approval TO countersign_verifier;
GRANT SELECT, DELETE ON sealed TO countersign_verifier;
GRANT SELECT ON reset TO countersign_verifier;
GRANT UPDATE (account_guid, account_sid, account_name, display_name, name_hash, protected_by, operation, rule_id, policy_sha256, password_rules, sign_in, locked_by, locked_by_name) ON reset TO countersign_verifier;
GRANT SELECT, INSERT ON joint_act TO countersign_verifier;
GRANT UPDATE (state, body, signature, confirmer, confirmer_name, confirmed_at) ON joint_act TO countersign_verifier;
GRANT SELECT ON policy_version, write_claim TO countersign_verifier;
-- A text of the API is a text; only the verifier, which checks whose hand it bears, makes a draft and a version in force of it.
GRANT INSERT (sha256, text) ON policy_version TO countersign_api;
GRANT UPDATE (in_force, draft, drafted_by, drafted_at, publication, published_by, published_at) ON policy_version TO countersign_verifier;
-- The API asks for a comparison and ends one; what it found only the verifier writes, and signs.
GRANT SELECT ON policy_comparison TO countersign_api, countersign_verifier, countersign_auditor;
GRANT INSERT (id, policy, replaces, asked_by) ON policy_comparison TO countersign_api;
GRANT UPDATE (state, ended_at) ON policy_comparison TO countersign_api;
GRANT UPDATE (state, looked, total, seen_at, ended_at, refusal, sha256, body, signature, names) ON policy_comparison TO countersign_verifier;
GRANT SELECT, DELETE ON policy_simulation TO countersign_api;
GRANT INSERT ON policy_simulation TO countersign_verifier;
-- Devices: only the verifier enrols, approves and revokes, and what it tells one it signs. The API keeps what devices say and sign of themselves.
GRANT SELECT, INSERT ON device, device_ticket TO countersign_verifier;
GRANT UPDATE (state, approved_by, approved_by_name, approved_at, revoked_by_name, revoked_at, signature) ON device TO countersign_verifier;
GRANT UPDATE (used_at) ON device_ticket TO countersign_verifier;
GRANT SELECT ON device_account TO countersign_verifier;
GRANT SELECT, INSERT ON notice TO countersign_verifier;
GRANT UPDATE (state, reason, last_online_auth, changed_at) ON notice TO countersign_verifier;
GRANT SELECT (id, name, issuer_name, created_at, expires_at, used_at) ON device_ticket TO countersign_api;
GRANT SELECT, INSERT, DELETE ON device_account TO countersign_api;
GRANT UPDATE (last_seen_at, agent_version, report_sequence, report, report_signature, reported_at) ON device TO countersign_api;
-- Sealed hashes: only the writer of accounts that are not protected makes them, and it reads which devices hold a credential. The API hands them out.
GRANT SELECT ON device, device_account TO countersign_writer_staff;
GRANT INSERT ON sealed_hash TO countersign_writer_staff;
GRANT SELECT, DELETE ON sealed_hash TO countersign_verifier;
GRANT SELECT ON sealed_hash TO countersign_api;
GRANT SELECT (expires_at), DELETE ON sealed_hash TO countersign_worker;

-- Break-glass and its reviews: the verifier alone adds and closes, after it has checked whose hand it is.
GRANT SELECT, INSERT ON break_glass, review TO countersign_verifier;
GRANT UPDATE (state, opened_at, expires_at, unwitnessed, signers, signer_names) ON break_glass TO countersign_verifier;
GRANT UPDATE (state, closed_at, closed_by, closed_by_name, judgement, finding) ON review TO countersign_verifier;
GRANT SELECT ON break_glass, review TO countersign_api;
GRANT SELECT ON review TO countersign_auditor;

-- Writers: read what was signed, keep their own claims, erase what they used.
GRANT SELECT ON attestation, delegation, passkey, policy_version, reset TO countersign_writer_staff, countersign_writer_privileged;
-- Which factors were ended or frozen since they were shown.
GRANT SELECT ON factor_freeze, factor_thaw TO countersign_writer_staff, countersign_writer_privileged;
GRANT SELECT (consumed) ON burn TO countersign_writer_staff, countersign_writer_privileged;
GRANT SELECT (token_id, account_guid, ended_at) ON token_assignment TO countersign_writer_staff, countersign_writer_privileged;
GRANT SELECT, DELETE ON sealed TO countersign_writer_staff, countersign_writer_privileged;
GRANT SELECT, INSERT, UPDATE ON write_claim TO countersign_writer_staff, countersign_writer_privileged;

-- Notary: reads every leaf, gives it its place, keeps where the log stands. It moves the head and adds; it changes no entry.
GRANT SELECT ON leaf TO countersign_notary;
GRANT SELECT, INSERT, UPDATE ON log_head, witness_view TO countersign_notary;
GRANT SELECT, INSERT ON log_entry, log_receipt, unwitnessed_receipt TO countersign_notary;
GRANT SELECT ON log_head, log_entry, log_receipt, witness_view TO countersign_api;
GRANT SELECT ON log_head, log_receipt, unwitnessed_receipt TO countersign_worker, countersign_writer_staff, countersign_writer_privileged;
-- What a writer judges by: the intent's own text.
GRANT SELECT (id, type, outcome, at, reset_id, seq) ON leaf TO countersign_worker;
GRANT SELECT ON leaf TO countersign_writer_staff, countersign_writer_privileged;

-- Auditor: reads the evidence and nothing else.
GRANT SELECT ON leaf, opening, policy_version, attestation, log_head, log_entry, log_receipt, witness_view, sealed_history TO countersign_auditor;
