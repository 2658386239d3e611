import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { draftStatement, publishStatement, type PolicyDeed, type Seen } from '#domain/policy-publication.ts';
import type { Json } from '#evidence/jcs.ts';
import { root } from '#ops/paths.ts';
import { policyInForce, storePolicyText } from '#prisma/policies.ts';
import { policySha256 } from '#prisma/policy-text.ts';
import { readPublication, whyNotPublished } from '#prisma/publication-text.ts';
import { hexSha256, type SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, keyOf, PAGE } from './keys.ts';
import { enrolled, person, seal, useVerifier, type Enrolled } from './world.ts';
import { edited } from '#test/support/policies.ts';

const world = await useVerifier();
const demo = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8');
const first = policySha256(demo);

interface Administrator extends Enrolled {
  key: SoftPasskey;
}

let made = 0;
async function administrator(facts: object = {}, pinned = true): Promise<Administrator> {
  const who = await enrolled(world, person(`admin-${++made}`, { groups: ['S-CS-Administrators'], ...facts }), 1);
  const key = await keyOf(world, who);
  if (pinned) world.pinned.publishers.push({ account: who.guid, spki: hexSha256(key.spki) });
  return { ...who, key };
}

/** A version that says something else, as the API stores it: a text and nothing more. */
async function version(minLength: number): Promise<string> {
  const text = edited(demo, [/minLength: \d+/, `minLength: ${minLength}`]);
  return storePolicyText(world.api, text);
}

interface Bending {
  replaces?: string;
  bend?: (statement: Json) => Json;
  signedBy?: Administrator;
  sealedFor?: Administrator;
  purpose?: string;
  seen?: Seen;
}

