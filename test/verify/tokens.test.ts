import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { afresh, deed, given, inStock, newToken, said } from './token-scenes.ts';
import { codeNow, enrolled, factor, identified, person, prove, useVerifier } from './world.ts';

const world = await useVerifier();
const lena = await enrolled(world, person('lena', { groups: ['S-CS-Administrators'] }));
const oskar = await enrolled(world, person('oskar', { groups: ['S-CS-Administrators'] }));
const jonas = await enrolled(world, person('jonas', { groups: ['S-CS-Help-Desk'], employeeId: '1015' }));
const alice = await enrolled(world, person('alice'), 20);
const bilal = await enrolled(world, person('bilal'), 20);
beforeEach(async () => {
  await afresh(world);
  await world.superuser.attempts.deleteMany();
});

const row = (serial: string) => world.superuser.token.findFirstOrThrow({ where: { serial } });

async function held(serial: string, kind: 'hotp' | 'totp', holder = alice) {
  const { seeded, hand } = newToken(serial, kind);
  await inStock(world, lena, oskar, [seeded]);
  assert.equal(await given(world, jonas, holder, hand, kind === 'hotp' ? 0 : -1), 'done');
  await afresh(world);
  return hand;
}

async function lost(serial: string): Promise<string> {
  await afresh(world);
  return said(await deed(world, 'lost', jonas, { serial }));
}

test('a token with a counter is a factor: each code once, ten ahead, never back', async () => {
  const token = await held('H-1', 'hotp');
  const reset = await identified(world, 'alice');
  assert.equal(await factor(world, reset, token.shows(0)), 'failed', 'it was used to assign the token');
  assert.equal(await factor(world, reset, token.shows(2)), 'passed');
  assert.equal(await factor(world, reset, token.shows(2)), 'failed');
  assert.equal(await factor(world, reset, token.shows(13)), 'passed', 'ten ahead of the expected one');
  assert.equal(await factor(world, reset, token.shows(12)), 'failed', 'one that was passed over');
  assert.equal(await factor(world, reset, token.shows(25)), 'failed', 'eleven ahead');
  const said = await world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'factor' } });
  assert.deepEqual(
    said.map(({ body }) => (JSON.parse(body) as { method: string }).method),
    ['hardware-token', 'hardware-token'],
  );
  // The app still works beside it, and is called what it is.
  assert.equal(await factor(world, reset, codeNow(alice)), 'passed');
  assert.equal((await row('H-1')).failures, 0, 'a code of the app is no failure of the token');
  assert.equal(await lost('H-1'), 'done');
});

test('a token with a clock is a factor, its drift is kept, and a burned step stays burned whatever its row says', async () => {
  const token = await held('T-1', 'totp');
  const reset = await identified(world, 'alice');
  // The minute may end between any two of these: the codes stay those of this one.
  const [fast, faster] = [token.shows(1), token.shows(2)];
  assert.equal(await factor(world, reset, fast), 'passed');
  const { drift } = await row('T-1');
  assert.ok(drift === 1 || drift === 0, `a step ahead, or none where the minute ended meanwhile: ${drift}`);
  assert.equal(await factor(world, reset, fast), 'failed');
  await world.superuser.token.updateMany({ where: { serial: 'T-1' }, data: { counter: 0 } });
  assert.equal(await factor(world, reset, fast), 'failed');
  // The clock that is a step ahead is followed: by itself the verifier takes no code of the step after the next.
  assert.equal(await factor(world, reset, faster), 'passed', 'followed by one step more');
  await afresh(world);
  assert.equal(await lost('T-1'), 'done');
});

test('of 64 uses of one code at the same time exactly one passes, by counter and by clock, three times each', async () => {
  for (const kind of ['hotp', 'totp'] as const) {
    await afresh(world);
    const token = await held(`64-${kind}`, kind, bilal);
    const resets = await Promise.all(Array.from({ length: 4 }, () => identified(world, 'bilal')));
    for (const run of [0, 1, 2]) {
      await world.superuser.attempts.deleteMany();
      await world.superuser.token.updateMany({ where: { serial: token.serial }, data: { failures: -1000, state: 'assigned' } });
      await world.superuser.totp.updateMany({ where: { accountGuid: bilal.guid }, data: { failures: -1000 } });
      // Without a limit: every one of them is judged.
      await world.superuser.attempts.create({
        data: { key: `factor:${bilal.guid}`, failures: -1000, windowEnds: new Date(Date.now() + 3_600_000) },
      });
      if (kind === 'totp' && run > 0) await world.superuser.token.updateMany({ where: { serial: token.serial }, data: { drift: run } });
      const code = token.shows(kind === 'hotp' ? 2 + run : run + 1);
      const outcomes = await Promise.all(Array.from({ length: 64 }, (_, n) => factor(world, resets[n % 4]!, code)));
      assert.equal(outcomes.filter((outcome) => outcome === 'passed').length, 1, `${kind} ${run}`);
    }
    await afresh(world);
    await world.superuser.attempts.deleteMany();
    await world.superuser.totp.updateMany({ where: { accountGuid: bilal.guid }, data: { failures: 0 } });
    assert.equal(await lost(token.serial), 'done');
  }
});

