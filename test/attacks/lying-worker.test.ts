import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { WriteAsked, WriteOutcome } from '#activities/contract.ts';
import type { Attestation } from '#domain/attestation.ts';
import { policySha256 } from '#prisma/policy-text.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { replaceAttribute } from '../directory/change.ts';
import { freshPassword, writerBench, type CaseOptions } from '../write/workbench.ts';
import { approvalLies, approvals, only, statementLies, without } from './lies.ts';

/**
 * The worker is taken over: it may ask the writers anything, and change whatever a worker's code could reach. Everything
 * here but the one honest write ends in no change of any password in the whole domain, counted at the controller by the
 * version of unicodePwd.
 */
const bench = await writerBench();
const staff = await bench.writer('staff');
const privileged = await bench.writer('privileged');
const administrator = bench.bank.as('administrator');
const start = await bench.versions();

async function asks(
  account: string,
  options: CaseOptions = {},
  change: (asked: WriteAsked) => Partial<WriteAsked> = () => ({}),
): Promise<WriteOutcome> {
  const { asked } = await bench.scene(account, options);
  const isPrivileged = (await bench.bank.account(account)).protectedBy !== undefined;
  const lie = { ...asked, ...change(asked) };
  // Whatever it says, it can have witnessed: a witness cosigns any leaf.
  const intended = /^[0-9a-f-]{36}$/.test(lie.account) ? await bench.intend(lie) : lie;
  return (isPrivileged ? privileged : staff).writePassword({ ...lie, intent: intended.intent });
}

async function refused(what: string, answer: Promise<WriteOutcome>, ...codes: string[]): Promise<void> {
  const before = await bench.versions();
  const outcome = await answer;
  assert.equal(outcome.outcome, 'refused', what);
  if (outcome.outcome === 'refused') assert.ok(codes.includes(outcome.code), `${what}: ${outcome.code}`);
  assert.deepEqual(await bench.changedSince(before), [], what);
}

test('statements that are missing, borrowed, forged, old or of tomorrow', async () => {
  const alice = await bench.bank.account('alice.moreau');
  for (const [what, options] of statementLies(alice.sid)) await refused(what, asks('alice.moreau', options), 'evidence-missing');
  await refused('vouched for oneself', asks('alice.moreau', { issuer: 'alice.moreau' }), 'issuer-own-account');
  await refused(
    'an older password was judged',
    asks('alice.moreau', { statements: only('identified', { pwdLastSet: '132000000000000000' }) }),
    'account-changed',
  );
  await refused(
    'another manager was judged',
    asks('alice.moreau', { statements: only('identified', { manager: randomUUID() }) }),
    'account-changed',
  );
  await refused(
    'the protected rule for a standard account',
    asks('alice.moreau', { statements: only('identified', { rule: 'privileged' }) }),
    'account-changed',
  );
});

test('rows that were written or changed by hand count for nothing', async () => {
  const { asked } = await bench.scene('alice.moreau', { statements: without('factor') });
  const [proof] = await bench.owner.attestation.findMany({ where: { resetId: asked.reset, kind: 'proof' } });
  assert.ok(proof);
  const body = JSON.stringify({ ...(JSON.parse(proof.body) as object), kind: 'factor', method: 'totp' });
  await bench.owner.attestation.create({ data: { ...proof, id: randomUUID(), kind: 'factor', body } });
  await bench.owner.attestation.create({ data: { ...proof, id: randomUUID(), kind: 'factor' } });
  await refused('a factor made of a proof', staff.writePassword(asked), 'evidence-missing');
  const worker = bench.database.as('worker');
  await assert.rejects(worker.attestation.create({ data: { ...proof, id: randomUUID() } }), 'the worker may not even insert one');
});

