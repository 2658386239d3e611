import { provenBy, type Control } from './control.ts';

/** Requirement 10: what is logged, how it is kept, and that its failure is noticed. */
export const pciLogging: readonly Control[] = [
  {
    clause: '10.2.1.2',
    requirement: 'What administrators do is logged.',
    how: 'Policies, keys, enrolments, devices, erased personal data, exports, sign-ins and refused access leave leaves with who did it.',
    status: 'in part',
    bank: 'What an administrator of the host, the database or the domain does outside of the product is in their logs.',
    leaves: [
      'policy.loaded',
      'policy.simulated',
      'key.added',
      'key.rotated',
      'authenticator.enrolled',
      'device.added',
      'openings.erased',
      'audit.read',
      'access.refused',
    ],
    tests: [
      ...provenBy('test/story/no-effect-without-its-leaf.test.ts', 'an enrolment leaves its leaf, and so does one that was refused'),
      ...provenBy(
        'test/ops/erase-openings.test.ts',
        "an account's openings are erased, and no others; every receipt and every leaf still verifies",
      ),
    ],
  },
  {
    clause: '10.2.1.3',
    requirement: 'Access to audit logs is logged.',
    how: 'Whoever reads or exports the stream, a report, a reset, its evidence or a leaf’s personal data is in the log before the answer leaves. So is each bundle.',
    status: 'met',
    bank: 'Who reads the database or the files of the log directly is in the logs of PostgreSQL and of the host.',
    leaves: ['audit.read'],
    tests: [
      ...provenBy(
        'test/story/no-effect-without-its-leaf.test.ts',
        'sign-in, decisions, codes and every reading of evidence leave their leaves',
      ),
      ...provenBy('test/api/reports.test.ts', 'whoever reads or exports a report is in the log, and who may not is refused and recorded'),
    ],
  },
  {
    clause: '10.2.1.4',
    requirement: 'Invalid attempts at access are logged.',
    how: 'Wrong proofs, codes and sign-ins, refused roles, and what comes over the limits of the door leave leaves with their reason or count.',
    status: 'met',
    leaves: [
      'proof.checked',
      'factor.checked',
      'sign-in.password',
      'sign-in.factor',
      'access.refused',
      'reset.admission-refused',
      'reset.not-now',
    ],
    tests: [
      ...provenBy('test/story/refusals.test.ts', 'what the API refuses by itself has its leaf too'),
      ...provenBy(
        'test/attacks/coming-back-late.test.ts',
        'tries after the end are counted and recorded, and the right code of somebody else opens nothing',
      ),
    ],
  },
  {
    clause: '10.2.1.5',
    requirement: 'All changes to identification and authentication credentials are logged.',
    how: 'A change of a password leaves an intent, a start, a result and a verification, each in the log; a lone start is settled by a sweep. Enrolments and issued codes leave theirs.',
    status: 'in part',
    bank: 'A password that is changed outside of the product leaves nothing here: hold the controllers’ events 4723, 4724 and 4738 against the log.',
    leaves: [
      'intent',
      'write.started',
      'write.result',
      'write.refused',
      'write.verified',
      'write.settled',
      'authenticator.enrolled',
      'factors.replaced',
      'code.issued',
    ],
    tests: [
      ...provenBy(
        'test/story/what-was-recorded.test.ts',
        'every write that was begun has its result, and nothing was done without an intent before it',
      ),
      ...provenBy('test/attacks/evidence-table.test.ts', '9 a reset is done outside of all this: nothing in the log shows it'),
    ],
  },
  {
    clause: '10.2.1.6',
    requirement: 'Starting, stopping and pausing of the audit logs is logged.',
    how: 'Each process leaves a leaf when it starts and when it stops in order; one that was lost is found at the next start. The loss of the quorum and its return are leaves.',
    status: 'met',
    leaves: ['process.started', 'process.stopped', 'process.lost', 'quorum.lost', 'quorum.back'],
    tests: provenBy(
      'test/ops/process-runs.test.ts',
      'a start after an orderly stop is only a start; after a lost run it says that the run was lost, once',
    ),
  },
  {
    clause: '10.2.2',
    requirement: 'Each record says who, what kind, when, with which outcome, from where and what was affected.',
    how: 'A leaf says type, outcome, both clocks of the host, process and workflow, actor with factor, target by SID, and the source as a commitment that auditors can open.',
    status: 'met',
    leaves: ['proof.checked', 'approval.decided', 'write.result'],
    tests: provenBy(
      'test/story/what-was-recorded-of-whom.test.ts',
      'every leaf has the members of the schema and no other',
      'what a person did says from where, as a commitment',
    ),
  },
  {
    clause: '10.3.1',
    requirement: 'Audit logs are read by those who need it.',
    how: 'Stream, reports and entries of the log are for auditors and administrators, personal data for auditors alone. Anybody may have hashes and checkpoints, which tell nothing.',
    status: 'met',
    leaves: ['access.refused', 'audit.read'],
    tests: [
      ...provenBy('test/attacks/routes.test.ts', 'every role list is kept: a person without the role gets 403'),
      ...provenBy(
        'test/api/reading-evidence.test.ts',
        'an opening is shown to auditors only, with a leaf for each look, and an erased one as gone',
      ),
    ],
  },
  {
    clause: '10.3.2',
    requirement: 'Audit logs are protected from changes by individuals.',
    how: 'No process may change or delete a leaf. A superuser can change the row, and the root that the witnesses cosigned then contradicts it.',
    status: 'met',
    bank: 'Run the witnesses in other reporting lines: on one host they protect nobody.',
    leaves: ['witness.seen', 'key.added', 'key.rotated'],
    tests: [
      ...provenBy('test/attacks/separation.test.ts', 'the auditor reads leaves and changes nothing'),
      ...provenBy(
        'test/attacks/evidence-table.test.ts',
        '3 the DBA swaps two rows: root',
        '17 the key of the log is stolen: whoever holds it rewrites nothing that a witness has seen',
      ),
    ],
  },
  {
    clause: '10.3.3',
    requirement: 'Logs are copied promptly to a server or medium that is hard to change.',
    how: 'Within moments the root of the log is at the witnesses. countersign events --follow sends every witnessed leaf over TLS to a SIEM, with its index and hash, at least once; hashes and entries are files that any mirror can fetch.',
    status: 'in part',
    bank: 'Run the forwarder to a SIEM that operators cannot change, or mirror the folder of the log to a host or write-once media out of their reach.',
    leaves: ['witness.seen', 'history.sealed'],
    tests: [
      ...provenBy('test/log/others-programs.test.ts', "Tessera's fsck recomputes our log from its folder, and finds a byte that changed"),
      ...provenBy(
        'test/log/events-forwarded.test.ts',
        'every leaf arrives in order, with the hash of its bytes, and a restart goes on where the receiver has it',
        'whenever the forwarder is killed, every index arrives, the first copies in order',
      ),
    ],
  },
  {
    clause: '10.3.4',
    requirement: 'A change of log data raises an alert.',
    how: 'countersign audit --live hashes every leaf anew, follows the checkpoints, and raises an alarm that names the leaf.',
    status: 'in part',
    bank: 'Run it from a machine of your own and connect its alarms.',
    leaves: ['witness.seen', 'quorum.lost'],
    tests: provenBy(
      'test/log/live-audit.test.ts',
      'a leaf that was changed, removed or put in another place is named',
      'a log that was put back to an older state, with its own signed checkpoint, is found by what the auditor holds',
    ),
  },
  {
    clause: '10.4.1.1',
    requirement: 'Logs are reviewed every day by automatic means.',
    how: 'The live audit replays every reset that moves by the rule that the writer asked, and names what that rule would not have let through.',
    status: 'in part',
    bank: 'Run it, and add the review of your other systems.',
    leaves: ['intent', 'write.started', 'approval.decided'],
    tests: provenBy(
      'test/log/live-audit.test.ts',
      'a write that a worker recorded without an intent, and a gap in a reset, are found by the replay',
    ),
  },
  {
    clause: '10.5.1',
    requirement: 'Logs are kept for 12 months, three of them at hand.',
    how: 'Nothing of the log is ever deleted by the product; all of it is at hand. Histories are archived when a workflow closes.',
    status: 'in part',
    bank: 'Keep database, folder of the log and archives for the time that your policy says: there is no retention setting, legal hold or copy on write-once media here.',
    leaves: ['history.sealed'],
    tests: [
      ...provenBy(
        'test/replay/sealing.test.ts',
        'a reset that is done is sealed once: with its hash, its code, its SDK and its keys; the SDK replays the file with the archived code',
      ),
      ...provenBy('test/evidence/bundle.test.ts', 'the bundle of a time holds every leaf of it, and every reset that it touches whole'),
    ],
  },
  {
    clause: '10.6.1-10.6.2',
    requirement: 'Clocks agree by one technology, from approved sources.',
    how: 'What keeps the clock of the worker’s host right is asked once an hour and recorded, and that nothing does as well. The clock of each witness stands in its cosignatures.',
    status: 'in part',
    bank: 'Run time synchronisation on every host. The product sets no clock.',
    leaves: ['clock.tracking'],
    tests: provenBy('test/ops/process-runs.test.ts', 'by what the clock is kept right is recorded, and that nothing is'),
  },
  {
    clause: '10.6.3',
    requirement: 'Changes of time settings are logged, watched and reviewed.',
    how: 'A wall clock that moves by a second or more against the monotonic one leaves a leaf with by how much.',
    status: 'in part',
    bank: 'Who may set the time, and that they did, is in the host’s own logs.',
    leaves: ['clock.stepped'],
    tests: [
      ...provenBy(
        'test/ops/process-runs.test.ts',
        'a clock that is moved against the monotonic one leaves a leaf with by how much; slewing leaves none',
      ),
      ...provenBy(
        'test/attacks/evidence-table.test.ts',
        '10b the clock of the host is stepped back between two leaves: the monotonic clock of the same boot does not agree',
      ),
    ],
  },
  {
    clause: '10.7.2-10.7.3',
    requirement: 'A failure of the audit log is noticed, answered, and recorded with start, end and cause.',
    how: 'Without the quorum nothing is written: resets wait, every page of the console says so, metrics and alarms tell it, and quorum.lost and quorum.back frame the time. It goes on by itself.',
    status: 'met',
    bank: 'Have somebody who answers the alarm, and write down the cause.',
    leaves: ['quorum.lost', 'quorum.back', 'witness.seen', 'process.lost', 'step.unavailable'],
    tests: [
      ...provenBy(
        'test/log/notary.test.ts',
        'without the quorum nothing is published and nothing is lost; it goes on by itself when a witness is back',
      ),
      ...provenBy('test/ui/evidence.test.ts', 'while witnesses are away everybody reads why nothing is written, and it goes on by itself'),
    ],
  },
];
