import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { openStatement, signStatement } from '#evidence/attestation.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { commit, commitment, encodeLeaf, type LeafBody } from '#evidence/leaf.ts';
import { leafHash } from '#evidence/merkle-tree.ts';

test('RFC 8785 §3.2.3: members are sorted by UTF-16 code units', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  assert.deepEqual(Object.values(JSON.parse(canonical(value)) as Record<string, string>).length, 7);
  assert.ok(canonical(value).startsWith('{"\\r":"Carriage Return","1":"One"'));
  assert.ok(canonical(value).endsWith('"\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'));
});

test('what would be bent is refused: undefined, lone surrogates, numbers beyond 2^53, fractions', () => {
  for (const bad of [{ a: undefined }, '\ud800', 2 ** 53, 0.5, Number.NaN, 1n, () => 1])
    assert.throws(() => canonical(bad as unknown as Json), TypeError);
});

test('the text reads back as the value, and is a fixed point', () => {
  const json = fc.letrec<{ v: Json }>((tie) => ({
    v: fc.oneof(
      fc.string().filter((s) => s.isWellFormed()),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('v'), { maxLength: 3 }),
      fc.dictionary(
        fc.string().filter((s) => s.isWellFormed()),
        tie('v'),
        { maxKeys: 3 },
      ),
    ),
  })).v;
  fc.assert(
    fc.property(json, (value) => {
      const text = canonical(value);
      assert.equal(canonical(JSON.parse(text) as Json), text);
    }),
    { seed: 4 },
  );
});

const leaf: LeafBody = {
  v: 1,
  id: 'x',
  type: 'intent',
  outcome: 'started',
  t: { wall: '2026-01-01T00:00:00.000Z', mono_ns: '1', boot: 'b', src: 'host' },
  by: { process: 'worker', release: '1' },
};

test('a leaf is hashed as RFC 6962 §2.1 hashes leaves', () => {
  assert.equal(leafHash('').toString('hex'), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  const { text, hash } = encodeLeaf(leaf);
  assert.deepEqual(
    hash,
    createHash('sha256')
      .update(Buffer.concat([Buffer.of(0), Buffer.from(text)]))
      .digest(),
  );
  assert.throws(() => encodeLeaf({ ...leaf, do: { long: 'x'.repeat(66_000) } }), RangeError);
});

test('a commitment opens with its salt only', () => {
  const { commitment: c, salt } = commit('10.1.2.3');
  assert.equal(commitment('10.1.2.3', salt), c);
  assert.notEqual(commitment('10.1.2.4', salt), c);
  assert.notEqual(commit('10.1.2.3').commitment, c, 'the same value never gives the same commitment');
});

test('a statement opens with the signing key only, and not with one byte changed', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { text, signature } = signStatement({ v: 1, kind: 'proof', reset: 'r' }, privateKey);
  assert.deepEqual(openStatement(text, signature, publicKey), { v: 1, kind: 'proof', reset: 'r' });
  assert.equal(openStatement(text, signature, generateKeyPairSync('ed25519').publicKey), undefined);
  assert.equal(openStatement(text.replace('"r"', '"s"'), signature, publicKey), undefined);
  assert.equal(openStatement(` ${text}`, signature, publicKey), undefined);
  for (let i = 0; i < signature.length; i++) {
    const bent = Buffer.from(signature);
    bent[i] = (bent[i] ?? 0) ^ 1;
    assert.equal(openStatement(text, bent, publicKey), undefined);
  }
});
