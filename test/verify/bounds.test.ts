import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { raiseAttempts } from '#activities/verify/attempts.ts';
import { signRow, totpBody } from '#activities/verify/row-signature.ts';
import { encryptSecret } from '#activities/verify/factor-secret.ts';
import { verifierKeys } from '#activities/verify/keys.ts';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier } from './world.ts';

const world = await useVerifier();
const wrong = '0000-0000-0000-0000';

test('twenty failed proofs within the hour, however many at once, and the account is deaf to the right one too', async () => {
  const alice = await enrolled(world, person('alice'));
  const resets = await Promise.all(Array.from({ length: 4 }, () => identified(world, 'alice')));
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => prove(world, resets[n % 4]!, wrong)));
  assert.ok(outcomes.every((outcome) => outcome === 'failed'));
  const [counted] = await world.superuser.attempts.findMany({ where: { key: `proof:${alice.guid}` } });
  assert.equal(counted?.failures, 20);
  assert.equal(await prove(world, resets[0]!, alice.recoveryCodes[0]!), 'failed', 'silently, in the same words');
  assert.equal(
    await world.superuser.code.count({ where: { accountGuid: alice.guid, usedAt: { not: null } } }),
    0,
    'and the code was not spent',
  );
  await world.superuser.$executeRaw`UPDATE attempts SET window_ends = clock_timestamp() WHERE key = ${`proof:${alice.guid}`}`;
  assert.equal(await prove(world, resets[0]!, alice.recoveryCodes[0]!), 'passed', 'after the hour it is taken again');
});

test('an authenticator is disabled after twenty consecutive failures; a right code before that begins the count anew', async () => {
  const bilal = await enrolled(world, person('bilal'));
  const reset = await identified(world, 'bilal');
  const failures = async () => (await world.superuser.totp.findFirstOrThrow({ where: { accountGuid: bilal.guid } })).failures;
  const freshHour = () => world.superuser.$executeRaw`DELETE FROM attempts`;
  const wrongDigits = () => (codeNow(bilal) === '111111' ? '222222' : '111111');
  await Promise.all(Array.from({ length: 19 }, () => factor(world, reset, wrongDigits())));
  assert.equal(await failures(), 19);
  assert.equal(await factor(world, reset, codeNow(bilal)), 'passed');
  assert.equal(await failures(), 0);
  await freshHour();
  await Promise.all(Array.from({ length: 20 }, () => factor(world, reset, wrongDigits())));
  await freshHour();
  assert.notEqual((await world.superuser.totp.findFirstOrThrow({ where: { accountGuid: bilal.guid } })).disabledAt, null);
  assert.equal(await factor(world, reset, codeNow(bilal, 1)), 'failed');
});

test('a row that the verifier did not sign counts for nothing, wherever its parts come from', async () => {
  const [chen, dora] = [await enrolled(world, person('chen')), await enrolled(world, person('dora'))];
  const reset = await identified(world, 'dora');
  // The attacker owns the table and their own authenticator, and gives it to Dora.
  await world.superuser.$executeRaw`UPDATE totp SET account_guid = ${dora.guid}::uuid WHERE account_guid = ${chen.guid}::uuid`;
  assert.equal(await factor(world, reset, codeNow(chen)), 'failed');
  await world.superuser.$executeRaw`UPDATE code SET account_guid = ${dora.guid}::uuid WHERE account_guid = ${chen.guid}::uuid`;
  for (const code of chen.recoveryCodes) assert.equal(await prove(world, reset, code), 'failed');
  // Even with the factor key, but without the signing key.
  const stranger = verifierKeys({
    signing: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    notice: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    factor: world.deps.keys.factor,
    pepper: randomBytes(32),
    names: randomBytes(32),
  });
  const [id, totp] = [randomUUID(), new Uint8Array(randomBytes(20))];
  const row = {
    id,
    accountGuid: dora.guid,
    secret: encryptSecret(stranger, dora.guid, id, totp),
    keyId: stranger.factorId,
    algorithm: 'sha1',
    digits: 6,
    period: 30,
    binding: null,
    enrolledAt: new Date(),
  };
  await world.superuser.totp.create({ data: { ...row, signature: signRow(stranger, totpBody(row)) } });
  assert.equal(await factor(world, reset, codeNow({ totp })), 'failed');
  // What she really holds still works: the strangers' rows do not get in its way.
  assert.equal(await factor(world, reset, codeNow(dora)), 'passed');
  assert.equal(await prove(world, reset, dora.recoveryCodes[0]!), 'passed');
});

