import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { delegationBody, type Delegation } from '#domain/delegation.ts';
import { signStatement } from '#evidence/attestation.ts';
import { officer, signedByBoth, type Officer } from '#test/support/signed-by-officers.ts';
import { writerBench, type CaseOptions } from '../write/workbench.ts';

/**
 * The worker, the database or a stand-in lies about in whose place a decision was taken. The writer of protected accounts
 * judges by what the verifier signed and by the directory; a refused write changes no password in the whole domain.
 */
const bench = await writerBench();
const privileged = await bench.writer('privileged');
const guid = async (account: string) => (await bench.bank.account(account)).guid;
const [ines, helena, samir, rosa] = [
  await guid('ines.duarte'),
  await guid('helena.voss'),
  await guid('samir.khan'),
  await guid('rosa.klein'),
];
const nobody = generateKeyPairSync('ed25519').privateKey;
const minutes = (count: number): string => new Date(Date.now() + count * 60_000).toISOString();

interface Lent {
  /** Of the delegation, before it is signed. */
  delegation?: Partial<Delegation>;
  signWith?: KeyObject;
  /** Of what the decision says beside the signed text. */
  named?: object;
  row?: 'standing' | 'ended' | 'none';
  approvals?: string[];
  said?: object;
}

/** A reset of rosa.klein whose first stage helena.voss decided in the place of ines.duarte, whom it was asked of. */
async function asks({ delegation, signWith = bench.signing.privateKey, named, row = 'standing', approvals, said }: Lent = {}) {
  const facts: Delegation = {
    id: randomUUID(),
    from: ines,
    to: helena,
    scope: 'all',
    since: minutes(-60),
    until: minutes(60),
    made: minutes(-60),
    method: 'passkey',
    ...delegation,
  };
  const { text, signature } = signStatement(delegationBody(facts), signWith);
  const record = { text, signature: signature.toString('base64url') };
  const onBehalfOf = { person: ines, delegation: facts.id, record, ...named };
  if (row !== 'none')
    await bench.owner.delegation.create({
      data: {
        id: facts.id,
        fromGuid: facts.from,
        toGuid: facts.to,
        scope: 'all',
        since: facts.since,
        until: facts.until,
        madeAt: facts.made,
        method: facts.method,
        signature: new Uint8Array(signature),
        fromName: '',
        toName: '',
        ...(row === 'ended' ? { withdrawnAt: new Date() } : {}),
      },
    });
  const options: CaseOptions = {
    approvals: approvals ?? ['helena.voss', 'quentin.roux'],
    statements: (all) =>
      all.map((one) => {
        if (one.kind === 'approvers') return { ...one, stages: one.stages.map((s, index) => (index === 0 ? { ...s, people: [ines] } : s)) };
        return one.kind === 'decision' && one.stage === 0 ? { ...one, onBehalfOf } : one;
      }),
    ...(said ? { approvers: { said } } : {}),
  };
  const { asked } = await bench.scene('rosa.klein', options);
  const before = await bench.versions();
  const outcome = await privileged.writePassword(asked);
  return { outcome: outcome.outcome === 'refused' ? outcome.code : outcome.outcome, changed: await bench.changedSince(before) };
}

test('no lie about a delegation brings about a write', async () => {
  const lies: [string, Lent, string][] = [
    ['signed by another key', { signWith: nobody }, 'evidence-missing'],
    ['the text of another delegation', { named: { delegation: randomUUID() } }, 'evidence-missing'],
    ['to somebody else', { delegation: { to: samir } }, 'evidence-missing'],
    ['from somebody who was not asked', { delegation: { from: samir }, named: { person: samir } }, 'delegator-no-approver'],
    ['in the place of the claimant', { delegation: { from: rosa }, named: { person: rosa } }, 'delegator-conflict'],
    ['over before the decision', { delegation: { until: minutes(-1) } }, 'delegation-over'],
    ['begun after it', { delegation: { since: minutes(30) } }, 'delegation-over'],
    ['about another account', { delegation: { scope: [{ account: samir }] } }, 'delegation-over'],
    ['about another unit', { delegation: { scope: [{ unit: 'OU=Tellers,DC=bank,DC=test' }] } }, 'delegation-over'],
    ['handed over by a code', { delegation: { method: 'totp' } }, 'delegation-too-weak'],
    ['withdrawn since', { row: 'ended' }, 'delegation-over'],
    ['gone from the table', { row: 'none' }, 'delegation-over'],
    ['the stand-in did not sign for it', { said: { onBehalfOf: null } }, 'evidence-missing'],
    ['the claimant stands in', { approvals: ['rosa.klein', 'quentin.roux'], delegation: { to: rosa } }, 'own-account'],
    ['the stand-in decides both stages', { approvals: ['helena.voss', 'helena.voss'] }, 'already-decided'],
    ['then the one in whose place it was', { approvals: ['helena.voss', 'ines.duarte'] }, 'already-decided'],
  ];
  for (const [what, lie, code] of lies) assert.deepEqual(await asks(lie), { outcome: code, changed: [] }, what);
});

