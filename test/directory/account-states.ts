import type { PasswordAnswer } from '#activities/directory/errors.ts';
import type { RefusalCode } from '#domain/refusals.ts';

/** One state of an account, and what the controller and Countersign answer to each operation on it. */
export interface StateRow {
  state: string;
  /** In the demo bank; undefined where nobody has the name. */
  account: string | undefined;
  /** A bind with the right password, and with a wrong one. */
  good: PasswordAnswer;
  bad: PasswordAnswer;
  /** A change with the right old password by anybody who is bound: `ok`, or the controller's code. */
  change: string;
  /** A reset and an unlock as the writer makes them, should somebody ask for it in spite of everything. */
  reset: 'applied' | 'not-found';
  unlock: 'applied' | 'not-found';
  /** A bind with the new password after the reset. */
  after: PasswordAnswer;
  /** What the claimant reads once proven: the refusal that ends it, or what is said beside the new password. Nothing of it before. */
  told: { refused: RefusalCode } | { limits: readonly string[] };
}

const NOTHING = { limits: [] } as const;

/**
 * The table of the states in which an account can be, as Samba 4.17 answers. The controller makes a reset and an unlock in every one of
 * them, so that what a claimant is spared is for Countersign to know.
 */
export const STATES: readonly StateRow[] = [
  {
    state: 'an ordinary account',
    account: 'alice.moreau',
    ...{ good: 'ok', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'ok' },
    told: NOTHING,
  },
  {
    state: 'a protected account',
    account: 'samir.khan',
    ...{ good: 'ok', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'ok' },
    told: NOTHING,
  },
  {
    state: 'a locked account',
    account: 'chen.wei',
    ...{ good: 'locked', bad: 'locked', change: '19 00000775', reset: 'applied', unlock: 'applied', after: 'ok' },
    told: NOTHING,
  },
  {
    state: 'a disabled account',
    account: 'dora.lind',
    ...{ good: 'disabled', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'disabled' },
    told: { refused: 'account-disabled' },
  },
  {
    state: 'an account past its end',
    account: 'emil.novak',
    ...{ good: 'account-expired', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'account-expired' },
    told: { refused: 'account-expired' },
  },
  {
    state: 'a password past its age',
    account: 'quentin.roux',
    ...{ good: 'expired-password', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'ok' },
    told: NOTHING,
  },
  {
    state: 'a password that must be changed',
    account: 'bilal.osman',
    ...{ good: 'must-change', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'ok' },
    told: NOTHING,
  },
  {
    state: 'outside the logon hours',
    account: 'goran.petrovic',
    ...{ good: 'logon-hours', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'logon-hours' },
    told: { limits: ['Your account may not sign in at any hour, whatever its password is. Ask the help desk to have that corrected.'] },
  },
  {
    state: 'from another workstation',
    account: 'mateo.silva',
    ...{ good: 'workstation', bad: 'wrong', change: 'ok', reset: 'applied', unlock: 'applied', after: 'workstation' },
    told: {
      limits: ['Your account may sign in at these computers (BR-0042, BR-0043) only. At any other the right password is refused too.'],
    },
  },
  {
    // The moment the flag is set the password stops to work, and a reset would let it in again.
    state: 'a smart card is required',
    account: 'karim.haddad',
    ...{ good: 'wrong', bad: 'wrong', change: '19 00000056', reset: 'applied', unlock: 'applied', after: 'ok' },
    told: { refused: 'smart-card-required' },
  },
  {
    state: 'a name that nobody has',
    account: undefined,
    ...{ good: 'wrong', bad: 'wrong', change: '32 00002030', reset: 'not-found', unlock: 'not-found', after: 'wrong' },
    told: { refused: 'not-accepted' },
  },
];
