import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '#ops/paths.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { readDecision, signedDecisions } from '#prisma/decision-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import type { Attestation } from '#domain/attestation.ts';
import { commitment } from '#evidence/leaf.ts';
import { hexSha256 } from '#test/support/soft-passkey.ts';
import { begun, codes, decided, keyOf, PAGE, registrationOf, signature, type Bent, type Deciding } from './keys.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { codeNow, enrolled, identified, person, seal, useVerifier, type Enrolled } from './world.ts';
import { edited } from '#test/support/policies.ts';

const world = await useVerifier();
const officers = ['S-CS-Security-Officers'];
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }), 9);
const quentin = await enrolled(world, person('quentin', { groups: officers }), 9);
await enrolled(world, person('rosa', { protectedBy: 'Domain Admins', managerGuid: ines.guid, displayName: 'Rosa Klein' }));
await enrolled(world, person('samir', { protectedBy: 'Domain Admins', managerGuid: ines.guid }));
const [own, foreign] = [await keyOf(world, ines), await keyOf(world, quentin)];
const reason = hexSha256(Buffer.from('because'));

async function waiting(account = 'rosa'): Promise<Deciding> {
  const reset = await identified(world, account);
  assert.equal((await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' })).outcome, 'requested');
  return { reset, approver: ines, stage: 0, decision: 'approve', reason };
}

const tried = async (of: Deciding, bent: Bent = {}, key = own) => decided(world, of, await signature(world, key, of, bent));
const decisionsOf = ({ reset }: Deciding) => world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'decision' } });

