import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createHashSealer } from '#activities/write/hash-sealer.ts';
import { saltFrom, sha512Crypt } from '#activities/write/sha512-crypt.ts';
import { openHash } from '#device-agent/open-hash.ts';
import { DEVICE_REPORT_TAG } from '#domain/device-statement.ts';
import { deviceRevoked } from '#domain/device.ts';
import { MOST_SEALED_HASHES, SEALED_HASH_FORM } from '#domain/sealed-hash.ts';
import { signStatement } from '#evidence/attestation.ts';
import { signDeviceStatement } from '#evidence/device-statement.ts';
import { root } from '#ops/paths.ts';
import { deviceBody, keyHashOf } from '#prisma/device-rows.ts';
import { carriedAs, digestOf } from '../support/sealed-hash.ts';
import { benchAt, writerBench } from './workbench.ts';

/** A hash of the new password for a device: made where the policy says so, by the writer alone, and for nobody else. */
const OFFERED = `devices: { sealedHash: unprotected }\n${readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8')}`;
const bench = await writerBench(OFFERED);
const quiet = await benchAt(bench.bank);
const writer = p256();
const hashSealer = await createHashSealer(writer.own);
const NAMES = { agent: '1.0.0', platform: 'linux', ticketId: null, enrolledBy: null, approvedBy: null };

interface Laptop {
  id: string;
  own: string;
}
type Odd = Partial<{
  state: string;
  signedBy: KeyObject;
  reportedBy: KeyObject;
  layout: string;
  takes: boolean;
  sealingKey: string;
  holds: string[];
}>;

/** A device of this bench that holds alice's credential and takes hashes, or one that is otherwise in some point. */
async function laptop(world: typeof quiet, odd: Odd = {}): Promise<Laptop> {
  const { sid } = await bench.bank.account('alice.moreau');
  const signing = generateKeyPairSync('ed25519');
  const spki = signing.publicKey.export({ type: 'spki', format: 'der' });
  const { own, public: shown } = p256();
  const id = randomUUID();
  const facts = { id, name: `${id}.bank.test`, state: odd.state ?? 'active', keyHash: keyHashOf(spki), computerGuid: null, ...NAMES };
  const { agent, ...row } = facts;
  const { signature } = signStatement(deviceBody(row), odd.signedBy ?? world.signing.privateKey);
  const at = new Date().toISOString();
  const accounts = (odd.holds ?? [sid]).map((held) => ({ sid: held, name: 'somebody', cachedAt: at, lastOnlineAuth: at }));
  const said = {
    device: id,
    sequence: 1,
    at,
    agent,
    sssd: { version: '2.8.2', layout: odd.layout ?? 'known', cachedAuthTimeout: 0, storesPasswordIfOffline: false },
    accounts,
    ...(odd.takes !== false && { sealingKey: odd.sealingKey ?? shown }),
  };
  const { text, signature: byDevice } = signDeviceStatement(DEVICE_REPORT_TAG, said, odd.reportedBy ?? signing.privateKey);
  const report = { report: text, reportSignature: new Uint8Array(byDevice), publicKey: new Uint8Array(spki) };
  await world.owner.device.create({ data: { ...row, ...report, signature: new Uint8Array(signature) } });
  // The table says that it holds hers, whatever the device itself says.
  await world.owner.deviceAccount.create({ data: { deviceId: id, sid, name: 'alice.moreau' } });
  return { id, own };
}

