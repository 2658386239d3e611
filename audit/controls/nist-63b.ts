import { provenBy, type Framework } from './control.ts';
import { nist63bPasswords } from './nist-63b-passwords.ts';

/** The rules for passwords, one-time codes and account recovery. */
export const nist63b: Framework = {
  id: 'nist-63b',
  title: 'NIST SP 800-63B-4 Digital Identity Guidelines: Authentication and Authenticator Management',
  edition: 'August 2025',
  note: 'Section numbers of the final edition, paraphrased. The guideline is written for federal services: which parts bind the bank is the bank’s decision. Where PCI DSS asks for the opposite, the row says so.',
  controls: [
    {
      clause: '2.2.2',
      requirement: 'At AAL2 two factors are used, and one that resists phishing is at least on offer.',
      how: 'The console takes password and one-time code. A reset takes a code that proves who one is and a one-time code, or where the rule says so a smart card, which resists phishing.',
      status: 'in part',
      bank: 'Ask for smart cards in the rules of those who have one. One-time codes do not resist phishing: accept that in your risk analysis for the others, and for the console.',
      leaves: ['sign-in.password', 'sign-in.factor'],
      tests: provenBy('test/attacks/routes.test.ts', 'other methods, unknown addresses and half-made sessions get no further'),
    },
    {
      clause: '2.2.3',
      requirement: 'Sessions at AAL2 end after a day at most, and sooner when nobody uses them.',
      how: 'A session of the console ends after fifteen minutes without use and after eight hours in any case; a decision asks for a fresh code again.',
      status: 'met',
      leaves: ['sign-in.ended'],
      tests: [
        ...provenBy('test/api/console.test.ts', 'a session ends by idleness, by its absolute end and by signing out'),
        ...provenBy('test/api/reading-evidence.test.ts', 'a session that its time has ended leaves a leaf, once'),
      ],
    },
    ...nist63bPasswords,
    {
      clause: '3.1.4.2',
      requirement: 'A one-time code is taken once while it is valid; its key has at least 112 bits.',
      how: 'The time step is burned in the database before the code is honoured, over all resets, decisions and sign-ins. Keys shorter than 128 bits are not enrolled.',
      status: 'met',
      leaves: ['factor.checked', 'sign-in.factor', 'approval.decided'],
      tests: [
        ...provenBy(
          'test/verify/burning.test.ts',
          'of 64 uses of one time step at the same time, over several resets, exactly one passes',
          'a code burned once stays burned although its row says otherwise',
        ),
        ...provenBy('test/verify/totp.test.ts', 'every vector of RFC 6238 is taken at its own step and at no other'),
      ],
    },
    {
      clause: '3.2.2',
      requirement: 'Consecutive failures are limited, 100 an authenticator at most; then it is disabled.',
      how: 'Failures count before the attempt is judged, per authenticator, per account and hour, and per reset; the door limits requests per source. An authenticator is disabled at the policy’s number, 20 in the demo; no policy may say more than 100.',
      conflict: 'PCI DSS 8.3.4 asks for a lock after 10 tries at most. The stricter of the two counts: a policy with 10 satisfies both.',
      status: 'met',
      leaves: ['factor.checked', 'proof.checked', 'sign-in.password', 'resume.checked'],
      tests: provenBy(
        'test/verify/bounds.test.ts',
        'an authenticator is disabled after twenty consecutive failures; a right code before that begins the count anew',
        'twenty failed proofs within the hour, however many at once, and the account is deaf to the right one too',
      ),
    },
    {
      clause: '4.1',
      requirement: 'Each authenticator that is bound to an account is on record, with the times of its life.',
      how: 'Enrolments, refused enrolments, issued and refused codes leave leaves with account, time and who did it. A replaced authenticator keeps its row and counts no more.',
      status: 'in part',
      bank: 'An authenticator that is disabled by failures shows as failed checks, not as a leaf of its own. Record when a person loses an authenticator.',
      leaves: [
        'authenticator.enrolled',
        'authenticator.removed',
        'authenticator.renamed',
        'authenticator.frozen',
        'authenticator.settled',
        'enrolment.refused',
        'token-import.brought',
        'token-import.confirmed',
        'token-import.refused',
        'token-import.expired',
        'token.resynced',
        'campaign.letters',
        'campaign.closed',
        'campaign.expired',
        'campaign.refused',
        'metadata.imported',
        'code.issued',
        'code.refused',
        'device.added',
      ],
      tests: [
        ...provenBy(
          'test/verify/passkeys.test.ts',
          'a first key takes the authenticator and a recovery code together, burns both, and replaces nothing',
          'a further key is confirmed by one that the person has, over just that key; with codes it replaces factors',
        ),
        ...provenBy('test/story/no-effect-without-its-leaf.test.ts', 'an enrolment leaves its leaf, and so does one that was refused'),
        ...provenBy('test/verify/people.test.ts', 'a new enrolment replaces the old one'),
      ],
    },
    {
      clause: '4.2.1.1',
      requirement:
        'A saved recovery code has at least 64 random bits, is kept hashed, is limited in tries, works once and is replaced afterwards.',
      how: 'Codes have 100 random bits, of which 20 lie in clear to find the row, and are kept as Argon2id with a pepper. Tries are limited, and a code is burned before it is honoured. Who has used one reads how many are left and makes a new set under My factors, which ends the old one.',
      status: 'in part',
      bank: 'A used code is not replaced by itself: people have several. Ask people who have few left to make a new set.',
      leaves: ['proof.checked', 'authenticator.enrolled'],
      tests: [
        ...provenBy('test/rules/codes.test.ts', 'every symbol is equally likely: 256 bytes make each of the 32 symbols eight times'),
        ...provenBy('test/verify/burning.test.ts', 'of 64 uses of one recovery code at the same time exactly one passes'),
        ...provenBy(
          'test/directory/demo-commands.test.ts',
          'demo recovery-code gives another one each time, also at once, and ends in a sentence',
        ),
      ],
    },
    {
      clause: '4.2.1.2',
      requirement:
        'An issued recovery code has at least six digits and a short life, is limited in tries and goes to an address that was verified.',
      how: 'The help desk issues a code of 80 random bits to a person in front of them after two different checks, for 30 minutes in the demo’s policy, once. Nobody issues for themselves, and who issued does not approve.',
      status: 'in part',
      bank: 'Handing a code over in person is not one of the channels that the guideline names: keep the risk analysis for it, and train the checks.',
      leaves: ['code.issued', 'code.refused', 'proof.checked'],
      tests: provenBy(
        'test/verify/people.test.ts',
        'an issued code is good once, for its account, until it expires or a newer one is issued',
        'only the help desk issues, not for themselves, and only for accounts that are served',
      ),
    },
    {
      clause: '4.1.2.1',
      requirement:
        'A forgotten password that is replaced by somebody who can still authenticate is bound to the account, and not recovered: as strongly as it will be used.',
      how: 'The writer says in its leaf which track a change took and the clause that was met, by what the verifier signed; whoever verifies computes it again. A key or card that is two factors in one binds.',
      status: 'met',
      leaves: ['write.started'],
      tests: provenBy(
        'test/rules/reset-track.test.ts',
        'over all sets of proofs and factors the track and its clause are those of the table',
      ),
    },
    {
      clause: '4.2.1.3',
      requirement: 'A recovery contact is somebody whom the person trusts to help with recovery, whom they can look up and change.',
      how: 'The policy names who may vouch: by relation, group or unit. They confirm in person with their own factor, once, for one request whose code they read from the screen; they never approve that request.',
      status: 'in part',
      bank: 'The bank names the contacts in its policy, the person does not choose them. Keep the risk analysis for it.',
      leaves: ['vouch.given', 'vouch.refused', 'proof.checked'],
      tests: [
        ...provenBy(
          'test/verify/vouching.test.ts',
          'a colleague vouches with their own factor, the claimant names them, and it is signed who, by what and when',
          'who vouched never approves the same reset, neither as themselves nor with another account',
        ),
        ...provenBy('test/rules/vouching.test.ts', 'the writer takes the word of whoever may still vouch, and of nobody else'),
      ],
    },
    {
      clause: '4.2.2.2',
      requirement: 'Recovery at AAL2 takes two codes by different ways, or one code and an authenticator that is bound already.',
      how: 'A reset takes a recovery or issued code and a one-time code of the bound authenticator. The writer asks for the verifier’s signature on both before it writes.',
      status: 'met',
      leaves: ['proof.checked', 'factor.checked', 'account.claimed', 'reset.superseded', 'intent'],
      tests: [
        ...provenBy(
          'test/rules/write-conditions.test.ts',
          'no subset of the statements but one with all that the rule asks for passes, in any order',
        ),
        ...provenBy('test/attacks/lying-worker.test.ts', 'statements that are missing, borrowed, forged, old or of tomorrow'),
      ],
    },
    {
      clause: '4.2.2.3',
      requirement: 'Whoever has lost every authenticator is identified anew before others are bound.',
      how: 'The help desk looks at the person twice, before the approvals and after the wait, and issues a code each time; people whom the policy names approve, two of them with their keys where the account is protected; whoever the account belongs to is told and can object. Only then every authenticator from before ends, and a new app and new codes are bound as replacing.',
      status: 'in part',
      bank: 'Say in the policy which checks the help desk makes, and train them: the product records that they were made, not how well.',
      leaves: ['factors.lost', 'replacement.waits', 'replacement.objected', 'factors.replaced'],
      tests: provenBy(
        'test/verify/replace-factors.test.ts',
        'whoever has lost everything, was seen in person and approved, waits, comes back and holds new factors; all from before is ended and burned',
        'nothing counts early, whatever the worker says and however often: not without approvals, the wait, or the return',
        'whose account it is objects at any moment before it is done: it ends for good, and the officers are called',
      ),
    },
    {
      clause: '4.2.3, 4.6',
      requirement: 'After a recovery its person is told by a way of its own, with how to object.',
      how: 'Whoever’s account it is is told of every change, at every account of theirs, whatever the policy says; it also says who else is told and when. The message stands in the console, goes by mail too where the site has a relay, and says whom to call when it was not them. The leaf names by SID whom, by which channel, and also who could not be told. Each device that has the old password cached and runs an agent gets a signed notice, and signs how far it came; of the others the page says what to do by hand. Of a change of what somebody signs in with, such a device tells them where they sit, and signs whether it did.',
      status: 'in part',
      bank: 'Tell by letter or in person whom a message.sent leaf says could not be told.',
      leaves: [
        'message.sent',
        'message.read',
        'notice.created',
        'notice.acknowledged',
        'notice.refused',
        'notice.expired',
        'write.verified',
      ],
      tests: [
        ...provenBy(
          'test/verify/devices.test.ts',
          'a notice goes out at once, comes again at each connect, and is done when the device holds the new password',
          'what another device signed, or the device for another use, counts for nothing, and the verifier says so by itself',
          'what nobody said by the end of the time is recorded, and nothing is taken after it',
        ),
        ...provenBy(
          'test/verify/devices-told-of-factors.test.ts',
          'each device of the account is told of the change, once, in words that nobody wrote, and of nobody else’s',
          'it comes again at each connect, and what the device signs of it is recorded until the person has seen it',
        ),
        ...provenBy(
          'test/story/told.test.ts',
          'a manager is told in the console that a password was changed, marks it as read, and nobody else sees it',
        ),
        ...provenBy(
          'test/verify/tell.test.ts',
          'a worker that says the reset was refused hides no change, and one that the writer has not settled is told later',
        ),
        ...provenBy(
          'test/mail/mail.test.ts',
          'a relay that is away for a while gets each mail once when it is back, and its address is kept no longer',
        ),
        ...provenBy(
          'test/rules/telling.test.ts',
          'whatever a policy says, the holder is told of a change, and the officers where the account is protected; nobody twice',
        ),
      ],
    },
  ],
};
