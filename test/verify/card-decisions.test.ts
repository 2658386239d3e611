import assert from 'node:assert/strict';
import { createHash, randomUUID, sign } from 'node:crypto';
import { test } from 'node:test';
import type { Attestation, DecisionConfirmed } from '#domain/attestation.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { cardPurpose } from '#domain/passkey.ts';
import { signedBytes, type CardAlgorithm } from '#evidence/card-signature.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { canonical } from '#evidence/jcs.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { securityIdentities } from '#evidence/security-identities.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { signedDecisions } from '#prisma/decision-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { SERVER_AUTHENTICATION, type Issued } from '#test/support/card-authority.ts';
import { cardTrust } from '#test/support/card-trust.ts';
import { demoPolicyWith, privilegedRule } from '#test/support/policies.ts';
import { begun, decided, statementFor, type Bent, type Deciding } from './keys.ts';
import { enrolled, identified, person, useVerifier } from './world.ts';

const world = await useVerifier();
const HOUR_MS = 3_600_000;
const withCards = demoPolicyWith(`rules:${privilegedRule}\n    decisions: [passkey, smart-card]\n`);
await world.superuser.$transaction((tx) => loadPolicy(tx, withCards, { type: 'service', name: 'test' }));
const ines = await enrolled(world, person('ines', { groups: ['S-CS-Approvers'] }), 9);
const quentin = await enrolled(world, person('quentin', { groups: ['S-CS-Security-Officers'] }), 9);
await enrolled(world, person('rosa', { protectedBy: 'Domain Admins', managerGuid: ines.guid, displayName: 'Rosa Klein' }));
await enrolled(world, person('samir', { protectedBy: 'Domain Admins', managerGuid: ines.guid }));
const reason = createHash('sha256').update('because').digest('hex');

const { issuing, sister, lists, trust } = await cardTrust();
world.cards.trust = trust;
const card = await issuing.issue({ sid: ines.sid, subject: 'CN=Ines' });