test('a token that was lost counts for nothing at once, and no row written by hand brings it back', async () => {
  const token = await held('L-1', 'hotp');
  const reset = await identified(world, 'alice');
  assert.equal(await factor(world, reset, token.shows(2)), 'passed');
  assert.equal(await lost('L-1'), 'done');
  assert.equal(await factor(world, reset, token.shows(3)), 'failed');
  await world.superuser.token.updateMany({ where: { serial: 'L-1' }, data: { state: 'assigned' } });
  await world.superuser.tokenAssignment.updateMany({ data: { endedAt: null }, where: { token: { serial: 'L-1' } } });
  assert.equal(await factor(world, reset, token.shows(4)), 'failed', 'its assignment is burned');
  await world.superuser.tokenAssignment.updateMany({ data: { endedAt: new Date() }, where: { token: { serial: 'L-1' } } });
});

test('a row that the verifier did not sign is no token and no assignment', async () => {
  const token = await held('R-1', 'hotp', bilal);
  const reset = await identified(world, 'alice');
  const { superuser } = world;
  await superuser.tokenAssignment.updateMany({ where: { token: { serial: 'R-1' } }, data: { accountGuid: alice.guid } });
  assert.equal(await factor(world, reset, token.shows(2)), 'failed', 'given to somebody else by hand');
  await superuser.tokenAssignment.updateMany({ where: { token: { serial: 'R-1' } }, data: { accountGuid: bilal.guid } });
  const theirs = await identified(world, 'bilal');
  for (const data of [
    { digits: 6 },
    { manufacturer: 'x' },
    { expiresAt: new Date('2099-01-01') },
    { secret: new Uint8Array(randomBytes(48)) },
  ]) {
    const before = await row('R-1');
    await superuser.token.updateMany({ where: { id: before.id }, data });
    assert.equal(await factor(world, theirs, token.shows(3)), 'failed');
    const { digits, manufacturer, expiresAt, secret } = before;
    await superuser.token.updateMany({ where: { id: before.id }, data: { digits, manufacturer, expiresAt, secret } });
  }
  assert.equal(await factor(world, theirs, token.shows(4)), 'passed', 'as it was, it counts');
  assert.equal(await lost('R-1'), 'done');
});

test('wrong codes disable a token at the policy’s number, and two codes in a row within a thousand bring it back', async () => {
  const token = await held('D-1', 'hotp');
  const reset = await identified(world, 'alice');
  await world.superuser.token.updateMany({ where: { serial: 'D-1' }, data: { failures: 19 } });
  assert.equal(await factor(world, reset, '00000000'), 'failed');
  assert.equal((await row('D-1')).state, 'disabled');
  assert.equal(await factor(world, reset, token.shows(2)), 'failed');
  const resync = async (...at: number[]) => {
    await afresh(world);
    return said(await deed(world, 'resync', jonas, { serial: 'D-1', codes: at.map((moving) => token.shows(moving)) }));
  };
  assert.equal(await resync(1002, 1003), 'token-codes-wrong', 'a thousand from the expected one is the end');
  assert.equal(await resync(700, 702), 'token-codes-wrong');
  assert.equal(await resync(701, 700), 'token-codes-wrong');
  assert.equal(await resync(1001, 1002), 'done');
  assert.equal((await row('D-1')).state, 'assigned');
  assert.equal(await resync(1001, 1002), 'token-codes-wrong', 'each once');
  assert.equal(await factor(world, reset, token.shows(1003)), 'passed');
  assert.equal(await lost('D-1'), 'done');
});

test('nobody is given a token who shows nothing of theirs, and nobody gives one to themselves', async () => {
  const { seeded, hand } = newToken('A-1', 'hotp');
  await inStock(world, lena, oskar, [seeded]);
  const assign = async (by: typeof jonas, value: object) => {
    await afresh(world);
    const all = { serial: 'A-1', account: 'alice', holder: codeNow(alice), codes: [hand.shows(0), hand.shows(1)], ...value };
    return said(await deed(world, 'assign', by, all));
  };
  assert.equal(await assign(jonas, { holder: '000000' }), 'token-holder-not-shown');
  assert.equal(await assign(jonas, { holder: '0000-0000-0000-0000' }), 'token-holder-not-shown');
  assert.equal(await assign(jonas, { account: 'jonas', holder: codeNow(jonas) }), 'token-for-oneself');
  world.directory.set(randomUUID(), person('jonas-adm', { employeeId: '1015' }));
  assert.equal(await assign(jonas, { account: 'jonas-adm' }), 'token-for-oneself', 'nor to their other account');
  assert.equal(await assign(jonas, { account: 'nobody.here' }), 'token-holder-refused');
  assert.equal(await assign(jonas, { serial: 'A-9' }), 'token-not-found');
  assert.equal(await assign(jonas, { codes: [hand.shows(0), hand.shows(2)] }), 'token-codes-wrong');
  assert.equal(await assign(bilal, {}), 'role-needed');
  assert.equal(await assign(jonas, { code: '000000' }), 'factor-not-accepted');
  assert.equal(await assign(jonas, {}), 'done');
  assert.equal(await assign(jonas, {}), 'token-not-in-stock');
  const other = newToken('A-2', 'hotp');
  await inStock(world, lena, oskar, [other.seeded]);
  const second = { serial: 'A-2', codes: [other.hand.shows(0), other.hand.shows(1)] };
  assert.equal(await assign(jonas, second), 'token-held-already');
  await afresh(world);
  assert.equal(said(await deed(world, 'returned', jonas, { serial: 'A-1' })), 'done');
  assert.equal((await row('A-1')).state, 'stock');
  assert.equal(await assign(jonas, second), 'done', 'with the first one back in stock');
  assert.equal(await prove(world, await identified(world, 'alice'), alice.recoveryCodes[0] ?? ''), 'passed');
});