test('a sealed value opens for its own reset, purpose and time only', async () => {
  const emil = await enrolled(world, person('emil'));
  const [one, two] = [await identified(world, 'emil'), await identified(world, 'emil')];
  const typed = () => ({ method: 'totp', value: codeNow(emil) });
  const check = (reset: typeof one, sealed: string) =>
    world.verifier.checkFactor({ ...reset, updateId: randomUUID(), sealed, purpose: 'reset' }).then((answer) => answer.outcome);

  const moved = await seal(world, 'factor', one.reset, typed());
  await world.superuser.$executeRaw`UPDATE sealed SET subject = ${two.reset} WHERE id = ${moved}::uuid`;
  assert.equal(await check(two, moved), 'failed', 'moved to another reset');
  const otherPurpose = await seal(world, 'decision', one.reset, typed());
  await world.superuser.$executeRaw`UPDATE sealed SET purpose = 'factor' WHERE id = ${otherPurpose}::uuid`;
  assert.equal(await check(one, otherPurpose), 'failed', 'sealed for another purpose');
  const late = await seal(world, 'factor', one.reset, typed(), -1);
  assert.equal(await check(one, late), 'failed', 'expired');
  const prolonged = await seal(world, 'factor', one.reset, typed(), -1);
  await world.superuser.$executeRaw`UPDATE sealed SET expires_at = clock_timestamp() + interval '1 hour' WHERE id = ${prolonged}::uuid`;
  assert.equal(await check(one, prolonged), 'failed', 'its expiry was changed');
  const changed = await seal(world, 'factor', one.reset, typed());
  await world.superuser
    .$executeRaw`UPDATE sealed SET ciphertext = set_byte(ciphertext, 3, (get_byte(ciphertext, 3) + 1) % 256) WHERE id = ${changed}::uuid`;
  assert.equal(await check(one, changed), 'failed', 'changed');
  for (const value of [{}, { value: 7 }, { method: 'totp' }, { method: 'totp', value: 'x'.repeat(100) }])
    assert.equal(await check(one, await seal(world, 'factor', one.reset, value)), 'failed', 'of another shape');
  for (const sealed of [randomUUID(), 'not-a-uuid', '']) assert.equal(await check(one, sealed), 'failed', 'not there');
  assert.equal(await check(one, await seal(world, 'factor', one.reset, typed())), 'passed');
});

test('what the returning claimant typed earns a word for its own request only', async () => {
  const hana = await enrolled(world, person('hana'));
  const reset = await identified(world, 'hana');
  const ask = async (purpose: 'reset' | 'resume', updateId: string, sealed: string) => {
    const answer = await world.verifier.checkFactor({ ...reset, updateId, sealed, purpose });
    return answer.outcome === 'passed' ? (answer.word ? 'word' : 'passed') : answer.outcome;
  };
  const typed = (update: string) => ({ method: 'totp', value: codeNow(hana), update });
  assert.equal(await ask('resume', 'mine', await seal(world, 'resume', reset.reset, typed('hers'))), 'failed', 'under another update');
  assert.equal(await ask('reset', 'step', await seal(world, 'resume', reset.reset, typed('step'))), 'failed', 'as a step');
  const step = await seal(world, 'factor', reset.reset, { method: 'totp', value: codeNow(hana) });
  assert.equal(await ask('resume', 'return', step), 'failed', 'a step as a return');
  const key = `factor:${hana.guid}`;
  assert.equal(await world.superuser.attempts.count({ where: { key } }), 0, 'and none of it was counted against her');
  assert.equal((await world.superuser.totp.findFirstOrThrow({ where: { accountGuid: hana.guid } })).failures, 0);
  assert.equal(await ask('resume', 'hers', await seal(world, 'resume', reset.reset, typed('hers'))), 'word');
});

