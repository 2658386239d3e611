import { provenBy, type Framework } from './control.ts';

/** The controls of Annex A that a password reset touches. */
export const iso27001: Framework = {
  id: 'iso-27001',
  title: 'ISO/IEC 27001 Annex A',
  edition: '2022',
  note: 'Ids of Annex A, paraphrased without the text of the standard. Whether a control applies, and how far, stands in the bank’s statement of applicability.',
  controls: [
    {
      clause: '5.3',
      requirement: 'Conflicting duties lie with different people.',
      how: 'Two stages of approval mean two people. Own account, issued code, an earlier decision and a recent reset of one’s own each rule a person out, by the verifier at the decision and by the writer before the write.',
      status: 'met',
      bank: 'Keep the role groups in the directory disjoint.',
      leaves: ['approval.requested', 'approval.decided', 'approval.refused'],
      tests: [
        ...provenBy('test/story/privileged-reset.test.ts', 'nobody decides on their own account through any identity'),
        ...provenBy('test/rules/approval.test.ts', 'each conflict has its own word, the most fundamental first'),
      ],
    },
    {
      clause: '5.15',
      requirement: 'Access follows rules that were set for it.',
      how: 'Default deny: a route that is not on the pinned list of public ones answers 401 without a session, however it is spelled, and 403 without the role. Refused attempts are recorded.',
      status: 'met',
      leaves: ['access.refused', 'reset.admission-refused'],
      tests: provenBy(
        'test/attacks/routes.test.ts',
        'every other route answers 401 without a session, however it is spelled',
        'every role list is kept: a person without the role gets 403',
      ),
    },
    {
      clause: '5.16',
      requirement: 'Identities are managed through their life.',
      how: 'The product makes and keeps no identities. It takes accounts from the directory, by SID in every leaf, refuses disabled and expired ones, and finds an account again after it was renamed.',
      status: 'bank',
      bank: 'Joiners, movers and leavers are handled in the directory.',
      leaves: ['reset.requested', 'write.refused'],
      tests: [
        ...provenBy(
          'test/directory/names.test.ts',
          'an account is found by its GUID after it was renamed, and a GUID nobody has finds nobody',
        ),
        ...provenBy('test/attacks/lying-worker.test.ts', 'accounts whose state a password does not help'),
      ],
    },
    {
      clause: '5.17',
      requirement: 'Authentication information is given out and replaced by a managed process, to the right person, and kept secret.',
      how: 'Identity is proven by a code and a factor before anything is replaced. The claimant alone chooses the password, which is in clear only in the browser, the handler and the writer. Each enrolment and issued code is recorded.',
      status: 'met',
      bank: 'Check people before you enrol them and hand recovery codes over in person; the product cannot see that.',
      leaves: [
        'proof.checked',
        'factor.checked',
        'password.chosen',
        'password.refused',
        'password.erased',
        'write.verified',
        'write.replicated',
        'code.issued',
        'authenticator.enrolled',
        'factors.replaced',
      ],
      tests: [
        ...provenBy(
          'test/story/standard-reset.test.ts',
          'an employee forgets a password and is back at work: new password binds, old one is refused by Kerberos',
        ),
        ...provenBy(
          'test/attacks/canary.test.ts',
          'no byte at rest holds a new password, a code, a sign-in password, or a password typed as the account name',
        ),
      ],
    },
    {
      clause: '5.18',
      requirement: 'Access rights are given, reviewed and taken away.',
      how: 'Roles are read from nested groups at sign-in, and an approver’s membership again at the decision and before the write.',
      status: 'bank',
      bank: 'Give, review and take away memberships in the directory. A session keeps its roles until it ends, after eight hours at most.',
      leaves: ['sign-in.password', 'sign-in.factor', 'sign-in.ended', 'approval.refused'],
      tests: [
        ...provenBy(
          'test/verify/people.test.ts',
          'a sign-in gives the roles of nested groups, counts before it binds, and stops below the lockout',
        ),
        ...provenBy('test/rules/write-conditions.test.ts', 'each single lie is refused, for standard and for protected accounts'),
      ],
    },
    {
      clause: '5.28',
      requirement: 'Evidence is identified, collected and preserved so that it can be used.',
      how: 'countersign bundle writes one archive with leaves, proofs, statements, policies and histories. countersign verify, or any tool of the same public formats, checks it without a network and says what is not proven.',
      status: 'met',
      bank: 'Keep the trust policy, the keys’ fingerprints and each checkpoint that you saw where operations cannot reach.',
      leaves: ['history.sealed', 'audit.read', 'intent'],
      tests: [
        ...provenBy('test/evidence/bundle.test.ts', 'the bundle of a privileged reset is written by the command and is sound'),
        ...provenBy('test/evidence/bent-bundle.test.ts', 'an archive with any one bit changed never verifies'),
        ...provenBy(
          'test/log/others-programs.test.ts',
          'sumdb/note and torchwood open our published checkpoint, and accept its quorum by our trust policy',
        ),
      ],
    },
    {
      clause: '5.33',
      requirement: 'Records are protected from loss, destruction, falsification and release.',
      how: 'Falsification shows: each leaf lies under a root that witnesses in other hands have cosigned. No running process may change or delete a leaf, and entries of the log are for auditors only.',
      status: 'in part',
      bank: 'Retention, backups and a copy on write-once media are yours. Nothing is deleted by time, and nothing is copied to such media by the product.',
      leaves: ['history.sealed', 'witness.seen', 'openings.erased'],
      tests: [
        ...provenBy('test/attacks/separation.test.ts', 'the auditor reads leaves and changes nothing'),
        ...provenBy('test/attacks/evidence-table.test.ts', '5b … no witness cosigns it, from whichever size'),
      ],
    },
    {
      clause: '5.34',
      requirement: 'Personal data is protected as the law asks.',
      how: 'Leaves hold names and addresses only as salted commitments. Their openings can be erased and no proof breaks; showing one is a leaf with the reader’s name.',
      status: 'in part',
      bank: 'Decide when openings are erased. SIDs stay in the log for ever, and the rows of resets keep names as long as you keep the rows.',
      leaves: ['openings.erased', 'audit.read'],
      tests: [
        ...provenBy(
          'test/ops/erase-openings.test.ts',
          "an account's openings are erased, and no others; every receipt and every leaf still verifies",
        ),
        ...provenBy(
          'test/api/reading-evidence.test.ts',
          'an opening is shown to auditors only, with a leaf for each look, and an erased one as gone',
        ),
        ...provenBy('test/story/what-was-recorded.test.ts', 'no leaf and no history of a reset holds a name'),
      ],
    },
    {
      clause: '8.2',
      requirement: 'Privileged rights are restricted and managed.',
      how: 'What the directory itself calls protected always needs two stages, whatever the policy says. A writer of its own, with a right over those accounts only, writes them.',
      status: 'met',
      leaves: ['approval.requested', 'approval.decided', 'approval.expired', 'write.result'],
      tests: [
        ...provenBy(
          'test/story/privileged-reset.test.ts',
          'a Domain Admin through five nested groups needs the manager and then an officer, and comes back with the reference',
        ),
        ...provenBy('test/directory/reading.test.ts', 'everybody in OU Privileged is protected, and nobody else in the bank'),
        ...provenBy('test/attacks/lying-worker.test.ts', 'the wrong writer'),
      ],
    },
    {
      clause: '8.3',
      requirement: 'Access to information is restricted by the rules for it.',
      how: 'An approver sees the resets that wait for them. Evidence and personal data are for auditors. A claimant’s reset opens only in the browser that holds it, or with its reference and a fresh code.',
      status: 'met',
      leaves: ['audit.read', 'access.refused', 'resume.checked'],
      tests: [
        ...provenBy('test/api/console.test.ts', 'an approver sees the resets that wait for them and no others'),
        ...provenBy('test/story/refusals.test.ts', 'another browser cannot look at a reset or move it'),
      ],
    },
    {
      clause: '8.5',
      requirement: 'Sign-in is secure, by what the information behind it is worth.',
      how: 'Password and one-time code in two steps, one answer for every failure, attempts counted before they are judged and below the directory’s lockout. Sessions end by idleness and by an absolute limit.',
      status: 'met',
      bank: 'One-time codes do not resist phishing; smart cards do, where a rule asks for them.',
      leaves: ['sign-in.password', 'sign-in.factor', 'sign-in.ended'],
      tests: [
        ...provenBy('test/api/live.test.ts', 'sign-in has one answer for every failure, and a new cookie at each step'),
        ...provenBy('test/api/console.test.ts', 'a session ends by idleness, by its absolute end and by signing out'),
      ],
    },
    {
      clause: '8.10',
      requirement: 'Information that is no longer needed is deleted.',
      how: 'A sealed password is erased when it was verified or when its minutes are over, also when the workflow was ended from outside. Openings are erased by account or by age.',
      status: 'in part',
      bank: 'Rows of resets and backups are kept as long as you keep them.',
      leaves: ['password.erased', 'openings.erased'],
      tests: [
        ...provenBy('test/story/refusals.test.ts', 'a sealed password is erased by its time even when the reset is terminated'),
        ...provenBy(
          'test/ops/erase-openings.test.ts',
          'by age, only what is older goes, whoever it is about; with an account too, only what is meant by both',
        ),
      ],
    },
    {
      clause: '8.13',
      requirement: 'Copies are kept and tried.',
      how: 'A restored database or log that is older than what the witnesses saw is found at the start and not continued. Missing tiles are written anew.',
      status: 'bank',
      bank: 'Take and try the backups of PostgreSQL, of the keys and of the archives of histories and workflow code.',
      leaves: ['witness.seen', 'process.started'],
      tests: [
        ...provenBy('test/log/notary.test.ts', 'a database restored from an old copy does not go on: the witnesses have seen more'),
        ...provenBy('test/log/folder.test.ts', 'the folder is deleted while the notary runs: it writes all of it again'),
      ],
    },
    {
      clause: '8.15',
      requirement: 'Activities, exceptions and faults are logged; logs are stored, protected and analysed.',
      how: 'One catalogue names every kind of leaf with its reason, and a test finds the leaf of every activity, route and form. The notary signs, the quorum of witnesses cosigns, and nothing is written in the directory before.',
      status: 'in part',
      bank: 'Analysis is yours: read the log regularly, or let the live audit and your own monitoring do it.',
      leaves: ['reset.state', 'reset.refused', 'step.unavailable', 'write.refused', 'write.settled', 'access.refused'],
      tests: [
        ...provenBy('test/rules/vocabulary.test.ts', 'every leaf type is written somewhere, and nothing writes one that the table lacks'),
        ...provenBy('test/attacks/unwitnessed-intent.test.ts', 'an intent that waits in the outbox is not witnessed'),
      ],
    },
    {
      clause: '8.16',
      requirement: 'Systems are watched for what is out of the ordinary.',
      how: 'The live audit raises an alarm for a changed leaf, a log put back, witnesses away, a notary that stands still and a write that the policy did not allow. Floods at the door are counted into leaves. Every five minutes the directory is compared with what was recorded: a password that was changed around us, one of ours that is gone, a new member of a protected group and a right that grew are alarms.',
      status: 'in part',
      bank: 'Run the live audit, connect its alarms to people who answer, and watch hosts, network and directory by your own means.',
      leaves: [
        'quorum.lost',
        'quorum.back',
        'witness.seen',
        'reset.admission-refused',
        'process.lost',
        'directory.reconciled',
        'directory.unexplained',
        'directory.changed-by-owner',
      ],
      tests: [
        ...provenBy(
          'test/write/reconciliation.test.ts',
          'a reset with the controller’s own tool is found, named and an alarm; many of one hour are one alarm with a leaf each',
          'a database of the controller that is put back to an older state is found, and so is the write that it lacks',
        ),
        ...provenBy('test/log/live-audit.test.ts', 'witnesses that are away and a notary that stands still are alarms, not silence'),
        ...provenBy('test/api/admission.test.ts', 'ten thousand refused requests are one leaf a source and minute, with their count'),
      ],
    },
    {
      clause: '8.17',
      requirement: 'Clocks agree with an approved source.',
      how: 'The worker’s host records once an hour what keeps its clock right, or that nothing is known to, and each step of a clock leaves a leaf. Cosignatures carry the witnesses’ own time, so that a false time shows.',
      status: 'in part',
      bank: 'Run chrony on every host against your approved source. The product sets no clock.',
      leaves: ['clock.tracking', 'clock.stepped'],
      tests: [
        ...provenBy(
          'test/ops/process-runs.test.ts',
          'by what the clock is kept right is recorded, and that nothing is',
          'a clock that is moved against the monotonic one leaves a leaf with by how much; slewing leaves none',
        ),
        ...provenBy(
          'test/attacks/evidence-table.test.ts',
          '10a a leaf says a time at which, by the cosignatures around it, it was not appended',
        ),
      ],
    },
    {
      clause: '8.24',
      requirement: 'Cryptography and its keys are used by rules.',
      how: 'Each private key belongs to one process and is closed to the others. Keys are made at a ceremony, history keys rotate without a restart, a key of the log or of a witness is followed by another with a leaf that both sign, and a key that others can read stops its process.',
      status: 'in part',
      bank: 'Keys lie in files. Custody, ceremony minutes and rotation are yours, and so is a hardware module where you ask for one.',
      leaves: ['key.added', 'key.rotated'],
      tests: [
        ...provenBy(
          'test/ops/keys.test.ts',
          'every private key belongs to its process and is closed to all others',
          'a key that others can read is refused by its process and named by the doctor, with the fix',
        ),
        ...provenBy(
          'test/history/rotation.test.ts',
          'a reset that was parked under the old key goes on under the new one, and no process was restarted',
        ),
        ...provenBy(
          'test/ops/rotated-keys.test.ts',
          'wherever a rotation is cut off, doing the same again ends it, with one leaf and no key lost',
        ),
      ],
    },
    {
      clause: '8.32',
      requirement: 'Changes go through change management.',
      how: 'A reset ends on the policy and the code with which it began; both are named by hash in the log, and archived code is replayed years later.',
      status: 'in part',
      bank: 'Approve releases and policies by your own procedure: the product signs neither.',
      leaves: ['policy.loaded', 'process.started', 'process.stopped'],
      tests: provenBy(
        'test/replay/releases.test.ts',
        'a reset that waits for its approval ends on the code it began with, one that begins after the upgrade on the new code, through restarts',
        'archived code that was changed by a byte is refused, and code that is missing names its file',
      ),
    },
  ],
};
