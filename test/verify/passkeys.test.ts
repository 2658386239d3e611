import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { addStatement, removeStatement, type Ceremony } from '#domain/passkey.ts';
import type { Json } from '#evidence/jcs.ts';
import { lastFactorChanges } from '#activities/verify/factor-change.ts';
import { hexSha256, SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, PAGE, registrationOf } from './keys.ts';
import { codeNow, enrolled, person, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
const officers = ['S-CS-Security-Officers'];

const lastFactorChange = async (who: Enrolled) => (await lastFactorChanges(world.superuser, [who.guid])).get(who.guid);

let made = 0;
/** Somebody new with a role at the console. */
const officer = () => enrolled(world, person(`officer-${++made}`, { groups: officers }), 9);

interface Adding {
  ceremony?: Ceremony;
  registration?: ReturnType<typeof registrationOf>;
  name?: string;
  by?: object;
  sealedFor?: Enrolled;
  request?: string;
}

/** Registers `key` with the person's codes, or as a scene says; answers 'done' or the refusal. */
async function add(who: Enrolled, key: SoftPasskey, more: Adding = {}): Promise<string> {
  const ceremony = more.ceremony ?? (await begun(world, who, 'passkey/add'));
  const registration = more.registration ?? registrationOf(key, ceremony);
  const by = more.by ?? (await codes(world, who));
  const request = more.request ?? randomUUID();
  const value = { account: (more.sealedFor ?? who).guid, ceremony: ceremony.ceremony, name: more.name ?? 'blue key', registration, by };
  const sealed = await seal(world, 'passkey', request, value);
  const answer = await world.verifier.registerPasskey({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

/** Adds a further key, confirmed by one that the person has. */
async function confirmed(
  who: Enrolled,
  key: SoftPasskey,
  by: SoftPasskey,
  bend: (statement: ReturnType<typeof addStatement>) => Json = (same) => same,
  page = PAGE,
) {
  const ceremony = await begun(world, who, 'passkey/add');
  const registration = registrationOf(key, ceremony);
  const digest = hexSha256(Buffer.from(registration.attestationObject, 'base64url'));
  const statement = addStatement(ceremony, { credential: key.id, registration: digest, name: 'spare' });
  return add(who, key, { ceremony, registration, name: 'spare', by: { assertion: assertionOf(by, bend(statement), page) } });
}

async function remove(who: Enrolled, passkey: string, by: SoftPasskey, ceremony?: Ceremony, page = PAGE): Promise<string> {
  const open = ceremony ?? (await begun(world, who, 'passkey/remove'));
  const request = randomUUID();
  const assertion = assertionOf(by, removeStatement(open, passkey), page);
  const sealed = await seal(world, 'passkey-removal', request, { account: who.guid, ceremony: open.ceremony, passkey, assertion });
  const answer = await world.verifier.removePasskey({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

const rowOf = (key: SoftPasskey) => world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });

async function leavesOf(who: Enrolled): Promise<{ type: string; reason: string | null; fault: unknown }[]> {
  const leaves = await world.superuser.leaf.findMany({ where: { actor: who.guid }, orderBy: { seq: 'asc' } });
  return leaves.map(({ type, reason, body }) => ({ type, reason, fault: (JSON.parse(body) as { do: { fault?: unknown } }).do.fault }));
}

test('a first key takes the authenticator and a recovery code together, burns both, and replaces nothing', async () => {
  const who = await officer();
  const key = new SoftPasskey();
  const ceremony = await begun(world, who, 'passkey/add');
  const { totp, recoveryCode } = await codes(world, who);
  const tried = (by: object) => add(who, key, { ceremony, registration: registrationOf(key, ceremony), by });
  assert.equal(await tried({ totp, recoveryCode: 'AAAA-BBBB-CCCC-DDDD' }), 'codes-not-accepted');
  assert.equal(await tried({ totp, recoveryCode }), 'codes-not-accepted', 'the code of the authenticator is spent');
  const [other, next] = [await codes(world, who), await codes(world, who)];
  assert.equal(await tried({ totp: '000000', recoveryCode: other.recoveryCode }), 'codes-not-accepted');
  assert.equal(await tried({ totp: next.totp, recoveryCode: other.recoveryCode }), 'done', 'a slip in the one has not burned the other');
  assert.equal(await tried({ totp: (await codes(world, who)).totp, recoveryCode: next.recoveryCode }), 'ceremony-over');
  assert.equal(
    await add(who, new SoftPasskey(), { by: { totp: (await codes(world, who)).totp, recoveryCode: other.recoveryCode } }),
    'codes-not-accepted',
  );

  const row = await rowOf(key);
  assert.deepEqual(
    [row.binding, row.accountGuid, row.name, row.rpId, row.disabledAt],
    ['first', who.guid, 'blue key', 'console.test', null],
  );
  assert.deepEqual(Buffer.from(row.spki), key.spki, 'the key that anybody can check signatures with');
  assert.equal(await lastFactorChange(who), undefined);
  assert.deepEqual(
    (await leavesOf(who)).map(({ type }) => type),
    ['enrolment.refused', 'enrolment.refused', 'enrolment.refused', 'authenticator.enrolled', 'enrolment.refused', 'enrolment.refused'],
  );
});

test('keys of every algorithm that we take are registered, with a statement about themselves or without', async () => {
  for (const algorithm of [-7, -8, -257] as const) {
    for (const format of ['none', 'self'] as const) {
      const [who, key] = [await officer(), new SoftPasskey(algorithm)];
      const ceremony = await begun(world, who, 'passkey/add');
      assert.equal(
        await add(who, key, { ceremony, registration: registrationOf(key, ceremony, PAGE, format) }),
        'done',
        `${algorithm} ${format}`,
      );
      assert.deepEqual(Buffer.from((await rowOf(key)).spki), key.spki);
      assert.equal((await rowOf(key)).algorithm, algorithm);
    }
  }
});

test('a key that is synced, did not know its owner, or answered another page, ceremony or person is not registered', async () => {
  const [who, else_] = [await officer(), await officer()];
  const refused = async (bend: (key: SoftPasskey) => void, page = PAGE) => {
    const key = new SoftPasskey();
    bend(key);
    const ceremony = await begun(world, who, 'passkey/add');
    return add(who, key, { ceremony, registration: registrationOf(key, ceremony, page), by: { totp: codeNow(who), recoveryCode: 'x' } });
  };
  const nothing = () => {};
  assert.equal(await refused((key) => Object.assign(key.flags, { backupEligible: true, backedUp: true })), 'passkey-synced');
  assert.equal(
    await refused((key) => Object.assign(key.flags, { backupEligible: true })),
    'passkey-synced',
    'may be copied, though it is not yet',
  );
  assert.equal(await refused((key) => Object.assign(key.flags, { userVerified: false })), 'passkey-not-verified');
  assert.equal(await refused((key) => Object.assign(key.flags, { userPresent: false })), 'passkey-not-accepted');
  assert.equal(await refused(nothing, { ...PAGE, origin: 'https://console.test.evil.test' }), 'passkey-not-accepted');
  assert.equal(await refused(nothing, { ...PAGE, rpId: 'evil.test' }), 'passkey-not-accepted');

  const key = new SoftPasskey();
  const [mine, theirs] = [await begun(world, who, 'passkey/add'), await begun(world, else_, 'passkey/add')];
  const removal = await begun(world, who, 'passkey/remove');
  const unspent = await codes(world, who);
  assert.equal(await add(who, key, { ceremony: mine, registration: registrationOf(key, theirs), by: unspent }), 'passkey-not-accepted');
  assert.equal(await add(who, key, { ceremony: theirs, by: unspent }), 'ceremony-over', "somebody else's ceremony");
  assert.equal(await add(who, key, { ceremony: removal, by: unspent }), 'ceremony-over', 'a ceremony for something else');
  await world.superuser.$executeRaw`UPDATE ceremony SET created_at = now() - interval '301 seconds' WHERE id = ${mine.ceremony}::uuid`;
  assert.equal(await add(who, key, { ceremony: mine, by: unspent }), 'ceremony-over', 'after five minutes');
  assert.equal(
    await add(who, key, { sealedFor: else_, by: unspent }),
    'service-unavailable',
    'the worker names somebody else than who was signed in',
  );
  assert.equal(await world.superuser.passkey.count({ where: { accountGuid: who.guid } }), 0);
  assert.equal(await add(who, key, { by: unspent }), 'done', 'no refusal before the codes has spent them');
  assert.equal(await add(else_, key), 'passkey-known', 'one key, one person');
});

test('a further key is confirmed by one that the person has, over just that key; with codes it replaces factors', async () => {
  const [who, else_] = [await officer(), await officer()];
  const [first, second, foreign] = [new SoftPasskey(), new SoftPasskey(-8), new SoftPasskey()];
  assert.equal(await add(who, first), 'done');
  assert.equal(await add(else_, foreign), 'done');

  assert.equal(await confirmed(who, second, foreign), 'passkey-not-accepted', "somebody else's key");
  assert.equal(await confirmed(who, second, second), 'passkey-not-accepted', 'the new key itself');
  assert.equal(
    await confirmed(who, second, first, (s) => ({ ...s, credential: foreign.id })),
    'passkey-not-accepted',
    'signed for another key',
  );
  assert.equal(await confirmed(who, second, first, (s) => ({ ...s, type: 'passkey/remove' })), 'passkey-not-accepted');
  first.flags.userVerified = false;
  assert.equal(await confirmed(who, second, first), 'passkey-not-verified');
  first.flags.userVerified = true;
  assert.equal(await confirmed(who, second, first, undefined, { ...PAGE, origin: 'https://evil.test' }), 'passkey-not-accepted');
  assert.equal(await confirmed(who, second, first), 'done');
  assert.equal((await rowOf(second)).binding, 'confirmed');
  assert.equal(await lastFactorChange(who), undefined, 'nothing was replaced');

  first.counter = 1;
  assert.equal(await confirmed(who, new SoftPasskey(), first), 'passkey-not-accepted', 'a counter that does not go up: the key was copied');
  assert.deepEqual(
    (await leavesOf(who)).flatMap(({ fault }) => (fault ? [fault] : [])),
    ['not-registered', 'not-registered', 'challenge', 'challenge', 'user-verification', 'origin', 'counter'],
  );

  const third = new SoftPasskey();
  assert.equal(await add(who, third), 'done');
  assert.deepEqual([(await rowOf(third)).binding, await lastFactorChange(who)], ['replacing', (await rowOf(third)).enrolledAt]);
});

test('a key is removed by a signature of one that is left or by its own, once; whoever then begins again with codes replaces factors', async () => {
  const [who, else_] = [await officer(), await officer()];
  const [first, second, foreign] = [new SoftPasskey(), new SoftPasskey(), new SoftPasskey()];
  assert.equal(await add(who, first), 'done');
  assert.equal(await confirmed(who, second, first), 'done');
  assert.equal(await add(else_, foreign), 'done');
  const [one, two, theirs] = [(await rowOf(first)).id, (await rowOf(second)).id, (await rowOf(foreign)).id];

  assert.equal(await remove(who, theirs, first), 'not-found', "somebody else's key is not there");
  assert.equal(await remove(who, one, foreign), 'passkey-not-accepted');
  const ceremony = await begun(world, who, 'passkey/remove');
  assert.equal(await remove(who, one, second, ceremony), 'done');
  assert.equal(await remove(who, two, second, ceremony), 'ceremony-over');
  assert.equal(await remove(who, two, first), 'passkey-not-accepted', 'a removed key confirms nothing');
  assert.equal(await remove(who, one, second), 'not-found', 'removed already');
  assert.equal(await remove(who, two, second), 'done', 'the last one, by itself');
  assert.ok((await rowOf(first)).disabledAt, 'the row stays: what it signed is checked for years');
  assert.equal(await lastFactorChange(who), undefined);

  const again = new SoftPasskey();
  assert.equal(await add(who, again), 'done');
  assert.equal((await rowOf(again)).binding, 'replacing');
  assert.ok(await lastFactorChange(who));
  const removals = (await leavesOf(who)).filter(({ type }) => type === 'authenticator.removed');
  assert.deepEqual(
    removals.map(({ reason }) => reason),
    ['not-found', 'passkey-not-accepted', null, 'ceremony-over', 'passkey-not-accepted', 'not-found', null],
  );
});

test('a row written or changed by hand counts for nothing, and the verifier may not change what it signed', async () => {
  const who = await officer();
  const [own, forged] = [new SoftPasskey(), new SoftPasskey()];
  assert.equal(await add(who, own), 'done');
  const row = await rowOf(own);
  await world.superuser.passkey.create({ data: { ...row, id: randomUUID(), credentialId: forged.id, spki: new Uint8Array(forged.spki) } });
  assert.equal(await confirmed(who, new SoftPasskey(), forged), 'passkey-not-accepted');
  await world.superuser.passkey.update({ where: { id: row.id }, data: { spki: new Uint8Array(forged.spki) } });
  assert.equal(await confirmed(who, new SoftPasskey(), own), 'passkey-not-accepted');
  await assert.rejects(world.deps.db.passkey.update({ where: { id: row.id }, data: { spki: new Uint8Array(forged.spki) } }));
  await assert.rejects(world.deps.db.passkey.delete({ where: { id: row.id } }));
  await assert.rejects(world.api.$queryRaw`SELECT spki FROM passkey`);
  await assert.rejects(
    world.api.ceremony.create({ data: { id: randomUUID(), accountGuid: who.guid, purpose: 'passkey/add', createdAt: new Date(4e12) } }),
  );
});

test('who lost role or account since signing in changes nothing, and asked again everybody hears the first answer', async () => {
  const who = await officer();
  world.directory.set(who.guid, { ...who, groups: [] });
  assert.equal(await add(who, new SoftPasskey()), 'role-needed');
  world.directory.set(who.guid, { ...who, locked: true });
  assert.equal(await add(who, new SoftPasskey()), 'account-not-active');
  world.directory.set(who.guid, who);
  const [key, request, ceremony, by] = [new SoftPasskey(), randomUUID(), await begun(world, who, 'passkey/add'), await codes(world, who)];
  const same = { ceremony, registration: registrationOf(key, ceremony), by, request };
  assert.deepEqual(await Promise.all([add(who, key, same), add(who, key, same)]), ['done', 'done']);
  assert.equal(await add(who, key, same), 'done');
  assert.equal(await world.superuser.passkey.count({ where: { accountGuid: who.guid } }), 1);
});

test('guessing at the codes ends at the limit of the account, and an authenticator that took the place of another replaced it', async () => {
  const who = await officer();
  const outcomes: string[] = [];
  for (let tries = 0; tries < 21; tries++)
    outcomes.push(await add(who, new SoftPasskey(), { by: { totp: '000000', recoveryCode: 'AAAA-BBBB-CCCC-DDDD' } }));
  assert.deepEqual(new Set(outcomes), new Set(['codes-not-accepted']));
  assert.equal(await add(who, new SoftPasskey()), 'codes-not-accepted', 'the right codes come too late');
  assert.equal(await lastFactorChange(who), undefined);
  await enrolled(world, who);
  assert.ok(await lastFactorChange(who));
});