async function waiting(account = 'rosa'): Promise<Deciding> {
  const reset = await identified(world, account);
  assert.equal((await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' })).outcome, 'requested');
  return { reset, approver: ines, stage: 0, decision: 'approve', reason };
}

interface BentCard extends Bent {
  algorithm?: CardAlgorithm;
  hash?: string;
  certificate?: Buffer;
}

async function tried(of: Deciding, by: Issued = card, bent: BentCard = {}): Promise<string> {
  const { statement, ...rest } = await statementFor(world, of, bent, cardPurpose);
  assert.ok(by.key);
  const signature = sign(bent.hash ?? 'sha256', signedBytes(DECISION_TAG, canonical(statement)), by.key).toString('base64url');
  const algorithm = bent.algorithm ?? (by.key.asymmetricKeyType === 'rsa' ? 'rsa-pkcs1-sha256' : 'ecdsa-p256-sha256');
  const certificate = (bent.certificate ?? by.der).toString('base64');
  return decided(world, of, { card: { ...rest, algorithm, certificate, signature, ...bent.sealed } });
}

const lastFault = async (): Promise<unknown> => {
  const leaf = await world.superuser.leaf.findFirstOrThrow({ where: { type: 'approval.refused' }, orderBy: { seq: 'desc' } });
  return (JSON.parse(leaf.body) as { do: { fault?: string } }).do.fault;
};

test('a smart card decides: signature, certificate, way to the root, lists and mapping stand in the statement, and anybody checks them again', async () => {
  const of = await waiting();
  assert.equal(await tried(of), 'approve');
  const rows = await world.superuser.attestation.findMany({ where: { resetId: of.reset.reset } });
  const statements = rows.flatMap(({ body, signature }) => readStatement(body, signature, world.deps.keys.checking) ?? []);
  const decision = statements.find((one): one is DecisionConfirmed => one.kind === 'decision');
  assert.ok(decision?.card);
  assert.deepEqual([decision.method, decision.credential, decision.card.mapping], ['smart-card', readCertificate(card.der).sha256, 'sid']);
  assert.deepEqual(
    decision.card.lists.map(({ sha256 }) => sha256),
    [lists[1], lists[0]].map((list) => list && readRevocationList(list).sha256),
  );
  const checked = (bend: (one: DecisionConfirmed) => DecisionConfirmed) =>
    signedDecisions(
      statements.map((one): Attestation => (one.kind === 'decision' ? bend(one) : one)),
      world.deps.keys.checking,
    ).size;
  assert.equal(
    checked((one) => one),
    1,
  );
  const record = decision.card;
  const other = await issuing.issue({ sid: ines.sid });
  for (const bend of [
    { decision: 'deny' as const },
    { person: quentin.guid },
    { stage: 1 },
    { run: randomUUID() },
    { method: 'passkey' as const },
    { credential: '00'.repeat(32) },
    { at: new Date(Date.now() + 48 * HOUR_MS).toISOString() },
    { card: { ...record, text: record.text.replace('"approve"', '"deny"') } },
    { card: { ...record, certificate: other.der.toString('base64') } },
    { card: { ...record, path: record.path.slice(1) } },
    { card: { ...record, path: [sister.der.toString('base64'), ...record.path.slice(1)] } },
    { card: { ...record, lists: [] } },
    { card: { ...record, lists: record.lists.map((list) => ({ ...list, nextUpdate: list.thisUpdate })) } },
  ])
    assert.equal(
      checked((one) => ({ ...one, ...bend })),
      0,
      JSON.stringify(bend).slice(0, 80),
    );
});

test('a signature of another reset, decision or moment, and a signature given again, decide nothing', async () => {
  const [of, other] = [await waiting(), await waiting('samir')];
  const approval = async (one: Deciding) =>
    (await world.api.approval.findFirstOrThrow({ where: { resetId: one.reset.reset, stage: 0 } })).id;
  const theirs = await begun(world, ines, cardPurpose(await approval(other)));
  assert.equal(await tried(of, card, { ceremony: theirs }), 'card-ceremony-over');
  assert.equal(
    await tried(of, card, { ceremony: await begun(world, ines, `decision/${await approval(of)}`) }),
    'card-ceremony-over',
    'begun for a passkey',
  );
  for (const said of [
    { decision: 'deny' as const },
    { reset: other.reset.reset },
    { stage: 1 },
    { approver: quentin.guid },
    { nonce: randomUUID() },
  ])
    assert.equal(await tried(of, card, { said }), 'card-not-accepted', JSON.stringify(said));
  assert.equal(await tried(of, card, { lines: ['Reset the password of somebody else.'] }), 'card-not-accepted');
  const late = await begun(world, ines, cardPurpose(await approval(of)));
  await world.superuser.$executeRaw`UPDATE ceremony SET created_at = now() - interval '901 seconds' WHERE id = ${late.ceremony}::uuid`;
  assert.equal(await tried(of, card, { ceremony: late }), 'card-ceremony-over');
  const once = await begun(world, ines, cardPurpose(await approval(of)));
  assert.equal(await tried(of, card, { ceremony: once }), 'approve');
  assert.equal(await tried({ ...of, decision: 'deny' }, card, { ceremony: once }), 'approval-closed');
});

test('each card that does not count is refused in its own words, and the leaf says which check it was', async () => {
  const of = await waiting();
  const refused = async (by: Issued, code: string, fault: string, bent: BentCard = {}) => {
    assert.equal(await tried(of, by, bent), code, fault);
    assert.equal(await lastFault(), fault);
  };
  const { sid } = ines;
  await refused(await issuing.issue({ sid, until: new Date(Date.now() - HOUR_MS) }), 'card-out-of-date', 'expired');
  await refused(await issuing.issue({ sid, purposes: [SERVER_AUTHENTICATION] }), 'card-wrong-purpose', 'purpose');
  await refused(await sister.issue({ sid }), 'card-wrong-issuer', 'issuer');
  await refused(await issuing.issue({ sid, hash: 'SHA-1' }), 'card-too-weak', 'weak');
  await refused(await issuing.issue({ sid, key: 'rsa1024' }), 'card-not-accepted', 'card-signature');
  await refused(card, 'card-not-accepted', 'card-signature', { hash: 'sha1' });
  await refused(card, 'card-not-accepted', 'card-signature', { certificate: (await issuing.issue({ sid, subject: 'CN=Ines' })).der });
  await refused(card, 'card-not-accepted', 'card-signature', { certificate: Buffer.from('no certificate') });
  await refused(await issuing.issue({ upn: 'ines@bank.test' }), 'card-not-yours', 'not-mapped');
  await refused(await issuing.issue({ sid: quentin.sid }), 'card-not-yours', 'mapped-elsewhere');
  const double = await issuing.issue({});
  const form = securityIdentities(readCertificate(double.der))['issuer-serial'];
  for (const { guid } of [ines, quentin]) world.mappings.set(guid, [form]);
  await refused(double, 'card-of-two', 'mapped-twice');
  world.mappings.delete(quentin.guid);
  const [ofRoot, ofIssuing] = lists;
  assert.ok(ofRoot && ofIssuing);
  const withLists = async (own: Buffer[], code: string, fault: string) => {
    world.cards.trust = { ...trust, lists: own.map(readRevocationList) };
    await refused(double, code, fault);
  };
  await withLists([ofRoot, await issuing.list([readCertificate(double.der).serial])], 'card-revoked', 'revoked');
  await withLists([ofRoot], 'card-not-checkable', 'no-list');
  const old = await issuing.list([], { from: new Date(Date.now() - 48 * HOUR_MS), until: new Date(Date.now() - HOUR_MS) });
  await withLists([ofRoot, old], 'card-not-checkable', 'list-expired');
  world.cards.trust = undefined;
  assert.equal(await tried(of, double), 'card-not-set-up');
  world.cards.trust = trust;
  assert.equal(await tried(of, double), 'approve', 'by issuer and serial number, and nothing of this has used anything up');
});