test('accounts that were one person’s when approval was asked for still are, whatever the directory says now', async () => {
  const [rosa, ines, quentin, priya] = await Promise.all(
    ['rosa.klein', 'ines.duarte', 'quentin.roux', 'priya.menon'].map((name) => bench.bank.account(name)),
  );
  const frozen = (...people: (typeof rosa)[]): CaseOptions => ({
    approvals,
    statements: only('approvers', { people: [people.map((one) => one?.guid)] }),
  });
  await refused('the approver was the claimant then', asks('rosa.klein', frozen(rosa, quentin)), 'own-account');
  await refused('both approvers were one person', asks('rosa.klein', frozen(ines, quentin)), 'already-decided');
  // Her number is taken from her second account after the request; the first one approved meanwhile.
  const second = await bench.bank.account('priya.menon-adm');
  await replaceAttribute(administrator, second.dn, 'employeeID', '77');
  try {
    const lie = { approvals: ['ines.duarte', 'priya.menon'], statements: only('approvers', { people: [[second.guid, priya?.guid]] }) };
    await refused('the link was taken away after the request', asks('priya.menon-adm', lie), 'own-account');
  } finally {
    await replaceAttribute(administrator, second.dn, 'employeeID', '1013');
  }
});

test('approvals that are missing, doubled, conflicted or denied', async () => {
  for (const [what, account, options, code] of approvalLies) await refused(what, asks(account, options), code);
});

test('an approver whose own password was reset today', async () => {
  const officer = await bench.bank.account('quentin.roux');
  const row = {
    resetId: uuidv7(),
    ordinal: 1,
    accountGuid: officer.guid,
    digest: '0'.repeat(64),
    pwdLastSetBefore: '1',
    controller: 'ldaps://x',
    state: 'verified',
  };
  await bench.owner.writeClaim.create({ data: row });
  await refused('recently reset', asks('rosa.klein', { approvals }), 'recently-reset');
  await bench.owner.writeClaim.deleteMany({ where: { resetId: row.resetId } });
});

test('a more lenient policy: the role may not load one, and a signed hash of another text finds none', async () => {
  const text = 'name: lenient';
  for (const role of ['worker', 'writer_staff', 'writer_privileged', 'verifier', 'api'] as const) {
    await assert.rejects(bench.database.as(role).policyVersion.create({ data: { sha256: policySha256(text), text } }), role);
  }
  // Even where the table was changed as its owner: a text that does not match its hash is no policy.
  await bench.owner.policyVersion.create({ data: { sha256: 'f'.repeat(64), text } });
  await refused(
    'text and hash differ',
    asks('alice.moreau', { statements: only('identified', { policy: 'f'.repeat(64) }) }),
    'evidence-missing',
  );
  await bench.owner.policyVersion.deleteMany({ where: { sha256: 'f'.repeat(64) } });
});

test('the wrong writer', async () => {
  const rosa = await bench.scene('rosa.klein', { approvals, seal: { recipient: 'writer-staff' } });
  await refused('a protected account at the staff writer', staff.writePassword(rosa.asked), 'evidence-missing');
  const alice = await bench.scene('alice.moreau', { seal: { recipient: 'writer-privileged' } });
  await refused('a standard account at the privileged writer', privileged.writePassword(alice.asked), 'evidence-missing');
});

test('another account, another value, another ordinal', async () => {
  const victim = await bench.bank.account('bilal.osman');
  const other = await bench.scene('goran.petrovic');
  await refused(
    "another account's GUID",
    asks('alice.moreau', {}, () => ({ account: victim.guid })),
    'evidence-missing',
  );
  await refused(
    'a value sealed for another reset',
    asks('alice.moreau', {}, () => ({ sealed: other.asked.sealed, digest: other.asked.digest })),
    'evidence-missing',
  );
  await refused(
    'another digest',
    asks('alice.moreau', {}, () => ({ digest: 'a'.repeat(64) })),
    'evidence-missing',
  );
  await refused('sealed for another run', asks('alice.moreau', { seal: { run: randomUUID() } }), 'evidence-missing');
  await refused('sealed for another account', asks('alice.moreau', { seal: { account: victim.guid } }), 'evidence-missing');
  await refused('sealed for another reset', asks('alice.moreau', { seal: { subject: uuidv7() } }), 'evidence-missing');
  for (const account of ['krbtgt', 'svc-writer-staff', '*', '', 'alice.moreau']) {
    await assert.rejects(
      asks('alice.moreau', {}, () => ({ account })),
      { name: 'Broken' },
      'a name is no GUID',
    );
  }
  await assert.rejects(
    asks('alice.moreau', {}, () => ({ ordinal: 0 })),
    { name: 'Broken' },
  );
  await assert.rejects(
    asks('alice.moreau', {}, () => ({ password: 'mine' }) as Partial<WriteAsked>),
    { name: 'Broken' },
  );
});

