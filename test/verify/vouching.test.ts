import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { requestCode } from '#domain/request-code.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { decided, keyOf, signature } from './keys.ts';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const rules = `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    accept:
      - { name: a colleague and the authenticator, proofs: [vouching], factors: [totp] }
      - { name: recovery code and authenticator, proofs: [recovery-code], factors: [totp] }
    vouchers: [{ relation: manager }, { group: CS-Help-Desk }, { relation: same-unit }]
    approvals: [{ label: colleague, by: { group: CS-Approvers } }]`;
await world.superuser.$transaction((tx) => loadPolicy(tx, demoPolicyWith(rules), { type: 'service', name: 'test' }));
const elsewhere = (name: string) => `CN=${name},OU=IT,DC=bank,DC=test`;

let serial = 0;
/** A claimant, and a colleague of theirs who may vouch: each scene has people of its own, whose codes nobody used. */
async function two(facts: Parameters<typeof person>[1] = {}): Promise<{ claimant: Enrolled; voucher: Enrolled; reset: OpenReset }> {
  serial += 1;
  const voucher = await enrolled(
    world,
    person(`voucher${serial}`, { dn: elsewhere(`voucher${serial}`), groups: ['S-CS-Help-Desk'], ...facts }),
  );
  const claimant = await enrolled(world, person(`claimant${serial}`));
  return { claimant, voucher, reset: await identified(world, claimant.samAccountName) };
}

interface Word {
  whom: string;
  requestCode: string;
  by: { code: string };
}

/** Vouches as the API does for whoever is signed in; answers 'done' or the refusal. */
async function vouchFor(who: Enrolled, reset: OpenReset, word: Partial<Word> = {}, request: string = randomUUID()): Promise<string> {
  const whom = [...world.directory.values()].find(({ guid }) => guid === reset.account)?.samAccountName ?? 'nobody';
  const value = { account: who.guid, whom, requestCode: requestCode(reset.reset), by: { code: codeNow(who) }, source: '10.1.2.3', ...word };
  const answer = await world.verifier.vouch({ request, account: who.guid, sealed: await seal(world, 'vouch', request, value) });
  return answer.outcome === 'done' ? 'done' : answer.code;
}
const name = (reset: OpenReset, voucher: Enrolled) => prove(world, reset, voucher.samAccountName, randomUUID(), 'vouching');

test('a colleague vouches with their own factor, the claimant names them, and it is signed who, by what and when', async () => {
  const { claimant, voucher, reset } = await two();
  assert.equal(await name(reset, voucher), 'failed', 'nobody has vouched yet');
  assert.equal(await vouchFor(voucher, reset), 'done');
  assert.equal(await prove(world, reset, claimant.samAccountName, randomUUID(), 'vouching'), 'failed', 'another name than the one who did');
  assert.equal(await name(reset, voucher), 'passed');
  assert.equal(await factor(world, reset, codeNow(claimant)), 'passed');
  const { body, signature: signed } = await world.superuser.attestation.findFirstOrThrow({
    where: { resetId: reset.reset, kind: 'proof' },
  });
  const proof = readStatement(body, signed, world.deps.keys.checking);
  assert.ok(proof?.kind === 'proof' && proof.vouched);
  assert.deepEqual([proof.method, proof.issuer, proof.vouched.method], ['vouching', voucher.guid, 'totp']);
  const app = await world.superuser.totp.findFirstOrThrow({ where: { accountGuid: voucher.guid } });
  assert.equal(proof.vouched.credential, app.id);
  const given = await world.superuser.leaf.findFirstOrThrow({ where: { type: 'vouch.given', resetId: reset.reset } });
  assert.match(given.body, new RegExp(`"guid":"${voucher.guid}"`));
  assert.equal(given.account, claimant.guid);
});

test('whoever is not named by the rule, or stands in for who is, vouches for nobody, and their code is not used up', async () => {
  const { claimant, reset } = await two();
  const stranger = await enrolled(world, person('stranger', { dn: elsewhere('stranger') }));
  assert.equal(await vouchFor(stranger, reset), 'not-a-voucher');
  assert.equal(await vouchFor(claimant, reset), 'vouch-for-oneself');
  const second = await enrolled(world, person('second', { employeeId: claimant.employeeId, groups: ['S-CS-Help-Desk'] }));
  assert.equal(await vouchFor(second, reset), 'vouch-for-oneself', 'with another account, through a group that is named');
  const other = await two();
  assert.equal(await vouchFor(stranger, other.reset), 'not-a-voucher');
  world.directory.set(stranger.guid, { ...stranger, groups: ['S-CS-Help-Desk'] });
  assert.equal(await vouchFor(stranger, other.reset), 'done', 'the same code, once they belong to it');
});

test('the manager and a colleague of the same unit may; who is locked, disabled or was reset lately may not', async () => {
  const boss = await enrolled(world, person('boss', { dn: elsewhere('boss') }));
  const beside = await enrolled(world, person('beside'));
  await enrolled(world, person('worker', { managerGuid: boss.guid }));
  const reset = await identified(world, 'worker');
  assert.equal(await vouchFor(boss, reset), 'done');
  assert.equal(await vouchFor(beside, reset), 'done');
  for (const facts of [{ locked: true }, { enabled: false }, { expired: true }]) {
    const { voucher, reset: open } = await two(facts);
    assert.equal(await vouchFor(voucher, open), 'account-not-active', JSON.stringify(facts));
  }
  const { voucher, reset: open } = await two();
  const claim = { ordinal: 1, digest: 'x', pwdLastSetBefore: '1', controller: 'dc1', state: 'verified', settledAt: new Date() };
  await world.superuser.writeClaim.create({ data: { resetId: randomUUID(), accountGuid: voucher.guid, ...claim } });
  assert.equal(await vouchFor(voucher, open), 'voucher-not-yet');
});

test('a wrong request code, another account, a decoy and an ended reset are answered alike, and tries are counted', async () => {
  const { voucher, reset } = await two();
  const decoy = await identified(world, 'no-such-name');
  const another = await two();
  assert.equal(await vouchFor(voucher, reset, { requestCode: requestCode(another.reset.reset) }), 'vouch-not-open');
  assert.equal(await vouchFor(voucher, reset, { whom: another.claimant.samAccountName }), 'vouch-not-open');
  assert.equal(await vouchFor(voucher, reset, { whom: 'no-such-name', requestCode: requestCode(decoy.reset) }), 'vouch-not-open');
  assert.equal(await name(decoy, voucher), 'failed');
  await world.superuser.$executeRaw`UPDATE reset SET ended_at = now() WHERE id = ${another.reset.reset}::uuid`;
  assert.equal(await vouchFor(voucher, another.reset), 'vouch-not-open');
  for (let tries = 4; tries < 20; tries++) await vouchFor(voucher, reset, { requestCode: 'AAA-AAA' });
  assert.equal(await vouchFor(voucher, reset), 'too-many-requests');
});

test('of 64 words said with one code exactly one counts, and of 64 who name it exactly one burns it', async () => {
  const { voucher, reset } = await two();
  const said = await Promise.all(Array.from({ length: 64 }, () => vouchFor(voucher, reset).catch((error: unknown) => String(error))));
  assert.equal(said.filter((one) => one === 'done').length, 1);
  assert.equal(await world.superuser.vouch.count({ where: { resetId: reset.reset } }), 1);
  await world.superuser.$executeRaw`DELETE FROM attempts`;
  await Promise.all(Array.from({ length: 64 }, () => name(reset, voucher).catch((error: unknown) => String(error))));
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'proof' } }), 1);
  assert.equal(await world.superuser.burn.count({ where: { consumed: { startsWith: 'vouch:' }, subject: reset.reset } }), 1);
});

test('a word is good for its own reset, for minutes and once, whatever is edited in its row', async () => {
  const { claimant, voucher, reset } = await two();
  const later = await identified(world, claimant.samAccountName);
  assert.equal(await vouchFor(voucher, reset), 'done');
  assert.equal(await name(later, voucher), 'failed', 'another reset of the same account');
  await world.superuser.$executeRaw`UPDATE vouch SET reset_id = ${later.reset}::uuid WHERE reset_id = ${reset.reset}::uuid`;
  assert.equal(await name(later, voucher), 'failed', 'a row that was moved');
  await world.superuser.$executeRaw`UPDATE vouch SET reset_id = ${reset.reset}::uuid WHERE reset_id = ${later.reset}::uuid`;
  await world.superuser.$executeRaw`UPDATE vouch SET expires_at = now() - interval '1 second' WHERE reset_id = ${reset.reset}::uuid`;
  assert.equal(await name(reset, voucher), 'failed', 'too late');
  await world.superuser.$executeRaw`UPDATE vouch SET expires_at = now() + interval '1 day' WHERE reset_id = ${reset.reset}::uuid`;
  assert.equal(await name(reset, voucher), 'failed', 'given more time by hand');

  const next = await two();
  assert.equal(await vouchFor(next.voucher, next.reset), 'done');
  const [row] = await world.superuser.vouch.findMany({ where: { resetId: next.reset.reset } });
  assert.equal(await name(next.reset, next.voucher), 'passed');
  await world.superuser.$executeRaw`UPDATE vouch SET used_at = NULL WHERE id = ${row?.id ?? ''}::uuid`;
  const again = async () => {
    const sealed = await seal(world, 'proof', next.reset.reset, { method: 'vouching', value: next.voucher.samAccountName });
    return (await world.verifier.checkProof({ ...next.reset, updateId: randomUUID(), sealed, passed: ['vouching'] })).outcome;
  };
  assert.equal(await again(), 'failed', 'a row that was set back');
});

test('a colleague who was disabled after vouching has vouched for nothing', async () => {
  const { voucher, reset } = await two();
  assert.equal(await vouchFor(voucher, reset), 'done');
  world.directory.set(voucher.guid, { ...voucher, enabled: false });
  assert.equal(await name(reset, voucher), 'failed');
});

test('a worker can put no word into anybody’s mouth', async () => {
  const { voucher, reset } = await two();
  const mallory = await enrolled(world, person('mallory'));
  const request = randomUUID();
  const value = { account: mallory.guid, whom: 'x', requestCode: requestCode(reset.reset), by: { code: codeNow(mallory) } };
  const sealed = await seal(world, 'vouch', request, value);
  const named = await world.verifier.vouch({ request, account: voucher.guid, sealed });
  assert.equal(named.outcome === 'refused' && named.code, 'service-unavailable', 'sealed by somebody else');
  const other = randomUUID();
  const carried = await world.verifier.vouch({ request: other, account: mallory.guid, sealed: await seal(world, 'vouch', request, value) });
  assert.equal(carried.outcome === 'refused' && carried.code, 'service-unavailable', 'sealed for another request');
  assert.equal(await name(reset, voucher), 'failed');
});

test('who vouched never approves the same reset, neither as themselves nor with another account', async () => {
  const approver = await enrolled(world, person('ines', { groups: ['S-CS-Approvers', 'S-CS-Help-Desk'] }));
  const second = await enrolled(world, person('ines-two', { groups: ['S-CS-Approvers'], employeeId: approver.employeeId }));
  const third = await enrolled(world, person('mateo', { groups: ['S-CS-Approvers'] }));
  const keys = new Map(await Promise.all([approver, second, third].map(async (who) => [who.guid, await keyOf(world, who)] as const)));
  const { claimant, reset } = await two();
  await world.superuser.$executeRaw`UPDATE totp SET last_step = NULL`;
  assert.equal(await vouchFor(approver, reset, { by: { code: codeNow(approver, 1) } }), 'done');
  assert.equal(await name(reset, approver), 'passed');
  assert.equal(await factor(world, reset, codeNow(claimant)), 'passed');
  assert.deepEqual(await world.verifier.requestApprovals({ ...reset, account: claimant.guid }), { outcome: 'requested' });
  const decide = async (who: Enrolled): Promise<string> => {
    const of = { reset, approver: who, stage: 0, decision: 'approve' as const, reason: 'ab'.repeat(32) };
    const key = keys.get(who.guid);
    assert.ok(key);
    return decided(world, of, await signature(world, key, of), { updateId: randomUUID() });
  };
  assert.equal(await decide(approver), 'issued-the-code');
  assert.equal(await decide(second), 'issued-the-code');
  assert.equal(await decide(third), 'approve');
});
