import assert from 'node:assert/strict';
import { argon2Sync, randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeFromBytes, CODE_SYMBOLS, normaliseCode, SELECTOR_SYMBOLS } from '#domain/codes.ts';
import { hashCode, newSalt } from '#activities/verify/code-hash.ts';
import { codeBody, signRow, type CodeRow } from '#activities/verify/row-signature.ts';
import { enrolled, identified, person, prove, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();

/** A row of a code as an earlier release stored it: sixteen symbols, four of them the selector. */
async function olderCode(who: Enrolled): Promise<{ code: string; row: CodeRow }> {
  const code = codeFromBytes(randomBytes(CODE_SYMBOLS));
  const bare = normaliseCode(code) ?? '';
  const salt = newSalt();
  const row: CodeRow = {
    id: randomUUID(),
    accountGuid: who.guid,
    kind: 'recovery',
    selector: bare.slice(0, SELECTOR_SYMBOLS),
    salt,
    hash: await hashCode(world.deps.keys, bare, salt),
    issuerGuid: null,
    expiresAt: null,
  };
  return { code, row };
}

async function store({ salt, hash, ...row }: CodeRow, signature: Uint8Array<ArrayBuffer>): Promise<void> {
  await world.superuser.code.create({ data: { ...row, salt: new Uint8Array(salt), hash: new Uint8Array(hash), checked: [], signature } });
}

test('a shorter code that was printed by an earlier release goes on working, once', async () => {
  const alice = await enrolled(world, person('alice'));
  const { code, row } = await olderCode(alice);
  await store(row, signRow(world.deps.keys, codeBody(row)));
  assert.equal(await prove(world, await identified(world, 'alice'), code), 'passed');
  assert.equal(await prove(world, await identified(world, 'alice'), code), 'failed');
});

test('a code whose row somebody wrote by hand counts for nothing, though its hash is right', async () => {
  const bilal = await enrolled(world, person('bilal'));
  const { code, row } = await olderCode(bilal);
  await store(row, new Uint8Array(randomBytes(64)));
  assert.equal(await prove(world, await identified(world, 'bilal'), code), 'failed');
});

test('a set with one code that is too short is not stored at all: nobody prints what would not be strong', async () => {
  const chen = await enrolled(world, person('chen'));
  const request = randomUUID();
  const recoveryCodes = [codeFromBytes(randomBytes(20)), codeFromBytes(randomBytes(CODE_SYMBOLS))];
  const sealed = await seal(world, 'enrolment', request, { account: 'chen', recoveryCodes });
  const answer = await world.verifier.storeEnrolment({ request, operator: '0', sealed });
  assert.deepEqual(answer, { outcome: 'refused', code: 'service-unavailable' });
  assert.equal(
    await prove(world, await identified(world, 'chen'), chen.recoveryCodes[0] ?? ''),
    'passed',
    'the codes from before still count',
  );
});

test('what the database holds of a code is Argon2id of it under a pepper that the database does not hold', async () => {
  const dora = await enrolled(world, person('dora'), 1);
  const bare = normaliseCode(dora.recoveryCodes[0] ?? '') ?? '';
  const row = await world.superuser.code.findFirstOrThrow({ where: { accountGuid: dora.guid } });
  const setting = { message: Buffer.from(bare), nonce: row.salt, memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
  const peppered = argon2Sync('argon2id', { ...setting, secret: world.deps.keys.pepper });
  assert.deepEqual(Buffer.from(row.hash), peppered);
  assert.notDeepEqual(Buffer.from(row.hash), argon2Sync('argon2id', setting), 'the table alone is not enough to guess against');
  assert.equal(row.selector, bare.slice(0, SELECTOR_SYMBOLS));
  assert.equal(bare.length - row.selector.length, 16, 'sixteen symbols of five bits are secret');
});

test('Argon2id gives the tag of RFC 9106 section 5.3', () => {
  const of = (byte: number, count: number) => Buffer.alloc(count, byte);
  const tag = argon2Sync('argon2id', {
    message: of(1, 32),
    nonce: of(2, 16),
    secret: of(3, 8),
    associatedData: of(4, 12),
    memory: 32,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  });
  assert.equal(tag.toString('hex'), '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
});
