import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { CARD_ALGORITHMS, isCardSignature, shortDigest, signedBytes, type CardAlgorithm } from '#evidence/card-signature.ts';

const TAG = 'countersign/decision/v1\0';
const TEXT = '{"decision":"approve"}';
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const [p256, p384, big, small] = [ec('prime256v1'), ec('secp384r1'), rsa(2048), rsa(1024)];
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const bytes = signedBytes(TAG, TEXT);

const made: readonly (readonly [CardAlgorithm, KeyObject, Buffer])[] = [
  ['ecdsa-p256-sha256', p256.publicKey, sign('sha256', bytes, p256.privateKey)],
  ['ecdsa-p384-sha384', p384.publicKey, sign('sha384', bytes, p384.privateKey)],
  ['rsa-pkcs1-sha256', big.publicKey, sign('sha256', bytes, big.privateKey)],
  ['rsa-pss-sha256', big.publicKey, sign('sha256', bytes, { key: big.privateKey, ...pss })],
];

test('each signature holds under its own algorithm and key, and under no other of them', () => {
  for (const [algorithm, , signature] of made)
    for (const [other, key] of made)
      for (const named of CARD_ALGORITHMS)
        assert.equal(
          isCardSignature(key, { algorithm: named, tag: TAG, text: TEXT, signature }),
          (named === algorithm && other === algorithm) || (named === algorithm && key === big.publicKey && algorithm.startsWith('rsa')),
          `${algorithm} as ${named}`,
        );
});

test('another text, another purpose, a bent signature, a short key and SHA-1 sign nothing', () => {
  for (const [algorithm, key, signature] of made) {
    const holds = (more: object) => isCardSignature(key, { algorithm, tag: TAG, text: TEXT, signature, ...more });
    assert.equal(holds({}), true);
    assert.equal(holds({ text: TEXT.replace('approve', 'deny') }), false);
    assert.equal(holds({ tag: 'countersign/passkey/v1\0' }), false);
    assert.equal(holds({ signature: signature.subarray(1) }), false);
    assert.equal(holds({ signature: Buffer.alloc(0) }), false);
  }
  const weak = { algorithm: 'rsa-pkcs1-sha256', tag: TAG, text: TEXT } as const;
  assert.equal(isCardSignature(small.publicKey, { ...weak, signature: sign('sha256', bytes, small.privateKey) }), false);
  assert.equal(isCardSignature(big.publicKey, { ...weak, signature: sign('sha1', bytes, big.privateKey) }), false);
});

test('the short digest is the beginning of the SHA-256 of what is signed, in groups to be read aloud', () => {
  assert.match(shortDigest(TAG, TEXT), /^[0-9a-f]{4}( [0-9a-f]{4}){3}$/);
  assert.notEqual(shortDigest(TAG, TEXT), shortDigest(TAG, `${TEXT} `));
});