test('attempts in which nothing was typed touch nobody; attempts on one unknown name are counted together', async () => {
  const ivan = await enrolled(world, person('ivan'));
  const reset = await identified(world, 'ivan');
  const nothing = () => ({ ...reset, updateId: randomUUID(), sealed: randomUUID() });
  for (let n = 0; n < 21; n++) await world.verifier.checkProof(nothing());
  for (let n = 0; n < 21; n++) await world.verifier.checkFactor({ ...nothing(), purpose: 'reset' });
  assert.equal(await world.superuser.attempts.count({ where: { key: { endsWith: `:${ivan.guid}` } } }), 0);
  assert.equal(await prove(world, reset, ivan.recoveryCodes[0]!), 'passed');
  assert.equal(await factor(world, reset, codeNow(ivan)), 'passed');

  const decoys = [await identified(world, 'nobody-at-all'), await identified(world, 'nobody-at-all')];
  for (const decoy of decoys) await prove(world, decoy, wrong);
  const { nameHash } = await world.superuser.reset.findUniqueOrThrow({ where: { id: decoys[0]!.reset } });
  const key = `proof:${Buffer.from(nameHash ?? []).toString('hex')}`;
  assert.equal((await world.superuser.attempts.findUniqueOrThrow({ where: { key } })).failures, 2);
});

test('the hour of a budget begins anew with each failure, and not with what comes over the limit', async () => {
  const { db } = world.deps;
  const [key, limit] = [`test:${randomUUID()}`, 3];
  const soon = () =>
    world.superuser.$executeRaw`UPDATE attempts SET window_ends = clock_timestamp() + interval '1 minute' WHERE key = ${key}`;
  const minutesLeft = async () => {
    const { windowEnds } = await world.superuser.attempts.findUniqueOrThrow({ where: { key } });
    return Math.round((windowEnds.getTime() - Date.now()) / 60_000);
  };
  for (let n = 1; n <= limit; n++) {
    assert.equal(await raiseAttempts(db, key, limit), true);
    assert.equal(await minutesLeft(), 60);
    await soon();
  }
  assert.equal(await raiseAttempts(db, key, limit), false);
  assert.equal(await minutesLeft(), 1);
});

test('the worker cannot have one account proven for a reset of another', async () => {
  const [fatima, goran] = [await enrolled(world, person('fatima')), await enrolled(world, person('goran'))];
  const reset = await identified(world, 'goran');
  const lie = { ...reset, account: fatima.guid };
  await assert.rejects(prove(world, lie, fatima.recoveryCodes[0]!), { name: 'Broken' });
  await assert.rejects(factor(world, { ...reset, account: null }, codeNow(goran)), { name: 'Broken' });
  await assert.rejects(factor(world, { ...reset, run: randomUUID() }, codeNow(goran)), { name: 'Broken' });
});

test('an unknown name, an account elsewhere and a service account go on as decoys and leave no name', async () => {
  world.directory.set('elsewhere', person('elsewhere', { dn: 'CN=elsewhere,OU=Service Accounts,DC=bank,DC=test' }));
  for (const typed of ['nobody-here', 'elsewhere', 'MyPassw0rd-typed-here']) {
    const reset = await identified(world, typed);
    assert.equal(reset.account, null);
    const row = await world.superuser.reset.findUniqueOrThrow({ where: { id: reset.reset } });
    assert.deepEqual([row.accountGuid, row.accountName, row.displayName, row.ruleId], [null, null, null, null]);
    assert.equal(row.nameHash?.length, 32);
    assert.equal(await prove(world, reset, wrong), 'failed');
    assert.equal(await factor(world, reset, '123456'), 'failed');
  }
  const everything = JSON.stringify([
    await world.superuser.opening.findMany(),
    await world.superuser.leaf.findMany({ select: { body: true } }),
    await world.superuser.burn.findMany(),
  ]);
  assert.ok(!everything.includes('MyPassw0rd'));
});