function p256(): { own: string; public: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    own: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    public: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

/** A reset of hers, written and bound. */
async function reset(world: typeof quiet, name = 'alice.moreau', approvals: string[] = []) {
  const writerClass = approvals.length > 0 ? 'privileged' : 'staff';
  const hers = await world.scene(name, { approvals });
  const by = await world.writer(writerClass, { hashSealer, settleSeconds: 60 });
  assert.equal((await by.writePassword(hers.asked)).outcome, 'applied');
  assert.deepEqual(await by.verifyPassword(hers.asked), { verified: true });
  const rows = await world.owner.sealedHash.findMany({ where: { resetId: hers.asked.reset }, orderBy: { deviceId: 'asc' } });
  return { ...hers, by, rows };
}

test('a hash is that of crypt(3), by the examples of its author', async () => {
  assert.equal(
    await sha512Crypt(Buffer.from('Hello world!'), 'saltstringsaltst', 10_000),
    '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  );
  // By glibc 2.36.
  assert.equal(
    await sha512Crypt(Buffer.from('x'.repeat(200)), '0123456789abcdef', 5001),
    '$6$rounds=5001$0123456789abcdef$R2Jlrp9laiaeWi4WDWZK0.m0z7ynMzJpboBTQWeWYmpDYlPhO/H.7JKp/nMqreecJMLBUUTccL/pymTwhM5FG/',
  );
  assert.match(saltFrom(new Uint8Array(16).fill(255)), /^z{16}$/);
});

test('as the policy comes, nothing is made, though a device would take it', async () => {
  await laptop(quiet);
  const { rows, asked } = await reset(quiet);
  assert.deepEqual(rows, []);
  const leaf = await quiet.owner.leaf.findFirstOrThrow({ where: { resetId: asked.reset, type: 'write.verified' } });
  assert.doesNotMatch(leaf.body, /sealedHashes/);
});

test('each device that may have one gets a hash of its own, which opens nowhere else and is told nowhere', async () => {
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const [one, two] = [await laptop(bench), await laptop(bench)];
  const burned = await laptop(bench);
  await bench.owner.burn.create({ data: { subject: burned.id, updateId: 'x', consumed: deviceRevoked(burned.id), outcome: {} } });
  for (const odd of [
    { takes: false },
    { state: 'waiting' },
    { state: 'revoked' },
    { signedBy: stranger },
    { reportedBy: stranger },
    { layout: 'unknown' },
    { holds: [] },
    { sealingKey: Buffer.from('no key').toString('base64') },
    { sealingKey: generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64') },
  ])
    await laptop(bench, odd);
  const { rows, asked, password, by } = await reset(bench);
  assert.deepEqual(rows.map(({ deviceId }) => deviceId).toSorted(), [one.id, two.id].toSorted());
  assert.deepEqual(await by.verifyPassword(asked), { verified: true }, 'a repeated call');
  assert.equal(await bench.owner.sealedHash.count({ where: { resetId: asked.reset } }), 2, 'makes no other');

  const { sid } = await bench.bank.account('alice.moreau');
  const { sid: another } = await bench.bank.account('bilal.osman');
  const hashes: string[] = [];
  for (const mine of [one, two]) {
    const row = rows.find(({ deviceId }) => deviceId === mine.id);
    assert.ok(row);
    const sealed = Buffer.concat([row.encapsulated, row.ciphertext]).toString('base64url');
    const context = { reset: asked.reset, device: mine.id, sid, expiresAt: row.expiresAt.toISOString() };
    const own = { sha256: digestOf(row), context, own: mine.own, writerKeys: [p256().public, writer.public] };
    const hash = await openHash(sealed, own);
    assert.match(hash ?? '', SEALED_HASH_FORM);
    const [, , , salt = ''] = (hash ?? '').split('$');
    assert.equal(hash, await sha512Crypt(Buffer.from(password), salt, 100_000));
    hashes.push(hash ?? '');
    const other = mine === one ? two : one;
    for (const wrong of [
      { own: other.own },
      { sha256: '0'.repeat(64) },
      { writerKeys: [p256().public] },
      { writerKeys: [] },
      { context: { ...context, sid: another } },
      { context: { ...context, device: other.id } },
      { context: { ...context, reset: randomUUID() } },
      { context: { ...context, expiresAt: new Date(row.expiresAt.getTime() + 1).toISOString() } },
    ])
      assert.equal(await openHash(sealed, { ...own, ...wrong }), undefined, Object.keys(wrong)[0]);
    assert.equal(await openHash('', own), undefined);
  }
  assert.notEqual(hashes[0]?.split('$')[3], hashes[1]?.split('$')[3], 'a salt of its own each');

  const leaves = await bench.owner.leaf.findMany({ where: { resetId: asked.reset }, select: { type: true, body: true } });
  const verified = leaves.find(({ type }) => type === 'write.verified');
  const { do: said } = JSON.parse(verified?.body ?? '{}') as { do: { sealedHashes: string[] } };
  assert.deepEqual(said.sealedHashes.toSorted(), [one.id, two.id].toSorted());
  const everything = JSON.stringify([leaves, await bench.owner.writeClaim.findMany({})], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  for (const secret of [password, ...hashes.map((hash) => hash.split('$')[4] ?? '')])
    for (const form of [secret, Buffer.from(secret).toString('base64')]) assert.ok(!everything.includes(form));
});

test('a device that says anything but a hash of the one kind gets it into no cache, and a sealer of another key opens nothing', async () => {
  const [device, forger] = [p256(), await createHashSealer(p256().own)];
  const context = { reset: randomUUID(), device: randomUUID(), sid: 'S-1-5-21-1-2-3-1104', expiresAt: new Date().toISOString() };
  const good = await sha512Crypt(Buffer.from('Harbour-Lantern-41'), 'saltstringsaltst', 5000);
  const open = async (by: typeof forger, text: string): Promise<string | undefined> => {
    const sealed = await by.seal(new Uint8Array(Buffer.from(device.public, 'base64')), context, text);
    const carried = carriedAs(sealed);
    return openHash(carried, { sha256: digestOf(sealed), context, own: device.own, writerKeys: [writer.public] });
  };
  assert.equal(await open(hashSealer, good), good);
  assert.equal(await open(forger, good), undefined);
  for (const text of ['', '*', 'Harbour-Lantern-41', good.replace('$6$', '$1$'), `${good}\n`, `${good}\nx: y`, good.slice(0, -1)])
    assert.equal(await open(hashSealer, text), undefined, text);
});

test('no more are made than a claimant can wait for, and none of a protected account', async () => {
  for (let more = 0; more < MOST_SEALED_HASHES; more++) await laptop(bench);
  assert.equal((await reset(bench)).rows.length, MOST_SEALED_HASHES);
  const { sid } = await bench.bank.account('rosa.klein');
  const { id } = await laptop(bench, { holds: [sid] });
  await bench.owner.deviceAccount.create({ data: { deviceId: id, sid, name: 'rosa.klein' } });
  assert.deepEqual((await reset(bench, 'rosa.klein', ['ines.duarte', 'quentin.roux'])).rows, []);
});