test('accounts whose state a password does not help', async () => {
  await refused('disabled', asks('dora.lind'), 'account-disabled');
  await refused('expired', asks('emil.novak'), 'account-expired');
  const service = await bench.bank.account('svc-reader');
  await refused('served by no rule', asks('svc-reader', { statements: only('identified', { rule: 'standard' }) }), 'no-rule');
  assert.equal(service.enabled, true);
});

test('an account that changed since it was named', async () => {
  const named = await bench.scene('alice.moreau');
  const alice = await bench.bank.account('alice.moreau');
  const helena = await bench.bank.account('helena.voss');
  await replaceAttribute(administrator, alice.dn, 'manager', helena.dn);
  await refused('another manager by now', staff.writePassword(named.asked), 'account-changed');
  await replaceAttribute(administrator, alice.dn, 'manager', alice.managerDn ?? '');
  const again = await bench.scene('alice.moreau');
  await replaceAttribute(administrator, alice.dn, 'adminCount', '1');
  await refused('protected by now', staff.writePassword(again.asked), 'account-changed');
  await replaceAttribute(administrator, alice.dn, 'adminCount', '0');
  const approved = await bench.scene('rosa.klein', { approvals });
  const officer = await bench.bank.account('quentin.roux');
  await replaceAttribute(administrator, officer.dn, 'userAccountControl', '514');
  await refused('an approver who was disabled meanwhile', privileged.writePassword(approved.asked), 'approver-not-active');
  await replaceAttribute(administrator, officer.dn, 'userAccountControl', '512');
});

test('verification is no way to guess a password', async () => {
  const { asked } = await bench.scene('alice.moreau', { password: bench.bank.passwordOf('alice.moreau') });
  await assert.rejects(staff.verifyPassword(asked), { name: 'Broken' });
});

test('after one honest write, everything that follows in the same reset changes nothing', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('alice.moreau');
  const applied = await staff.writePassword(asked);
  assert.equal(applied.outcome, 'applied');
  const seal = () =>
    bench.sealer.seal(bench.apiDb, {
      recipient: 'writer-staff',
      purpose: 'password',
      subject: asked.reset,
      run: asked.run,
      account: asked.account,
      value: { password: freshPassword() },
    });

  assert.deepEqual(await staff.writePassword(asked), applied, 'a replay gets the stored answer');
  const changed = await seal();
  const outcomes = [
    await staff.writePassword({ ...asked, digest: changed.digest, sealed: changed.id }),
    await staff.writePassword(await bench.intend({ ...asked, ordinal: 2 })),
    await staff.writePassword(await bench.intend({ ...asked, ordinal: 3, digest: changed.digest, sealed: changed.id })),
  ];
  assert.deepEqual(
    outcomes.map((o) => (o.outcome === 'refused' ? o.code : o.outcome)),
    ['evidence-missing', 'account-changed', 'account-changed'],
  );

  // The verifier is asked to name the account once more, so that a statement with the new pwdLastSet exists as well.
  const now = await bench.bank.account('alice.moreau');
  const fresh = await seal();
  const rows = await bench.owner.attestation.findMany({ where: { resetId: asked.reset, kind: 'identified' } });
  await bench.sign({ ...(JSON.parse(rows[0]?.body ?? '{}') as Attestation), id: randomUUID(), pwdLastSet: now.pwdLastSet } as Attestation);
  await refused(
    'named again after the write',
    staff.writePassword(await bench.intend({ ...asked, ordinal: 4, digest: fresh.digest, sealed: fresh.id })),
    'evidence-missing',
  );
  await bench.owner.attestation.deleteMany({ where: { id: rows[0]?.id ?? '' } });
  const last = await seal();
  await refused(
    'and the first name removed as the owner',
    staff.writePassword(await bench.intend({ ...asked, ordinal: 5, digest: last.digest, sealed: last.id })),
    'account-changed',
  );
  assert.deepEqual(await bench.changedSince(before), ['alice.moreau'], 'one honest write');
  assert.deepEqual(await bench.changedSince(start), ['alice.moreau'], 'and no other in the whole file');
});
