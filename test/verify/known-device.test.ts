import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { challengeDevice, noteSourceDevice, sourceDeviceOf } from '#api/portal-at-device.ts';
import type { Attestation } from '#domain/attestation.ts';
import type { AttestPurpose } from '#domain/device.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { checkStatements } from '#audit/check-replay.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { Json } from '#evidence/jcs.ts';
import { withKnownDevices } from '#activities/write/known-devices.ts';
import type { TestDevice } from '#test/support/device.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { asTemporal } from './as-temporal.ts';
import { useDeviceListener } from './device-listener.ts';
import { officerOf } from './officers.ts';
import { codeNow, enrolled, factor, identified, person, seal, type OpenReset } from './world.ts';

/** What a device at whose login screen somebody stands can show, against real tables and the verifier's own code. */
const world = await useDeviceListener();
const rules = `rules:${privilegedRule}
  - id: elsewhere
    when: { protected: false, under: ["OU=Tellers,DC=bank,DC=test"] }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []
  - id: standard
    when: { protected: false }
    accept: [{ name: a known device and the authenticator, proofs: [known-device], factors: [totp] }]
    approvals: []`;
const text = `devices: { knownWithin: 2d }\n${demoPolicyWith(rules)}`;
await world.superuser.$transaction((tx) => loadPolicy(tx, text, { type: 'service', name: 'test' }));
const priya = await officerOf(world, 'priya');
const quentin = await officerOf(world, 'quentin');

async function active(name: string): Promise<TestDevice> {
  const device = await world.device(name);
  assert.equal((await device.enrol(await world.deed(priya, 'ticket', name))).status, 201);
  return device;
}
const laptop = await active('laptop-1.bank.test');

const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
interface Said {
  [member: string]: string | null | Said;
}
/** What an honest device says of an account, and what a scene bends in it. */
function says(device: TestDevice, challenge: string, sid: string, bent: Said = {}, tag = 'countersign/device-attest/v1') {
  const account = { sid, lastOnlineAuth: ago(1) };
  return device.sign(tag, { device: device.id, challenge, at: ago(0), account, ...bent });
}
type Shown = { ceremony: string; statement: string; signature: string };
async function show({ reset, run, account }: OpenReset, shown: Shown): Promise<string> {
  const sealed = await seal(world, 'proof', reset, { method: 'known-device', ...shown });
  return (await asTemporal(() => world.verifier.checkProof({ reset, run, account, updateId: randomUUID(), sealed }))).outcome;
}
const ask = (reset: OpenReset, purpose: AttestPurpose = 'known-device') => challengeDevice(world.api, reset.reset, purpose);
async function attested(device: TestDevice, reset: OpenReset, sid: string, bent: Said = {}, tag?: string): Promise<string> {
  const { ceremony, challenge } = await ask(reset);
  return show(reset, { ceremony, ...says(device, challenge, sid, bent, tag) });
}
const leafOf = async ({ reset }: OpenReset, type = 'proof.checked') =>
  JSON.parse((await world.superuser.leaf.findFirstOrThrow({ where: { resetId: reset, type }, orderBy: { seq: 'desc' } })).body) as {
    outcome: string;
    do: Record<string, unknown>;
  };
const statementsOf = async ({ reset }: OpenReset): Promise<Attestation[]> =>
  (await world.superuser.attestation.findMany({ where: { resetId: reset } })).flatMap(
    ({ body, signature }) => readStatement(body, signature, world.deps.keys.checking) ?? [],
  );

test('a device that knows the account is a proof, names itself in the evidence, and with the authenticator the person is proven', async () => {
  const ada = await enrolled(world, person('ada'));
  const reset = await identified(world, 'ada');
  assert.equal(await attested(laptop, reset, ada.sid), 'passed');
  assert.equal(await factor(world, reset, codeNow(ada)), 'passed');
  const proof = (await statementsOf(reset)).find((one) => one.kind === 'proof');
  assert.ok(proof?.kind === 'proof');
  assert.deepEqual([proof.method, proof.credential, proof.issuer], ['known-device', laptop.id, null]);
  assert.equal(proof.device?.key, laptop.publicKey.toString('base64'));
  const leaf = await leafOf(reset);
  assert.deepEqual([leaf.outcome, leaf.do['credential']], ['success', laptop.id]);
  const committed = await world.superuser.opening.findUnique({ where: { commitment: String(leaf.do['device_c']) } });
  assert.equal(committed?.value, laptop.name, 'its name stands behind a commitment and nowhere else');
  const log = await world.superuser.leaf.findMany({ where: { resetId: reset.reset }, select: { body: true } });
  assert.ok(log.every(({ body }) => !body.includes(laptop.name)));
});

