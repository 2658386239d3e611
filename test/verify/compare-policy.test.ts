import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { draftStatement, publishStatement, type PolicyDeed, type Seen } from '#domain/policy-publication.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { Json } from '#evidence/jcs.ts';
import { root } from '#ops/paths.ts';
import { namesBehind, readComparison } from '#prisma/comparison-text.ts';
import { policyInForce, storePolicyText } from '#prisma/policies.ts';
import { seenIn, readPublication } from '#prisma/publication-text.ts';
import { hexSha256, type SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, keyOf, PAGE } from './keys.ts';
import { enrolled, person, seal, useVerifier, type Enrolled } from './world.ts';
import { edited } from '#test/support/policies.ts';

const world = await useVerifier();
const demo = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8');
type Administrator = Enrolled & { key: SoftPasskey };
let made = 0;

async function administrator(): Promise<Administrator> {
  const who = await enrolled(world, person(`admin-${++made}`, { groups: ['S-CS-Administrators'] }), 1);
  const key = await keyOf(world, who);
  world.pinned.publishers.push({ account: who.guid, spki: hexSha256(key.spki) });
  return { ...who, key };
}
const [author, publisher] = [await administrator(), await administrator()];
// Somebody with a manager, and somebody without: only the first can be approved.
const boss = person('boss');
const cared = await enrolled(world, person('cared', { managerGuid: boss.guid }), 1);
const alone = await enrolled(world, person('alone'), 1);
for (const one of [boss, cared, alone]) world.directory.set(one.guid, one);

/** A version under which everybody unprotected needs a code from the help desk and their manager. */
const stricter = (line = '') =>
  edited(
    demo,
    [
      /( {2}- id: standard\n {4}when: .*\n {4}may: .*\n {4}accept:\n)(.*\n)(.*\n) {4}approvals: \[\]/,
      '$1$3    approvals: [{ label: manager, by: { relation: manager } }]',
    ],
    [/rule: standard, (may: \[[^\]]*\]), approvers: 0 \}/, 'rule: standard, $1, approvers: 1 }'],
  ).concat(line);

async function asked(policy: string, by = author): Promise<string> {
  const id = randomUUID();
  const { sha256 } = await policyInForce(world.superuser);
  await world.api
    .$executeRaw`INSERT INTO policy_comparison (id, policy, replaces, asked_by) VALUES (${id}::uuid, ${policy}, ${sha256}, ${by.guid}::uuid)`;
  return id;
}
const row = (id: string) => world.superuser.policyComparison.findUniqueOrThrow({ where: { id } });

