import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf, whyNotSigned, type SignedStatement, type StatementFault } from '#evidence/signed-statement.ts';
import { SoftPasskey, type Algorithm, type Page } from '#test/support/soft-passkey.ts';

const TAG = 'countersign/decision/v1\0';
const PARTY = { id: 'bank.test', origins: ['https://console.bank.test', 'https://old-console.bank.test'] };
const PAGE: Page = { origin: 'https://console.bank.test', rpId: 'bank.test' };
const keys = ([-7, -8, -257] satisfies Algorithm[]).map((algorithm) => new SoftPasskey(algorithm));
const [es256, eddsa, rs256] = keys as [SoftPasskey, SoftPasskey, SoftPasskey];

function signed(key: SoftPasskey, text: string, page: Page = PAGE, tag = TAG): SignedStatement {
  const { response } = key.assert(challengeOf(tag, text).toString('base64url'), page);
  const bytes = (part: string) => Buffer.from(part, 'base64url');
  return {
    text,
    clientDataJSON: bytes(response.clientDataJSON),
    authenticatorData: bytes(response.authenticatorData),
    signature: bytes(response.signature),
  };
}

const judge = (statement: SignedStatement, key: { spki: Uint8Array; algorithm: number }, synced: 'refused' | 'accepted' = 'refused') =>
  whyNotSigned(TAG, statement, key, PARTY, { synced });

const TEXT = canonical({ v: 1, type: 'decision', decision: 'approve', nonce: 'n1' });

test('what a key of each algorithm signed verifies, and by no other key', () => {
  for (const key of keys) {
    const statement = signed(key, TEXT);
    assert.equal(judge(statement, key), undefined, String(key.algorithm));
    assert.equal(judge(statement, new SoftPasskey(key.algorithm)), 'signature');
    for (const other of keys.filter((one) => one !== key)) {
      assert.equal(judge(statement, other), 'signature');
      assert.equal(judge(statement, { spki: key.spki, algorithm: other.algorithm }), 'key', 'an algorithm that is not that of the key');
    }
  }
  assert.equal(judge(signed(es256, TEXT, { ...PAGE, origin: 'https://old-console.bank.test' }), es256), undefined);
});

test('any statement verifies as it was signed and as nothing else', () => {
  const json = fc.dictionary(
    fc.string({ maxLength: 8 }),
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null)),
  );
  fc.assert(
    fc.property(json, json, (one, other) => {
      const [text, another] = [canonical(one), canonical(other)];
      const statement = signed(eddsa, text);
      assert.equal(judge(statement, eddsa), undefined);
      assert.equal(judge({ ...statement, text: another }, eddsa), text === another ? undefined : 'challenge');
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('no bit of a signed statement can be turned, in any of its parts', () => {
  const parts = ['text', 'clientDataJSON', 'authenticatorData', 'signature'] as const;
  for (const key of [es256, eddsa]) {
    const statement = signed(key, TEXT);
    for (const part of parts) {
      const bytes = Buffer.from(statement[part]);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const bent = Buffer.from(bytes);
        bent[bit >> 3] = bent.readUInt8(bit >> 3) ^ (1 << (bit & 7));
        const value = part === 'text' ? bent.toString('utf8') : bent;
        if (part === 'text' && value === statement.text) continue;
        assert.notEqual(judge({ ...statement, [part]: value }, key), undefined, `${part}, bit ${bit}`);
      }
    }
  }
});

/** Each an answer that a real authenticator signed, for something else than what it is shown as. */
test('each thing that may be wrong is told by its name', () => {
  const faults: [StatementFault, SignedStatement][] = [
    ['malformed', { ...signed(es256, TEXT), clientDataJSON: Buffer.from('[]') }],
    ['malformed', { ...signed(es256, TEXT), authenticatorData: Buffer.alloc(36) }],
    ['malformed', signed(es256, '{"b":1,"a":2}')],
    ['type', typed('webauthn.create')],
    ['challenge', signed(es256, TEXT, PAGE, 'countersign/passkey/v1\0')],
    ['challenge', { ...signed(es256, TEXT), text: canonical({ v: 1, type: 'decision', decision: 'deny', nonce: 'n1' }) }],
    ['origin', signed(es256, TEXT, { ...PAGE, origin: 'https://console.bank.test.evil.test' })],
    ['origin', signed(es256, TEXT, { ...PAGE, origin: 'http://console.bank.test' })],
    ['origin', signed(es256, TEXT, { ...PAGE, origin: 'https://console.bank.test:444' })],
    ['cross-origin', signed(es256, TEXT, { ...PAGE, crossOrigin: true })],
    ['rp-id', signed(es256, TEXT, { ...PAGE, rpId: 'console.bank.test' })],
    ['user-presence', flagged({ userPresent: false })],
    ['user-verification', flagged({ userVerified: false })],
    ['backup-eligible', flagged({ backupEligible: true })],
    ['malformed', flagged({ backedUp: true })],
  ];
  for (const [fault, statement] of faults) assert.equal(judge(statement, es256), fault);
  assert.equal(judge(flagged({ backupEligible: true, backedUp: true }), es256, 'accepted'), undefined);
});

test('a cleared flag is found by the signature too, when nobody asks for the flag', () => {
  const statement = flagged({ userVerified: false });
  const lied = Buffer.from(statement.authenticatorData);
  lied[32] = 0x05;
  assert.equal(judge({ ...statement, authenticatorData: lied }, es256), 'signature');
});

test('a key that is too short, of another curve, or no key at all verifies nothing', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'der', type: 'spki' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'der', type: 'spki' });
  for (const key of [
    { spki: short, algorithm: -257 },
    { spki: p384, algorithm: -7 },
    { spki: Buffer.from('no key'), algorithm: -7 },
    { spki: es256.spki, algorithm: -35 },
  ])
    assert.equal(judge(signed(es256, TEXT), key), 'key');
});