test('whoever is not known there, was not confirmed in time, or whose device has a wrong clock, gets the one answer; the leaf says why', async () => {
  const bo = await enrolled(world, person('bo'));
  const scenes: readonly [string, Said][] = [
    ['not-held', { account: null }],
    ['not-held', { account: { sid: `${bo.sid}1`, lastOnlineAuth: ago(1) } }],
    ['never-online', { account: { sid: bo.sid, lastOnlineAuth: null } }],
    ['too-long-ago', { account: { sid: bo.sid, lastOnlineAuth: ago(49) } }],
    ['too-long-ago', { account: { sid: bo.sid, lastOnlineAuth: ago(-1) } }],
    ['wrong-clock', { at: ago(1) }],
    ['another-challenge', { challenge: 'A'.repeat(43) }],
    ['no-device', { device: randomUUID() }],
    ['no-device', { more: 'of it' }],
  ];
  for (const [why, bent] of scenes) {
    const reset = await identified(world, 'bo');
    assert.equal(await attested(laptop, reset, bo.sid, bent), 'failed', why);
    assert.equal((await leafOf(reset)).do['why'], why);
    await world.superuser.attempts.deleteMany();
  }
});

test('what another device signed in its name, or it for another use, counts for nothing', async () => {
  const cy = await enrolled(world, person('cy'));
  const liar = await active('laptop-2.bank.test');
  const reset = await identified(world, 'cy');
  assert.equal(await attested(liar, reset, cy.sid, { device: laptop.id }), 'failed');
  assert.equal(await attested(laptop, reset, cy.sid, {}, 'countersign/notice-ack/v1'), 'failed');
  const stranger = await world.device('laptop-3.bank.test');
  assert.equal(await attested(stranger, reset, cy.sid, { device: randomUUID() }), 'failed');
});

test('a challenge is good for one answer, in its own reset and for its own use, and not for long', async () => {
  const di = await enrolled(world, person('di'));
  const [reset, other] = [await identified(world, 'di'), await identified(world, 'di')];
  const { ceremony, challenge } = await ask(other);
  const good = { ceremony, ...says(laptop, challenge, di.sid) };
  assert.equal(await show(reset, good), 'failed', 'of another reset');
  const source = await ask(reset, 'source-device');
  assert.equal(await show(reset, { ceremony: source.ceremony, ...says(laptop, source.challenge, di.sid) }), 'failed', 'for another use');
  const late = await ask(reset);
  await world.superuser.ceremony.update({ where: { id: late.ceremony }, data: { createdAt: new Date(Date.now() - 121_000) } });
  assert.equal(await show(reset, { ceremony: late.ceremony, ...says(laptop, late.challenge, di.sid) }), 'failed', 'too late');
  const once = await ask(reset);
  assert.equal(await show(reset, { ceremony: once.ceremony, ...says(laptop, once.challenge, di.sid, { account: null }) }), 'failed');
  assert.equal(await show(reset, { ceremony: once.ceremony, ...says(laptop, once.challenge, di.sid) }), 'failed', 'used up by a wrong one');
  const fresh = await identified(world, 'di');
  const both = await ask(fresh);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => show(fresh, { ceremony: both.ceremony, ...says(laptop, both.challenge, di.sid) })),
  );
  assert.ok(answers.includes('passed'));
  assert.equal((await statementsOf(fresh)).filter(({ kind }) => kind === 'proof').length, 1, 'of eight at once one is signed');
});

test('a decoy and an account whose rule does not take it fail alike, whatever a device says', async () => {
  const ed = await enrolled(world, person('ed', { dn: 'CN=ed,OU=Tellers,DC=bank,DC=test' }));
  const decoy = await identified(world, 'no-such-name');
  assert.equal(await attested(laptop, decoy, 'S-1-5-21-1-2-3-9999'), 'failed');
  const teller = await identified(world, 'ed');
  assert.equal(await attested(laptop, teller, ed.sid), 'failed');
  const [a, b] = [await leafOf(decoy), await leafOf(teller)];
  assert.deepEqual(Object.keys(a.do).toSorted(), Object.keys(b.do).toSorted());
});