async function deed(who: Administrator, what: PolicyDeed, policy: string, seen: Seen): Promise<string> {
  const ceremony = await begun(world, who, `policy/${what}/${policy}`);
  const { sha256: replaces } = await policyInForce(world.superuser);
  const stored = await world.superuser.policyVersion.findUniqueOrThrow({ where: { sha256: policy } });
  const draft = createHash('sha256')
    .update((stored.draft as { text: string } | null)?.text ?? '')
    .digest('hex');
  const over = { policy, replaces };
  const statement = what === 'draft' ? draftStatement(ceremony, over, seen) : publishStatement(ceremony, over, draft, seen);
  const assertion = assertionOf(who.key, statement, PAGE, 'countersign/policy/v1\0');
  const request = randomUUID();
  const value = { account: who.guid, ceremony: ceremony.ceremony, deed: what, policy, replaces, seen, assertion };
  const answer = await world.verifier.policyDeed({
    request,
    account: who.guid,
    sealed: await seal(world, 'policy-deed', request, value),
  });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

test('a comparison says who is asked for something else, who has nobody to approve and who loses self-service, signed and once', async () => {
  const policy = await storePolicyText(world.api, stricter());
  const id = await asked(policy);
  const answer = await world.verifier.comparePolicy({ comparison: id });
  assert.equal(answer.outcome, 'done');
  const { state, sha256, body, signature, names } = await row(id);
  assert.equal(state, 'done');
  assert.ok(body && signature && names);
  assert.deepEqual(answer, { outcome: 'done', sha256 });
  assert.equal(createHash('sha256').update(body).digest('hex'), sha256);
  const found = readComparison(body, signature, world.deps.keys.checking);
  assert.ok(found, 'the verifier signed it');
  assert.deepEqual([found.policy, found.directory, found.accounts], [policy, 'DC=bank,DC=test', 5]);
  assert.deepEqual(found.changes, [{ from: 'standard', to: 'standard', accounts: 5 }]);
  const behind = namesBehind(found, names);
  assert.deepEqual(behind?.noApprover, ['admin-1', 'admin-2', 'alone', 'boss']);
  assert.deepEqual(behind.losing, ['alone', 'cared']);
  assert.deepEqual(behind.noReplacement, behind.noApprover, 'a replacement of every factor is approved by the manager, too');
  assert.deepEqual([found.noReplacement, found.noReplacementToday, found.keys], [4, 4, undefined]);
  assert.deepEqual(found.unready, [
    { why: 'no-approver', accounts: 4 },
    { why: 'no-code', accounts: 1 },
  ]);
  assert.deepEqual(
    behind.unready,
    [['admin-1', 'admin-2', 'alone', 'boss'], ['cared']],
    'the stricter version wants a code of the help desk',
  );
  assert.deepEqual(found.units, [{ unit: 'OU=Staff,DC=bank,DC=test', accounts: 5, ready: 0, helped: 1 }]);
  assert.equal(namesBehind(found, names.replace('alone', 'somebody')), undefined, 'other names than those that were signed');
  assert.equal(readComparison(body.replace('"losing":2', '"losing":0'), signature, world.deps.keys.checking), undefined);
  // A worker that is told to go on, or repeats a step.
  assert.deepEqual(await world.verifier.comparePolicy({ comparison: id }), answer);
  const leaves = await world.superuser.leaf.findMany({ where: { type: 'policy.compared' } });
  assert.equal(leaves.length, 1);
  assert.match(leaves[0]?.body ?? '', new RegExp(`"comparison":"${sha256}"`));
  assert.doesNotMatch(leaves[0]?.body ?? '', /cared/, 'no name enters the log');
});

test('a draft that only tells other people is found to, and to ask nobody for anything else', async () => {
  const told = async (text: string) => {
    const id = await asked(await storePolicyText(world.api, text));
    assert.equal((await world.verifier.comparePolicy({ comparison: id })).outcome, 'done');
    const { body, signature, names } = await row(id);
    const found = readComparison(body ?? '', signature ?? new Uint8Array(), world.deps.keys.checking);
    assert.ok(found);
    return { changed: found.changed, telling: found.telling, names: namesBehind(found, names ?? '')?.telling };
  };
  const everybody = ['admin-1', 'admin-2', 'alone', 'boss', 'cared'];
  const unitOwner = edited(demo, ['changed: { relation: manager }', 'changed: { relation: unit-owner }']);
  assert.deepEqual(await told(unitOwner), { changed: 0, telling: 5, names: everybody });
  const saidAloud = edited(demo, ['changed: { relation: manager }', 'changed: [holder, { relation: manager }]']);
  assert.deepEqual(await told(saidAloud), { changed: 0, telling: 0, names: [] }, 'the holder is told anyhow');
});

test('a draft that asks something else of security keys says what, once and of everybody', async () => {
  const draft = demo.concat('\npasskeys: { attestation: required, compromised: refuse-new }\n');
  const id = await asked(await storePolicyText(world.api, draft));
  assert.equal((await world.verifier.comparePolicy({ comparison: id })).outcome, 'done');
  const { body, signature } = await row(id);
  const found = readComparison(body ?? '', signature ?? new Uint8Array(), world.deps.keys.checking);
  assert.ok(found?.keys);
  assert.equal(found.changed, 0);
  assert.match(found.keys.today, /need not prove their model/);
  assert.match(found.keys.draft, /has to prove its model.* no new key is taken/);
});

test('a comparison that was stopped keeps nothing, one of somebody who is no administrator finds nothing, and both are in the log', async () => {
  const policy = await storePolicyText(world.api, stricter('# stopped\n'));
  const id = await asked(policy);
  const { people } = world.deps;
  const before = { ...people };
  people.survey = async (attributes) => {
    await world.api.$executeRaw`UPDATE policy_comparison SET state = 'stopped' WHERE id = ${id}::uuid`;
    return before.survey(attributes);
  };
  assert.deepEqual(await world.verifier.comparePolicy({ comparison: id }), { outcome: 'stopped' });
  people.survey = (attributes) => before.survey(attributes);
  assert.deepEqual([(await row(id)).state, (await row(id)).body], ['stopped', null]);
  const nobody = await enrolled(world, person('nobody', { groups: ['S-CS-Auditors'] }), 1);
  const refused = await asked(policy, { ...nobody, key: author.key });
  assert.deepEqual(await world.verifier.comparePolicy({ comparison: refused }), { outcome: 'refused', code: 'role-needed' });
  assert.deepEqual([(await row(refused)).state, (await row(refused)).refusal], ['refused', 'role-needed']);
  assert.equal(await world.superuser.leaf.count({ where: { type: 'policy.compared', reason: 'stopped' } }), 1);
  assert.equal(await world.superuser.leaf.count({ where: { type: 'policy.refused', actor: nobody.guid } }), 1);
});

test('who signs names a comparison of just these versions, not a day old and not forged, or says why it could not wait', async () => {
  const [policy, other] = [
    await storePolicyText(world.api, stricter('# signed\n')),
    await storePolicyText(world.api, stricter('# other\n')),
  ];
  const compared = async (of: string) => {
    const answer = await world.verifier.comparePolicy({ comparison: await asked(of) });
    assert.equal(answer.outcome, 'done');
    return answer.sha256;
  };
  const [right, wrong] = [await compared(policy), await compared(other)];
  assert.equal(await deed(author, 'draft', policy, { comparison: wrong }), 'comparison-needed', 'of another version');
  assert.equal(await deed(author, 'draft', policy, { comparison: 'b'.repeat(64) }), 'comparison-needed', 'of none');
  // Whoever owns the database writes a row of their own: the text is not what the verifier signed.
  const kept = await world.superuser.policyComparison.findFirstOrThrow({ where: { sha256: right } });
  const bent = (kept.body ?? '').replace(/"losing":\d+/, '"losing":0');
  assert.notEqual(bent, kept.body);
  const forged = createHash('sha256').update(bent).digest('hex');
  await world.superuser.policyComparison.create({ data: { ...kept, id: randomUUID(), body: bent, sha256: forged } });
  assert.equal(await deed(author, 'draft', policy, { comparison: forged }), 'comparison-needed', 'forged');
  const old = { ...(JSON.parse(kept.body ?? '') as { [key: string]: Json }), at: new Date(Date.now() - 25 * 3_600_000).toISOString() };
  const { text, signature } = signStatement(old, world.deps.keys.signing);
  const aged = createHash('sha256').update(text).digest('hex');
  const data = { ...kept, id: randomUUID(), body: text, signature: new Uint8Array(signature), sha256: aged };
  await world.superuser.policyComparison.create({ data });
  assert.equal(await deed(author, 'draft', policy, { comparison: aged }), 'comparison-needed', 'of the day before yesterday');
  assert.equal(await deed(author, 'draft', policy, { comparison: right }), 'done');
  assert.equal(await deed(publisher, 'publish', policy, { without: 'c'.repeat(64) }), 'done', 'it could not wait, and why is signed');
  const { publication } = await world.superuser.policyVersion.findUniqueOrThrow({ where: { sha256: policy } });
  const signed = readPublication(publication);
  assert.deepEqual(signed && [seenIn(signed.draft), seenIn(signed.publish)], [{ comparison: right }, { without: 'c'.repeat(64) }]);
  assert.equal(await deed(author, 'draft', other, { comparison: wrong }), 'comparison-needed', 'another version is in force since');
});
