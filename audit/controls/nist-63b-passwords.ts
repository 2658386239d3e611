import { provenBy, type Control } from './control.ts';

/** §3.1.1.2: what a password has to be, and what nobody may ask of it. */
export const nist63bPasswords: readonly Control[] = [
  {
    clause: '3.1.1.2(1)',
    requirement: 'A password that is the only factor has at least 15 characters, one that is always used with another factor at least 8.',
    how: 'The longer of the policy’s and the directory’s minimum counts. No policy may ask for less than 8; up to 64 can be asked for.',
    status: 'in part',
    bank: 'A password that signs in to Windows by itself is a single factor: write bases: [nist-800-63b-4] in the policy, which then refuses less than 15. The demo’s policy says 10.',
    leaves: ['password.refused', 'password.chosen'],
    tests: [
      ...provenBy('test/rules/password-rules.test.ts', 'a longer minimum of the product wins over a shorter one of the directory'),
      ...provenBy('test/rules/policy-floor.test.ts', 'a policy that names published rules is held to them, each with its clause'),
    ],
  },
  {
    clause: '3.1.1.2(2)-(3)',
    requirement: 'At least 64 characters, spaces and all of printable ASCII and Unicode are taken.',
    how: 'Up to 127 characters of any script are taken. Control characters and lone surrogates are refused, since nobody could type them again. The password is normalised to NFC.',
    status: 'met',
    leaves: ['password.chosen', 'write.verified'],
    tests: [
      ...provenBy(
        'test/rules/password-rules.test.ts',
        'nothing that a person can type makes the check throw, and an accepted password is always writable',
      ),
      ...provenBy('test/directory/writing.test.ts', 'a word typed in its composed and its decomposed form is one password'),
    ],
  },
  {
    clause: '3.1.1.2(4)',
    requirement: 'Each Unicode code point counts as one character.',
    how: 'Length is counted in UTF-16 code units, as Active Directory counts. A character beyond the basic plane, such as an emoji, counts twice.',
    status: 'in part',
    bank: 'Take note of the difference: it comes from the directory, and a product that counted otherwise would promise what the controller refuses.',
    leaves: ['password.refused'],
    tests: provenBy(
      'test/rules/password-rules.test.ts',
      'length is counted in UTF-16 code units, as the directory counts, so an emoji counts twice',
    ),
  },
  {
    clause: '3.1.1.2(5)',
    requirement: 'No rule about which kinds of characters a password is made of.',
    how: 'The product adds none of its own. Where the directory’s policy has complexity on, its rule is told beforehand and enforced by the controller.',
    conflict:
      'PCI DSS 8.3.6 asks for letters and digits. The directory’s policy of the account decides: leave complexity off for accounts out of PCI scope, on for those in it.',
    status: 'in part',
    bank: 'Decide by fine-grained password policies for whom complexity is on, and write down which framework that follows.',
    leaves: ['password.refused', 'password.chosen'],
    tests: [
      ...provenBy('test/api/password-check.test.ts', "the account's own rules are told with all their reasons"),
      ...provenBy(
        'test/directory/reading.test.ts',
        'the policy in force: the domain\'s, the fine-grained one, and "unreadable" for whoever may not see it',
      ),
    ],
  },
  {
    clause: '3.1.1.2(6)',
    requirement: 'No change by the calendar; a change is forced when a password is known to be compromised.',
    how: 'The product asks nobody to change a password and sets no maximum age. A reset is begun by its person.',
    conflict: 'PCI DSS 8.3.9 asks for a change every 90 days where the password is the only factor.',
    status: 'bank',
    bank: 'The maximum age stands in the directory’s policy. Forcing a change after a compromise is done there too (must change at next sign-in).',
    leaves: ['reset.requested', 'write.result'],
    tests: provenBy(
      'test/story/standard-reset.test.ts',
      'an employee forgets a password and is back at work: new password binds, old one is refused by Kerberos',
    ),
  },
  {
    clause: '3.1.1.2(7)-(8)',
    requirement: 'No hints for people who are not signed in, and no security questions.',
    how: 'There is no form, route or proof that takes or shows either. A proof is a recovery code or a code that was issued in person.',
    status: 'met',
    leaves: [],
    testOnly:
      'An absence leaves no leaf. The table of all routes and forms is complete by test, and none of them takes a question, an answer or a hint.',
    tests: provenBy('test/story/no-effect-without-its-leaf.test.ts', 'the tables name every route and every form, and no other'),
  },
  {
    clause: '3.1.1.2(9)',
    requirement: 'The whole password is compared with a list of common and expected ones, and a refusal says why.',
    how: 'A signed offline list of any length, disguises undone, words of the place and of the person, rows of keys, runs and dates are compared before anything is sealed; each reason is told. Without a list that holds, or with one older than the policy allows, no password is taken.',
    status: 'met',
    bank: 'Put your own words into password.siteWords, bring a newer list now and then, and say in password.oldestBannedList how old it may be. Nothing is looked up in a breach service, since no request leaves the network.',
    leaves: ['password.refused', 'password.chosen', 'banned-list.imported'],
    tests: [
      ...provenBy(
        'test/api/password-check.test.ts',
        'a password on the list is refused in every disguise',
        'words of this place alone are no password, beside others they may stand',
      ),
      ...provenBy(
        'test/api/guessable.test.ts',
        'rows of keys, runs, repetitions and dates carry no password, on whichever keyboard',
        'the person’s names, account and number carry none, in any script, with look-alikes, without accents or on the wrong keyboard',
      ),
      ...provenBy(
        'test/api/banned-list.test.ts',
        'a list that is missing, cut, longer, changed by one bit or signed by somebody else is none, and nothing is let through',
      ),
      ...provenBy(
        'test/api/banned-list-at-the-door.test.ts',
        'without a list that holds no password is taken, the claimant is told what to say, and no try is counted',
      ),
    ],
  },
];
