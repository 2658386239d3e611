import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { CLAIMANT_PURPOSE, CLAIMANT_TAG, claimantStatement, RETURN_PURPOSE, returnStatement, type Ceremony } from '#domain/passkey.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { cardTrust } from '#test/support/card-trust.ts';
import { demoPolicyWith, privilegedRule } from '#test/support/policies.ts';
import { shownCard } from '#test/support/shown-card.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, keyOf } from './keys.ts';
import { enrolled, factor, identified, person, prove, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

const world = await useVerifier();
const standard = `
  - id: standard
    when: {}
    accept:
      - { name: a code and a key, proofs: [recovery-code], factors: [passkey] }
      - { name: a code and a card, proofs: [recovery-code], factors: [smart-card] }
      - { name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }
    approvals: []`;
await world.superuser.$transaction((tx) =>
  loadPolicy(tx, demoPolicyWith(`rules:${privilegedRule}${standard}`), { type: 'service', name: 'test' }),
);
const listener = generateKeyPairSync('ed25519');
const { issuing, trust } = await cardTrust();
world.cards.trust = trust;
world.deps.cardListenerKey = listener.publicKey;

let count = 0;
const holder = async (): Promise<{ who: Enrolled; key: SoftPasskey }> => {
  const who = await enrolled(world, person(`back${(count += 1)}`, { groups: ['S-CS-Security-Officers'] }), 9);
  return { who, key: await keyOf(world, who) };
};
const proven = async (who: Enrolled): Promise<OpenReset> => {
  const reset = await identified(world, who.samAccountName);
  assert.equal(await prove(world, reset, who.recoveryCodes.shift() ?? ''), 'passed');
  return reset;
};
const stepByKey = async (reset: OpenReset, key: SoftPasskey, ceremony?: Ceremony, statement?: object): Promise<string> => {
  const asked = ceremony ?? (await begun(world, { guid: reset.reset }, CLAIMANT_PURPOSE));
  const assertion = assertionOf(key, (statement ?? claimantStatement(asked)) as never, undefined, CLAIMANT_TAG);
  const sealed = await seal(world, 'factor', reset.reset, { ceremony: asked.ceremony, assertion });
  return (await world.verifier.checkFactor({ ...reset, updateId: randomUUID(), purpose: 'reset', sealed })).outcome;
};

/** What somebody shows who comes back, in an open reset by its workflow, in an ended one by `checkReturn`. */
async function back(of: OpenReset, shown: object, isEnded = false): Promise<string> {
  const updateId = randomUUID();
  const sealed = await seal(world, 'resume', of.reset, { ...shown, update: updateId });
  const answer = isEnded
    ? await world.verifier.checkReturn({ ...of, updateId, sealed })
    : await world.verifier.checkFactor({ ...of, updateId, purpose: 'resume', sealed });
  return 'word' in answer && answer.word ? (JSON.parse(answer.word.text) as { kind: string }).kind : answer.outcome;
}
const challenge = (of: OpenReset): Promise<Ceremony> => begun(world, { guid: of.reset }, RETURN_PURPOSE);
const byKey = (key: SoftPasskey, ceremony: Ceremony, signs: object = returnStatement(ceremony)) => ({
  ceremony: ceremony.ceremony,
  assertion: assertionOf(key, signs as never, undefined, CLAIMANT_TAG),
});
const end = async ({ reset }: OpenReset): Promise<void> =>
  void (await world.superuser.$executeRaw`UPDATE reset SET state = 'refused', ended_at = now() WHERE id = ${reset}::uuid`);
const returns = async ({ reset }: OpenReset) => {
  const leaves = await world.superuser.leaf.findMany({ where: { resetId: reset, type: 'resume.checked' }, orderBy: { seq: 'asc' } });
  return leaves.map(({ body }) => JSON.parse(body) as { outcome: string; do: Record<string, string> });
};

test('a key brings its holder back to an open reset and to one that ended, each challenge once; a code is too weak for either', async () => {
  const { who, key } = await holder();
  const of = await proven(who);
  assert.equal(await stepByKey(of, key), 'passed');
  const ceremony = await challenge(of);
  assert.equal(await back(of, { method: 'totp', value: (await codes(world, who)).totp }), 'failed');
  assert.equal(await back(of, byKey(key, ceremony)), 'resumed');
  assert.equal(await back(of, byKey(key, ceremony)), 'failed', 'the challenge is used up');
  await end(of);
  assert.equal(await back(of, { method: 'totp', value: (await codes(world, who)).totp }, true), 'failed');
  assert.equal(await back(of, byKey(key, await challenge(of)), true), 'resumed');
  const said = await returns(of);
  assert.deepEqual(
    said.map((leaf) => [leaf.outcome, leaf.do['method']]),
    [
      ['failure', 'one-time-code'],
      ['success', 'passkey'],
      ['failure', 'passkey'],
      ['failure', 'one-time-code'],
      ['success', 'passkey'],
    ],
  );
  assert.equal(said[0]?.do['counted'], 'weaker than what let it in');
  const app = await world.superuser.totp.findFirstOrThrow({ where: { accountGuid: who.guid } });
  assert.deepEqual([app.failures, app.lastStep], [0, null], 'a code that is too weak is neither tried nor burned');
});

test('what was signed for the step is worth nothing for coming back, nor the other way round, nor for another reset, nor by another key', async () => {
  const { who, key } = await holder();
  const { who: stranger, key: theirs } = await holder();
  const of = await proven(who);
  assert.equal(await stepByKey(of, key), 'passed');
  const step = await begun(world, { guid: of.reset }, CLAIMANT_PURPOSE);
  assert.equal(await back(of, byKey(key, step, claimantStatement(step))), 'failed');
  assert.equal(await back(of, byKey(key, step)), 'failed');
  const ceremony = await challenge(of);
  assert.equal(await back(of, byKey(key, ceremony, claimantStatement(ceremony))), 'failed');
  assert.equal(await back(of, byKey(theirs, ceremony)), 'failed', 'a key of somebody else, who knows the reference');
  assert.equal(await back(of, byKey(new SoftPasskey(), ceremony)), 'failed');
  const other = await proven(who);
  assert.equal(await stepByKey(other, key, ceremony, returnStatement(ceremony)), 'failed');
  assert.equal(await back(of, byKey(key, await challenge(other))), 'failed');
  const decoy = await identified(world, 'nobody-at-all');
  assert.equal(await back(decoy, byKey(theirs, await challenge(decoy))), 'failed');
  assert.equal(await back(of, byKey(key, ceremony)), 'resumed', 'whatever strangers tried, the challenge is good once for its holder');
  assert.ok(stranger.guid !== who.guid);
});

test('of 64 returns by one challenge exactly one wins', async () => {
  const { who, key } = await holder();
  const of = await proven(who);
  assert.equal(await stepByKey(of, key), 'passed');
  const shown = byKey(key, await challenge(of));
  await world.superuser.attempts.deleteMany();
  const all = await Promise.all(Array.from({ length: 64 }, () => back(of, shown).catch((error: unknown) => String(error))));
  assert.equal(all.filter((one) => one === 'resumed').length, 1, all.join(', '));
});

test('a smart card brings its holder back with a ticket that is good once; whoever came by a code comes back by what they like', async () => {
  const { who, key } = await holder();
  const of = await proven(who);
  const card = await issuing.issue({ sid: who.sid, subject: 'CN=Who' });
  assert.equal(await factor(world, of, (await codes(world, who)).totp), 'passed');
  const shown = shownCard(listener.privateKey, card, { reset: of.reset });
  assert.equal(await back(of, { card: shown }), 'resumed');
  assert.equal(await back(of, { card: shown }), 'failed');
  assert.equal(await back(of, { card: { ...shownCard(listener.privateKey, card, { reset: of.reset }), opening: 'of-another' } }), 'failed');
  const theirs = await issuing.issue({ sid: 'S-1-5-21-9-9-9-9', subject: 'CN=Other' });
  assert.equal(await back(of, { card: shownCard(listener.privateKey, theirs, { reset: of.reset }) }), 'failed');
  assert.equal(await back(of, byKey(key, await challenge(of))), 'resumed');
  assert.equal(await back(of, { method: 'totp', value: (await codes(world, who)).totp }), 'resumed');
  await end(of);
  assert.equal(await back(of, { card: shownCard(listener.privateKey, card, { reset: of.reset }) }, true), 'resumed');
  const last = (await returns(of)).at(-1);
  assert.deepEqual([last?.outcome, last?.do['credential']], ['success', readCertificate(card.der).sha256]);
});

test('a key that was removed brings nobody back, and no code in its stead', async () => {
  const { who, key } = await holder();
  const of = await proven(who);
  assert.equal(await stepByKey(of, key), 'passed');
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  await world.superuser.burn.create({ data: { subject: id, updateId: 'end', consumed: `passkey-end:${id}`, outcome: {} } });
  assert.equal(await back(of, byKey(key, await challenge(of))), 'failed');
  assert.equal(await back(of, { method: 'totp', value: (await codes(world, who)).totp }), 'failed');
});