test('a device that is revoked proves nothing more, and what it proved before counts at no writer', async () => {
  const flo = await enrolled(world, person('flo'));
  const lost = await active('laptop-4.bank.test');
  const before = await identified(world, 'flo');
  assert.equal(await attested(lost, before, flo.sid), 'passed');
  const all = await statementsOf(before);
  const named = all.find((one) => one.kind === 'identified');
  assert.ok(named?.kind === 'identified');
  const counting = (knownWithin = 172_800, statements = all) =>
    withKnownDevices(world.superuser, statements, { named, knownWithin }).then((left) => left.length);
  assert.equal(await counting(), 2);
  assert.equal(await counting(60), 1, 'by a policy that asks for a fresher one');
  assert.equal(
    await counting(
      172_800,
      all.map((one) => (one.kind === 'proof' && one.device ? { ...one, device: { ...one.device, signature: 'A'.repeat(86) } } : one)),
    ),
    1,
    'a verifier that lies about the device',
  );
  const row = await world.superuser.device.findUniqueOrThrow({ where: { id: lost.id } });
  assert.equal(await world.deed(quentin, 'revoke', lost.id), 'done');
  assert.equal(await counting(), 1);
  const after = await identified(world, 'flo');
  assert.equal(await attested(lost, after, flo.sid), 'failed');
  // The row as it was, signature and all.
  const { state, signature } = row;
  await world.superuser.device.updateMany({ where: { id: lost.id }, data: { state, signature } });
  assert.equal(await attested(lost, after, flo.sid), 'failed');
  assert.equal((await leafOf(after)).do['why'], 'device-revoked');
});

test('an auditor checks the device’s own signature again, with what stands in the statement, and finds a verifier that lies', async () => {
  const jo = await enrolled(world, person('jo'));
  const reset = await identified(world, 'jo');
  assert.equal(await attested(laptop, reset, jo.sid), 'passed');
  const { checking, signing } = world.deps.keys;
  const rows: { text: string; signature: Buffer }[] = (await world.superuser.attestation.findMany({ where: { resetId: reset.reset } })).map(
    ({ body, signature }) => ({
      text: body,
      signature: Buffer.from(signature),
    }),
  );
  const found = (statements: typeof rows) => checkStatements({ statements }, checking).finding;
  assert.equal(found(rows).verdict, 'pass');
  const bent = (change: (proof: Record<string, Json>) => Json) =>
    found(
      rows.map((row) => {
        const body = JSON.parse(row.text) as Record<string, Json>;
        return body['kind'] === 'proof' ? signStatement(change(body), signing) : row;
      }),
    );
  const scenes: readonly [RegExp, (proof: Record<string, Json>) => Json][] = [
    [/another-device/, (proof) => ({ ...proof, credential: randomUUID() })],
    [
      /not-signed/,
      (proof) => {
        const { device: _, ...rest } = proof;
        return rest;
      },
    ],
    [/challenge-over/, (proof) => ({ ...proof, at: new Date(Date.now() + 600_000).toISOString() })],
    [/nobody was identified/, (proof) => ({ ...proof, run: randomUUID() })],
  ];
  for (const [words, change] of scenes) {
    assert.equal(bent(change).verdict, 'fail');
    assert.match(bent(change).said, words);
  }
});

test('a reset carries the device at which it was begun: the first that signed so, and only for a challenge of this reset', async () => {
  await enrolled(world, person('gil'));
  const reset = await identified(world, 'gil');
  const deps = { db: world.api, verifierKey: world.deps.keys.checking };
  const note = async (device: TestDevice, given?: { ceremony: string; challenge: string }, bent: Said = {}) => {
    const { ceremony, challenge } = given ?? (await ask(reset, 'source-device'));
    const said = device.sign('countersign/device-attest/v1', { device: device.id, challenge, at: ago(0), account: null, ...bent });
    return noteSourceDevice(deps, reset.reset, { ceremony, ...said }).catch((error: unknown) => (error as { code: string }).code);
  };
  const other = await active('laptop-5.bank.test');
  assert.equal(await note(other, undefined, { device: laptop.id }), 'device-statement-refused');
  assert.equal((await leafOf(reset, 'reset.at-device')).outcome, 'denied');
  assert.equal(await sourceDeviceOf(world.api, reset.reset), null);
  const given = await ask(reset, 'source-device');
  assert.deepEqual(await note(laptop, given), { device: laptop.name, knownDevice: true });
  assert.equal(await note(laptop, given), 'device-statement-refused', 'once');
  assert.equal(await note(laptop, await ask(reset)), 'device-statement-refused', 'for another use');
  assert.equal(await note(laptop, await ask(await identified(world, 'gil'), 'source-device')), 'device-statement-refused');
  assert.deepEqual(await note(other), { device: other.name, knownDevice: true });
  assert.deepEqual(await sourceDeviceOf(world.api, reset.reset), { id: laptop.id, name: laptop.name });
  assert.equal(await world.superuser.leaf.count({ where: { resetId: reset.reset, type: 'reset.at-device', outcome: 'success' } }), 1);
});