async function deed(who: Administrator, what: PolicyDeed, policy: string, more: Bending = {}): Promise<string> {
  const ceremony = await begun(world, who, more.purpose ?? `policy/${what}/${policy}`);
  const replaces = more.replaces ?? (await policyInForce(world.superuser)).sha256;
  const row = await world.superuser.policyVersion.findUniqueOrThrow({ where: { sha256: policy } });
  const draft = (row.draft as { text: string } | null)?.text ?? '';
  const seen = more.seen ?? { without: 'a'.repeat(64) };
  const statement =
    what === 'draft'
      ? draftStatement(ceremony, { policy, replaces }, seen)
      : publishStatement(ceremony, { policy, replaces }, createHash('sha256').update(draft).digest('hex'), seen);
  const assertion = assertionOf((more.signedBy ?? who).key, more.bend ? more.bend(statement) : statement, PAGE, 'countersign/policy/v1\0');
  const request = randomUUID();
  const value = { account: (more.sealedFor ?? who).guid, ceremony: ceremony.ceremony, deed: what, policy, replaces, seen, assertion };
  const sealed = await seal(world, 'policy-deed', request, value);
  const answer = await world.verifier.policyDeed({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

const inForce = async () => (await policyInForce(world.superuser)).sha256;

test('one administrator drafts, another publishes, and both signatures are kept and in the log', async () => {
  const [author, publisher] = [await administrator(), await administrator()];
  const next = await version(11);
  assert.equal(await deed(publisher, 'publish', next), 'policy-not-drafted');
  assert.equal(await deed(author, 'draft', next), 'done');
  assert.equal(await inForce(), first, 'a draft changes nothing');
  assert.equal(await deed(author, 'publish', next), 'policy-own-draft');
  assert.equal(await deed(publisher, 'publish', next), 'done');
  assert.equal(await inForce(), next);
  const row = await world.superuser.policyVersion.findUniqueOrThrow({ where: { sha256: next } });
  const trust = { verifierKey: world.deps.keys.checking, pinned: world.pinned };
  assert.equal(whyNotPublished(next, row.publication, trust), undefined);
  const leaves = await world.superuser.leaf.findMany({
    where: { type: { startsWith: 'policy.' }, actor: { in: [author.guid, publisher.guid] } },
    orderBy: { seq: 'asc' },
  });
  assert.deepEqual(
    leaves.map(({ type, reason }) => [type, reason]),
    [
      ['policy.refused', 'policy-not-drafted'],
      ['policy.drafted', null],
      ['policy.refused', 'policy-own-draft'],
      ['policy.published', null],
    ],
  );
  const published = JSON.parse(leaves[3]?.body ?? '') as { do: { signed: { text: string } } };
  assert.equal(published.do.signed.text, readPublication(row.publication)?.publish.text, 'the leaf holds what was signed, word for word');
});

test('going back is publishing an older version, by two people again', async () => {
  const [author, publisher] = [await administrator(), await administrator()];
  const newer = await inForce();
  assert.equal(await deed(author, 'draft', first), 'done');
  assert.equal(await deed(publisher, 'publish', first), 'done');
  assert.equal(await inForce(), first);
  assert.notEqual(newer, first);
});

test('a draft made against a version that is not in force any more is not published', async () => {
  const [author, publisher] = [await administrator(), await administrator()];
  const [one, other] = [await version(12), await version(13)];
  const before = await inForce();
  assert.equal(await deed(author, 'draft', one), 'done');
  assert.equal(await deed(author, 'draft', other), 'done');
  assert.equal(await deed(publisher, 'publish', other), 'done');
  assert.equal(await deed(publisher, 'publish', one, { replaces: before }), 'policy-moved-on');
  assert.equal(await deed(publisher, 'publish', one), 'policy-not-drafted', 'the author signed that it replaces another one');
  assert.equal(await inForce(), other);
});

test('nobody publishes alone: not by a second account, not unpinned, not without the role, not soon after a change of factors', async () => {
  const author = await administrator({ employeeId: '4711' });
  const next = await version(14);
  assert.equal(await deed(author, 'draft', next), 'done');
  assert.equal(await deed(await administrator({ employeeId: '4711' }), 'publish', next), 'policy-own-draft');
  assert.equal(await deed(await administrator({}, false), 'publish', next), 'not-a-publisher');
  assert.equal(await deed(await administrator({ groups: ['S-CS-Auditors'] }), 'publish', next), 'role-needed');
  const locked = await administrator();
  world.directory.set(locked.guid, { ...locked, locked: true });
  assert.equal(await deed(locked, 'publish', next), 'account-not-active');
  const fresh = await administrator();
  await world.superuser.$executeRaw`UPDATE passkey SET binding = 'replacing' WHERE account_guid = ${fresh.guid}::uuid`;
  assert.equal(await deed(fresh, 'publish', next), 'recently-reset');
  assert.notEqual(await inForce(), next);
});

test('a signature counts for what was signed, by whom and for what, and once', async () => {
  const [author, publisher] = [await administrator(), await administrator()];
  const [next, another] = [await version(15), await version(16)];
  assert.equal(await deed(author, 'draft', next, { bend: (said) => ({ ...(said as object), policy: another }) }), 'passkey-not-accepted');
  assert.equal(
    await deed(author, 'draft', next, { bend: (said) => ({ ...(said as object), type: 'policy/publish' }) }),
    'passkey-not-accepted',
  );
  assert.equal(await deed(author, 'draft', next, { signedBy: publisher }), 'passkey-not-accepted');
  assert.equal(await deed(author, 'draft', next, { sealedFor: publisher }), 'service-unavailable', 'a worker that names somebody else');
  assert.equal(await deed(author, 'draft', next, { purpose: `policy/draft/${another}` }), 'ceremony-over', 'a ceremony of another version');
  author.key.flags.userVerified = false;
  assert.equal(await deed(author, 'draft', next), 'passkey-not-verified');
  author.key.flags.userVerified = true;
  assert.equal(await deed(author, 'draft', next), 'done');
  assert.notEqual(await inForce(), next);
});

test('a version in force that nobody published by hand or by two signatures is named as what it is', async () => {
  const [author, publisher] = [await administrator(), await administrator()];
  const next = await version(17);
  await deed(author, 'draft', next);
  await deed(publisher, 'publish', next);
  const row = await world.superuser.policyVersion.findUniqueOrThrow({ where: { sha256: next } });
  const stored = readPublication(row.publication);
  assert.ok(stored);
  const trust = { verifierKey: world.deps.keys.checking, pinned: world.pinned, party: { id: PAGE.rpId, origins: [PAGE.origin] } };
  const why = (publication: unknown, policy = next, more: object = {}) => whyNotPublished(policy, publication, { ...trust, ...more });
  assert.equal(why(stored), undefined);
  assert.match(why(stored, await version(18)) ?? '', /another text/);
  assert.match(why(null) ?? '', /not published by two people/);
  assert.match(why({ draft: stored.draft, publish: stored.draft }) ?? '', /no publication/);
  assert.match(why({ draft: stored.publish, publish: stored.publish }) ?? '', /no draft/);
  assert.match(why({ ...stored, publish: { ...stored.publish, signature: stored.draft.signature } }) ?? '', /does not hold/);
  assert.match(why(stored, next, { pinned: { policies: [], publishers: [] } }) ?? '', /no pinned publisher/);
  assert.match(why(stored, next, { party: { id: 'elsewhere.test', origins: [PAGE.origin] } }) ?? '', /another site/);
  assert.equal(why(null, next, { pinned: { policies: [next], publishers: [] } }), undefined, 'pinned by the operator');
  // The same text, signed twice by one person: the key of the author stands in both places.
  const alone = { ...world.pinned, publishers: world.pinned.publishers.filter(({ account }) => account === author.guid) };
  assert.match(why(stored, next, { pinned: alone }) ?? '', /its publication: its signer is no pinned publisher/);
});