test('what was signed stands in the statement verbatim, and is checked again by whoever has the verifier’s public key', async () => {
  const of = await waiting();
  assert.equal(await tried(of), 'approve');
  const rows = await world.superuser.attestation.findMany({ where: { resetId: of.reset.reset } });
  const statements = rows.flatMap(({ body, signature }) => readStatement(body, signature, world.deps.keys.checking) ?? []);
  const decision = statements.find((one) => one.kind === 'decision');
  assert.ok(decision?.signed);
  assert.deepEqual([...signedDecisions(statements, world.deps.keys.checking, world.deps.relyingParty)], [decision.id]);
  assert.equal(
    signedDecisions(statements, world.deps.keys.checking, { id: PAGE.rpId, origins: ['https://other.test'] }).size,
    0,
    'not on a page of ours',
  );

  const said = readDecision(decision.signed.text);
  const shown = await world.superuser.opening.findUniqueOrThrow({ where: { commitment: said?.shown ?? '' } });
  assert.equal(commitment(shown.value, shown.salt), said?.shown);
  assert.match(shown.value, /^Reset the password of Rosa Klein \(rosa, /);
  assert.ok(!decision.signed.text.includes('Rosa'), 'who it was is behind the commitment, and can be erased');
  const leaf = await world.superuser.leaf.findFirstOrThrow({ where: { resetId: of.reset.reset, type: 'approval.decided' } });
  const { do: facts, who } = JSON.parse(leaf.body) as { do: Record<string, unknown>; who: { actor: { auth: unknown } } };
  assert.equal(facts['shown_c'], said?.shown);
  assert.deepEqual(who.actor.auth, { method: 'passkey', aal: '2', cred: decision.credential });

  for (const bend of [
    (one: typeof decision) => ({ ...one, decision: 'deny' as const }),
    (one: typeof decision) => ({ ...one, person: quentin.guid }),
    (one: typeof decision) => ({ ...one, stage: 1 }),
    (one: typeof decision) => ({ ...one, reason: hexSha256(Buffer.from('other')) }),
    (one: typeof decision) => ({ ...one, run: randomUUID() }),
    (one: typeof decision) => ({ ...one, method: 'totp' as const }),
  ]) {
    const bent = statements.map((one): Attestation => (one.kind === 'decision' ? bend(one) : one));
    assert.equal(signedDecisions(bent, world.deps.keys.checking).size, 0, 'a verifier that lies about the decision is found');
  }
});

test('a signature counts for one decision, of one reset, by one person, over just what was said', async () => {
  const [of, other] = [await waiting(), await waiting('samir')];
  const approvalOf = (one: Deciding) => world.api.approval.findFirstOrThrow({ where: { resetId: one.reset.reset, stage: 0 } });
  const theirs = await begun(world, ines, `decision/${(await approvalOf(other)).id}`);
  assert.equal(await tried(of, { ceremony: theirs }), 'ceremony-over', 'a ceremony of another reset');
  const mine = async () => begun(world, ines, `decision/${(await approvalOf(of)).id}`);
  assert.equal(await tried(of, { ceremony: await begun(world, quentin, `decision/${(await approvalOf(of)).id}`) }), 'ceremony-over');
  assert.equal(await tried(of, {}, foreign), 'passkey-not-accepted', "somebody else's key");
  const lies: Bent[] = [
    { said: { decision: 'deny' } },
    { said: { reset: other.reset.reset } },
    { said: { account: other.reset.account ?? '' } },
    { said: { approver: quentin.guid } },
    { said: { stage: 1 } },
    { said: { reason: '00'.repeat(32) } },
    { said: { policy: { sha256: '00'.repeat(32), rule: 'privileged' } } },
    { said: { run: randomUUID() } },
    { said: { nonce: randomUUID() } },
    { said: { notAfter: '2099-01-01T00:00:00.000Z' } },
    { said: { evidence: { size: '1', root: `${'A'.repeat(43)}=` } } },
    { lines: ['Reset the password of somebody else.'] },
    { page: { ...PAGE, origin: 'https://console.test.evil.test' } },
    { page: { ...PAGE, rpId: 'evil.test' } },
    { page: { ...PAGE, crossOrigin: true } },
  ];
  for (const lie of lies) assert.equal(await tried(of, lie), 'passkey-not-accepted', JSON.stringify(lie));
  assert.equal(
    await tried(of, { sealed: { evidence: { size: '1', root: `${'A'.repeat(43)}=` } } }),
    'ceremony-over',
    'a checkpoint that this log does not have',
  );
  own.flags.userVerified = false;
  assert.equal(await tried(of), 'passkey-not-verified');
  own.flags.userVerified = true;
  const late = await mine();
  await world.superuser.$executeRaw`UPDATE ceremony SET created_at = now() - interval '301 seconds' WHERE id = ${late.ceremony}::uuid`;
  assert.equal(await tried(of, { ceremony: late }), 'ceremony-over');
  assert.equal((await decisionsOf(of)).length, 0);
  const faults = await world.superuser.leaf.findMany({ where: { resetId: of.reset.reset, type: 'approval.refused' } });
  assert.ok(
    faults.some(({ body }) => body.includes('"fault":"challenge"')) && faults.some(({ body }) => body.includes('"fault":"origin"')),
  );

  const once = await signature(world, own, of, { ceremony: await mine() });
  assert.deepEqual(
    await Promise.all([decided(world, of, once), decided(world, of, once)]),
    ['approve', 'approve'],
    'sent twice at once: one vote',
  );
  assert.equal((await decisionsOf(of)).length, 1);
  assert.equal(await decided(world, other, once), 'ceremony-over', 'carried to another reset');
});

test('a code does not decide about a protected account', async () => {
  const of = await waiting();
  assert.equal(await decided(world, of, { totp: codeNow(ines) }), 'passkey-needed');
  assert.equal(await tried(of), 'approve', 'nothing of it burned anything');
});

test('whoever replaced their key does not decide until the cooling-off time is over, though the new key is good', async () => {
  const [nadia] = [await enrolled(world, person('nadia', { groups: ['S-CS-Approvers'] }), 9)];
  await enrolled(world, person('karl', { protectedBy: 'Domain Admins', managerGuid: nadia.guid }));
  const first = await keyOf(world, nadia);
  const reset = await identified(world, 'karl');
  await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' });
  const of: Deciding = { reset, approver: nadia, stage: 0, decision: 'approve', reason };
  const replaced = await replacement(nadia);
  assert.equal(await tried(of, {}, replaced), 'factors-replaced');
  assert.equal(await tried(of, {}, first), 'factors-replaced', 'nor with the old one: who has which is not known');
  await world.superuser.$executeRaw`DELETE FROM passkey WHERE credential_id = ${replaced.id}`;
  assert.equal(await tried(of, {}, first), 'approve');

  const fresh = await identified(world, 'karl');
  await replacement(nadia);
  assert.equal(
    (await world.verifier.requestApprovals({ ...fresh, account: fresh.account ?? '' })).outcome,
    'requested',
    'their cooling-off ends before the stage does',
  );
});

test('a person without a key is told to register one, and a removed key decides nothing', async () => {
  const bo = await enrolled(world, person('bo', { groups: ['S-CS-Approvers'] }), 9);
  await enrolled(world, person('ada', { protectedBy: 'Domain Admins', managerGuid: bo.guid }));
  const reset = await identified(world, 'ada');
  await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' });
  const of: Deciding = { reset, approver: bo, stage: 0, decision: 'approve', reason };
  assert.equal(await tried(of, {}, new SoftPasskey()), 'passkey-needed');
  const key = await keyOf(world, bo);
  await world.superuser.$executeRaw`UPDATE passkey SET disabled_at = now() WHERE credential_id = ${key.id}`;
  assert.equal(await tried(of, {}, key), 'passkey-needed');
});

test('where the rule takes codes, one decides about an ordinary account, as a key does', async () => {
  const text = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8')
    .replace(/\ntests:\n[^]*$/, '\n')
    .replace('approvals: []', 'approvals: [{ label: manager, by: { relation: manager } }]\n    decisions: [passkey, totp]');
  await world.superuser.$transaction((tx) => loadPolicy(tx, text, { type: 'service', name: 'test' }));
  await enrolled(world, person('alice', { managerGuid: ines.guid }));
  const of = await waiting('alice');
  const { totp } = await codes(world, ines);
  assert.equal(await decided(world, of, { totp: '000000' }), 'factor-not-accepted');
  assert.equal(await decided(world, of, { totp }), 'approve');
  assert.equal(await tried(await waiting('alice')), 'approve');
  const protectedToo = edited(text, ['approvals: # in this order', 'decisions: [totp]\n    approvals: # in this order']);
  assert.throws(() => parsePolicy(protectedToo), /line \d+.*Decisions about protected accounts are signed/);
});

/** Another key, bound by codes although there was one. */
async function replacement(who: Enrolled): Promise<SoftPasskey> {
  const key = new SoftPasskey();
  const ceremony = await begun(world, who, 'passkey/add');
  const request = randomUUID();
  const value = {
    account: who.guid,
    ceremony: ceremony.ceremony,
    name: 'new',
    registration: registrationOf(key, ceremony),
    by: await codes(world, who),
  };
  const sealed = await seal(world, 'passkey', request, value);
  assert.equal((await world.verifier.registerPasskey({ request, account: who.guid, sealed })).outcome, 'done');
  return key;
}
