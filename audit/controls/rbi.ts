import { provenBy, type Framework } from './control.ts';

/** The clauses of the Reserve Bank of India that a password reset touches. */
export const rbi: Framework = {
  id: 'rbi',
  title: 'RBI Master Direction on Information Technology Governance, Risk, Controls and Assurance Practices',
  edition: 'November 2023, in force since 1 April 2024',
  note: 'Paraphrased after a transcription: compare clause and words with the Direction on rbi.org.in before quoting. The Direction does not say maker-checker; 9(b) and 19(b) carry it, with the bank’s own policy.',
  controls: [
    {
      clause: '9(b)',
      requirement: 'Duties are separated, so that no one person carries a sensitive act through alone.',
      how: 'A protected account is written only after two people have approved, who were frozen as approvers when approval was asked for. Nobody decides on an account of their own, where they issued the code, twice, or soon after a reset of their own; verifier and writer each judge it by themselves. Who decides in the place of another does so under a delegation that the other made with their own key, and uses up both people.',
      status: 'met',
      bank: 'Keep the groups that approve, help and administer apart in the directory. A policy may let unprotected accounts through without approval.',
      leaves: [
        'approval.requested',
        'approval.reminded',
        'approval.escalated',
        'approval.decided',
        'approval.refused',
        'delegation.made',
        'delegation.withdrawn',
        'delegation.refused',
        'write.refused',
      ],
      tests: [
        ...provenBy(
          'test/verify/people.test.ts',
          'manager, then an officer: each once, in order, with their own key',
          'nobody decides on their other account, where they issued the code, soon after their own reset, or locked',
        ),
        ...provenBy('test/attacks/lying-worker.test.ts', 'approvals that are missing, doubled, conflicted or denied'),
        ...provenBy(
          'test/verify/delegations.test.ts',
          'a vote in the place of another uses up both, whoever of the two comes next',
          'a delegation is made by its delegator alone, about what they signed, to somebody who can decide',
        ),
      ],
    },
    {
      clause: '13',
      requirement: 'Changes to systems are assessed, approved and recorded before they take effect.',
      how: 'Each policy version that is loaded and each process that starts leaves a leaf with the hash of the policy or of the release. An open reset ends on the policy and the code that it began with.',
      status: 'in part',
      bank: 'A policy is not signed and one operator can load it: have a second person release it, and hold each policy.loaded leaf against your change record.',
      leaves: ['policy.loaded', 'process.started'],
      tests: [
        ...provenBy('test/rules/policy-text.test.ts', 'a version is named by the hash of its text'),
        ...provenBy('test/replay/releases.test.ts', 'the worker says on which code workflows begin, in the leaf of its start'),
      ],
    },
    {
      clause: '15(a)',
      requirement: 'Applications that matter can keep an audit trail.',
      how: 'Every step, decision, refusal and reading leaves a leaf in one log that only grows. A test lays each activity, route and form beside its leaf.',
      status: 'met',
      leaves: ['reset.requested', 'reset.state', 'reset.refused', 'reset.not-now', 'step.unavailable', 'reset.admission-refused'],
      tests: provenBy(
        'test/story/no-effect-without-its-leaf.test.ts',
        'the tables name every route and every form, and no other',
        'every completed call of every activity wrote its own leaf, and every activity was called',
      ),
    },
    {
      clause: '15(b)',
      requirement: 'The trail is detailed enough for an audit, as evidence, and to settle disputes, non-repudiation included.',
      how: 'A leaf says who by SID and by which factor, what, when, where, from where and with which outcome. Witnesses in other hands cosign the log; the workflow’s history is sealed into it and can be replayed.',
      status: 'in part',
      bank: 'A decision is confirmed by a one-time code and signed by the verifier, not by the approver’s own key. Until approvers have keys, non-repudiation rests on the verifier’s key: keep its host apart.',
      leaves: ['intent', 'approval.decided', 'write.started', 'write.result', 'write.verified', 'history.sealed'],
      tests: [
        ...provenBy(
          'test/story/what-was-recorded-of-whom.test.ts',
          'a decision names the approver by SID and the authenticator that confirmed it; a proof its credential',
        ),
        ...provenBy(
          'test/attacks/evidence-table.test.ts',
          '17 the key of the log is stolen: whoever holds it rewrites nothing that a witness has seen',
        ),
        ...provenBy('test/replay/tampering.test.ts', 'a denial made of an approval is found and named'),
      ],
    },
    {
      clause: '15(c)',
      requirement: 'Trails are looked at regularly for misuse and for what nobody authorised.',
      how: 'The console filters and exports the log, this report counts it, and countersign audit --live recomputes and replays it without pause and raises alarms.',
      status: 'in part',
      bank: 'Name who reads which report how often, and run the live audit from a machine of your own.',
      leaves: ['audit.read', 'access.refused'],
      tests: [
        ...provenBy(
          'test/log/live-audit.test.ts',
          'the audit that goes on raises each alarm once, hands it to the program, counts it, and says when it is over',
        ),
        ...provenBy('test/api/console.test.ts', 'an export is safe to open in a spreadsheet, and whoever reads is in the stream'),
      ],
    },
    {
      clause: '16',
      requirement: 'Cryptography follows accepted standards and nothing deprecated is used.',
      how: 'TLS 1.2 or later, HPKE (RFC 9180), AES-256-GCM, Argon2id, Ed25519 and SHA-256. HMAC-SHA-1 stands only inside RFC 6238 codes, which is what authenticators speak.',
      status: 'met',
      bank: 'Keep the keys’ custody, ceremony and rotation by your own key management. Keys lie in files, not in a hardware module.',
      leaves: ['key.added', 'key.rotated'],
      tests: [
        ...provenBy(
          'test/history/codec.test.ts',
          'WebCrypto derives the same key and opens the same bytes: the format is HKDF-SHA256 and AES-256-GCM, nothing of ours',
        ),
        ...provenBy(
          'test/directory/controller-process.test.ts',
          'the certificate names host, domain and address, and TLS below 1.2 is not spoken',
        ),
      ],
    },
    {
      clause: '17(b)',
      requirement: 'Data that passes between systems without a person is authenticated at each step and leaves a trail.',
      how: 'Typed values travel sealed from the interface to verifier or writer, statements are signed by the verifier, and the writer judges each of them again before it writes.',
      status: 'met',
      leaves: ['proof.checked', 'factor.checked', 'password.chosen', 'intent', 'write.refused'],
      tests: [
        ...provenBy('test/api/seal.test.ts', 'only the recipient opens a sealed value, and only for what it was sealed for'),
        ...provenBy('test/attacks/lying-worker.test.ts', 'statements that are missing, borrowed, forged, old or of tomorrow'),
      ],
    },
    {
      clause: '19(a)',
      requirement: 'Access is given by need.',
      how: 'Roles come from groups in the directory. Every route but a short pinned list asks for a session and a role; each process has a database role with what its work needs, and each writer a right over its own subtree.',
      status: 'met',
      bank: 'Review the members of the role groups.',
      leaves: ['access.refused', 'sign-in.password'],
      tests: [
        ...provenBy('test/attacks/routes.test.ts', 'every role list is kept: a person without the role gets 403'),
        ...provenBy('test/directory/rights.test.ts', 'no service account may create, delete or rename anything'),
      ],
    },
    {
      clause: '19(b)',
      requirement: 'Privileged people are watched: what they do is logged and reviewed.',
      how: 'Sign-ins, decisions, issued codes, readings, policies, keys and the starts of processes leave leaves with name and outcome. Those who run the product cannot take one back unseen once the witnesses have cosigned it.',
      status: 'in part',
      bank: 'What root, the database’s administrator and the domain’s administrators do outside of the product stands in their systems’ logs: collect and review those too.',
      leaves: [
        'sign-in.password',
        'sign-in.factor',
        'code.issued',
        'policy.loaded',
        'key.added',
        'openings.erased',
        'process.stopped',
        'process.lost',
      ],
      tests: [
        ...provenBy(
          'test/attacks/evidence-table.test.ts',
          '1 the DBA edits a row: the root recomputed from the rows is not the one that was cosigned',
          '2 the DBA deletes a row in the middle and renumbers the rest: root and chain',
        ),
        ...provenBy('test/log/live-audit.test.ts', 'a leaf that was changed, removed or put in another place is named'),
      ],
    },
    {
      clause: '19(c)',
      requirement: 'Privileged people sign in with more than one factor.',
      how: 'The console takes the directory password and then a one-time code. A decision about a protected account is signed with the approver’s own security key, which checks its owner; about others, where the policy says so, a fresh code is enough.',
      status: 'met',
      bank: 'Signing in still takes a one-time code, which can be phished. Which models of keys are allowed is not limited in this release: hand them out yourself.',
      leaves: ['sign-in.password', 'sign-in.factor', 'approval.decided'],
      tests: [
        ...provenBy(
          'test/api/sign-in-attempt.test.ts',
          'a half session becomes full once: copies of one request share it, any other gets nothing',
        ),
        ...provenBy('test/attacks/routes.test.ts', 'other methods, unknown addresses and half-made sessions get no further'),
        ...provenBy(
          'test/story/privileged-reset.test.ts',
          'a code, somebody else’s key and a signature of another decision do not count, and the decision can be made again',
        ),
      ],
    },
    {
      clause: '23(b)(ii)',
      requirement: 'Roles that conflict with each other are not held together.',
      how: 'Conflicts are judged at each act: an approver is not the claimant, by whichever account, not who issued the code, and not who decided before. The rule is read again when the password is about to be written.',
      status: 'in part',
      bank: 'The product does not hinder that one person is in two role groups. Keep the groups disjoint.',
      leaves: ['approval.refused', 'code.refused'],
      tests: [
        ...provenBy('test/rules/approval.test.ts', 'each conflict has its own word, the most fundamental first'),
        ...provenBy('test/verify/people.test.ts', 'only the help desk issues, not for themselves, and only for accounts that are served'),
      ],
    },
    {
      clause: '29(h)',
      requirement: 'After a recovery that lost data, records are reconciled.',
      how: 'A database older than what a witness has seen is not continued: the notary ends and says so. Lone starts of writes are settled by what the directory shows.',
      status: 'in part',
      bank: 'Hold the controllers’ events 4723 and 4724 against the log for the time that was lost, and write the outcome into your own record.',
      leaves: ['write.settled', 'process.lost', 'witness.seen'],
      tests: [
        ...provenBy('test/log/notary.test.ts', 'a database restored from an old copy does not go on: the witnesses have seen more'),
        ...provenBy('test/write/crash.test.ts', 'the sweep says what became of lone starts, in both ways'),
      ],
    },
    {
      clause: '30(f)',
      requirement: 'Critical systems are audited continuously where that can be done.',
      how: 'countersign audit --live follows the log from checkpoint to checkpoint with a role that only reads, recomputes every hash and replays each reset by the rule that the writer asked.',
      status: 'in part',
      bank: 'Internal audit has to run it, on a machine of its own, and keep its last checkpoint.',
      leaves: ['witness.seen', 'quorum.lost', 'quorum.back'],
      tests: provenBy(
        'test/log/live-audit.test.ts',
        'an honest log is sound, at the first look and as it grows over partial and full tiles',
        'witnesses that are away and a notary that stands still are alarms, not silence',
      ),
    },
  ],
};
