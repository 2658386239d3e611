import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { ResultCodeError } from 'ldapts';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { endLockout } from '#activities/directory/end-lockout.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { whyNotReset } from '#domain/account-state.ts';
import { signInLimitsInWords } from '#domain/sign-in-limits.ts';
import { runCommand } from '#ops/run-command.ts';
import { STATES } from './account-states.ts';
import { change, replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const dnOf = async (account: string) => (await bank.account(account)).dn;

/** A card is required: NORMAL_ACCOUNT and SMARTCARD_REQUIRED (MS-ADTS 2.2.16). */
const CARD_REQUIRED = String(0x200 | 0x40000);

before(async () => {
  const admin = bank.as('administrator');
  await replaceAttribute(admin, await dnOf('bilal.osman'), 'pwdLastSet', '0');
  await replaceAttribute(admin, await dnOf('goran.petrovic'), 'logonHours', Buffer.alloc(21));
  await replaceAttribute(admin, await dnOf('mateo.silva'), 'userWorkstations', 'BR-0042,BR-0043');
  await replaceAttribute(admin, await dnOf('karim.haddad'), 'userAccountControl', CARD_REQUIRED);
  await expirePassword(await dnOf('quentin.roux'));
});

/** Only the database itself takes a pwdLastSet in the past, with the control that Samba's own tests use. */
async function expirePassword(dn: string): Promise<void> {
  const input = `dn: ${dn}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 133000000000000000\n`;
  const done = await runCommand('ldbmodify', ['-H', bank.install.layout.database, '--controls=local_oid:1.3.6.1.4.1.7165.4.3.20:0'], {
    input,
  });
  assert.equal(done.code, 0, done.stderr);
}

/** What the controller says to a change with the old password, sent by an account of our own that has no right to reset. */
async function changed(dn: string, from: string, to: string): Promise<string> {
  const changes = [change('delete', 'unicodePwd', [encodePassword(from)]), change('add', 'unicodePwd', [encodePassword(to)])];
  try {
    await bank.as('reader').write((session) => session.modify(dn, changes));
    return 'ok';
  } catch (error) {
    if (!(error instanceof ResultCodeError)) throw error;
    return `${error.code} ${error.message.slice(0, 8)}`;
  }
}

const CHANGED = 'Changed-By-Them-71';
const RESET = 'Reset-By-Us-9914';

for (const { state, account, good, bad, change: changing, reset, unlock, after, told } of STATES) {
  test(`${state}: right password ${good}, wrong one ${bad}; changed: ${changing}; reset: ${reset}, then ${after}; unlocked: ${unlock}`, async () => {
    const name = account ?? 'nobody';
    const old = account ? bank.passwordOf(account) : 'Some-Password-1';
    const found = await findAccount(bank.as('reader'), name);
    assert.equal(found?.samAccountName, account);
    assert.equal(await bank.says(name, old), good);
    assert.equal(await bank.says(name, 'Not-The-Password-1'), bad);
    assert.equal(await changed(found?.dn ?? 'CN=Nobody,OU=Staff,DC=bank,DC=test', old, CHANGED), changing);
    const [guid, writer] = [found?.guid ?? randomUUID(), found?.protectedBy === undefined ? 'writerStaff' : 'writerPrivileged'] as const;
    const ended = await endLockout(bank.as(writer), guid);
    assert.equal(ended.outcome === 'refused' ? ended.reason : ended.outcome, unlock);
    const set = await setPassword(bank.as(writer), guid, RESET);
    assert.equal(set.outcome === 'refused' ? set.reason : set.outcome, reset);
    assert.equal(await bank.says(name, RESET), after);

    // What is known of the account before anything is done decides what its owner is told, and nobody else is told anything.
    if (!found) return assert.deepEqual(told, { refused: 'not-accepted' });
    const whyNot = whyNotReset(found);
    const words = { limits: signInLimitsInWords(found.signIn, { at: new Date(), keepsPassword: false }) };
    assert.deepEqual(whyNot ? { refused: whyNot } : words, told);
    const now = await bank.account(name);
    assert.deepEqual([now.locked, now.mustChange, now.passwordExpired], [false, false, false], 'a reset ends what a password can end');
  });
}

test('what a new password ends is read as such before, and is told to whoever keeps the old one', async () => {
  const admin = bank.as('administrator');
  await replaceAttribute(admin, await dnOf('fatima.noor'), 'pwdLastSet', '0');
  await expirePassword(await dnOf('lena.fischer'));
  for (const name of ['fatima.noor', 'lena.fischer']) {
    const { signIn } = await bank.account(name);
    assert.deepEqual(signIn, { passwordRunOut: true }, name);
    assert.match(signInLimitsInWords(signIn, { at: new Date(), keepsPassword: true }).join(' '), /asked for a new one at once/);
    assert.deepEqual(signInLimitsInWords(signIn, { at: new Date(), keepsPassword: false }), [], name);
  }
});

test('an account that is locked as well as something else says only that it is locked, whatever is typed', async () => {
  const admin = bank.as('administrator');
  const dora = await bank.account('dora.lind');
  await replaceAttribute(admin, dora.dn, 'lockoutTime', String((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n));
  assert.equal(await bank.says('dora.lind', RESET), 'locked');
  const both = await bank.account('dora.lind');
  assert.deepEqual([both.locked, whyNotReset(both)], [true, 'account-disabled'], 'of the two the one that a reset cannot end is told');
});