test('an ECDSA signature has a twin that verifies as well, so nothing may hang on its bytes; other encodings of it are refused', () => {
  const statement = signed(es256, TEXT);
  const [r, s] = integersOf(statement.signature);
  const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  assert.deepEqual(der(r, s), Buffer.from(statement.signature), 'the test writes the DER that was signed');
  assert.equal(judge({ ...statement, signature: der(r, n - s) }, es256), undefined);
  const { signature } = statement;
  const bent = [
    Buffer.concat([signature, Buffer.of(0)]),
    Buffer.concat([Buffer.of(0x30, 0x81), signature.subarray(1)]),
    der(r, s + n),
    der(0n, 0n),
    Buffer.concat([fixed(r), fixed(s)]),
    Buffer.alloc(0),
  ];
  for (const [index, other] of bent.entries()) assert.equal(judge({ ...statement, signature: other }, es256), 'signature', String(index));
});

function typed(type: string): SignedStatement {
  const statement = signed(es256, TEXT);
  const data = JSON.parse(Buffer.from(statement.clientDataJSON).toString()) as object;
  return { ...statement, clientDataJSON: Buffer.from(JSON.stringify({ ...data, type })) };
}

function flagged(flags: Partial<SoftPasskey['flags']>): SignedStatement {
  const before = es256.flags;
  es256.flags = { ...before, ...flags };
  const statement = signed(es256, TEXT);
  es256.flags = before;
  return statement;
}

function integersOf(signature: Uint8Array): [bigint, bigint] {
  const bytes = Buffer.from(signature);
  const length = bytes.readUInt8(3);
  const second = 4 + length;
  const number = (part: Buffer) => BigInt(`0x${part.toString('hex')}`);
  return [number(bytes.subarray(4, second)), number(bytes.subarray(second + 2))];
}

function fixed(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

function der(r: bigint, s: bigint): Buffer {
  const integer = (value: bigint) => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
    const body = bytes.readUInt8(0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(2, body.length), body]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

test('the challenge is the hash of the tag and the text, and the two cannot be pushed against each other', () => {
  assert.deepEqual(challengeOf(TAG, TEXT), createHash('sha256').update(`${TAG}${TEXT}`).digest());
  assert.notDeepEqual(challengeOf('a\0', '1'), challengeOf('a', '1'));
  assert.equal(judge(signed(rs256, TEXT), rs256), undefined);
});