test('the honest stand-in passes, about everything or about just this account', async () => {
  assert.deepEqual(await asks(), { outcome: 'applied', changed: ['rosa.klein'] });
  assert.deepEqual(await asks({ delegation: { scope: [{ account: rosa }] } }), { outcome: 'applied', changed: ['rosa.klein'] });
});

/** A delegation that two officers made for ines.duarte; the verifier signs whatever it is told to. */
function byOfficers(
  [one, two]: readonly [Officer, Officer],
  bent: Parameters<typeof signedByBoth>[4] = {},
  more: Partial<Delegation> = {},
) {
  const [since, until, at] = [minutes(-60), minutes(60), minutes(-60)];
  const typed = { from: 'ines.duarte', to: 'helena.voss', groups: [], units: [], accounts: [], since, until };
  const confirms = { delegate: typed, means: { from: ines, to: helena, scope: 'all' as const } };
  const { id: act, ...parts } = signedByBoth(bench.signing.privateKey, [one, two], { delegate: typed }, at, { confirms, ...bent });
  return { since, until, made: at, byOfficers: { act, typed, ...parts }, ...more };
}

test('nor does one about what two officers made: the writer checks both keys, and that neither made it for themselves', async () => {
  const two = [officer(), officer()] as const;
  const asClaimant = officer({ person: rosa });
  const asStandIn = officer({ person: helena });
  const elsewhere = officer({ page: { origin: 'https://evil.test', rpId: 'evil.test' } });
  const other = { delegate: { from: 'x', to: 'y', groups: [], units: [], accounts: [], since: minutes(-60), until: minutes(60) } };
  const honest = byOfficers(two);
  const coded = { ...honest.byOfficers.proposed, method: 'totp' as const };
  const lies: [string, Partial<Delegation>, string][] = [
    ['one of them by a code', { ...honest, byOfficers: { ...honest.byOfficers, proposed: coded } }, 'evidence-missing'],
    ['one officer alone', byOfficers([two[0], two[0]]), 'evidence-missing'],
    ['the first signed another', byOfficers(two, { proposes: other }), 'evidence-missing'],
    ['the second signed another', byOfficers(two, { confirms: other }), 'evidence-missing'],
    ['the second signed another act', byOfficers(two, { act: randomUUID() }), 'evidence-missing'],
    ['made longer by the verifier', byOfficers(two, {}, { until: minutes(600) }), 'evidence-missing'],
    ['made wider by the verifier', byOfficers(two, {}, { scope: [{ account: rosa }] }), 'evidence-missing'],
    ['made at another time', byOfficers(two, {}, { made: minutes(-50) }), 'evidence-missing'],
    ['signed on another site', byOfficers([two[0], elsewhere]), 'evidence-missing'],
    ['the claimant chose who decides', byOfficers([two[0], asClaimant]), 'made-for-oneself'],
    ['the stand-in gave it to themselves', byOfficers([asStandIn, two[1]]), 'made-for-oneself'],
  ];
  for (const [what, delegation, code] of lies) assert.deepEqual(await asks({ delegation }), { outcome: code, changed: [] }, what);
  assert.deepEqual(await asks({ delegation: honest }), { outcome: 'applied', changed: ['rosa.klein'] });
});
