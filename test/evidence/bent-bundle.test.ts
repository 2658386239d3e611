import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { nat, sample } from 'fast-check';
import type { BundleParts } from '#audit/bundle-parts.ts';
import { exitCode } from '#audit/finding.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { verifyBundle } from '#audit/verify-bundle.ts';
import { MANIFEST, MANIFEST_NOTE, parseManifest, withManifest } from '#evidence/manifest.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { parseZip, printZip } from '#evidence/zip.ts';
import { amount } from '#test/support/campaign.ts';
import { aBundle, exporter, verifier } from './a-bundle.ts';
import { twoOfThree } from './bank-log.ts';

/** Bundles with a byte changed on the way, by somebody with no key and by somebody who exports anew what they changed. */
const auditor = { policy: parseTrustPolicy(twoOfThree), now: new Date('2026-11-21T00:00:00Z'), toleranceSeconds: 300 };
const program = Buffer.from('// stands for the program');
const pack = (parts: BundleParts): Buffer => packBundle(parts, program, exporter);
const honest = pack(aBundle());
const verdict = (bytes: Uint8Array, more = {}): number => exitCode(verifyBundle(bytes, { ...auditor, ...more }).findings);

test('the honest bundle is sound', () => {
  const { findings } = verifyBundle(honest, auditor);
  assert.deepEqual(
    findings.filter((one) => one.verdict !== 'pass'),
    [],
  );
  assert.equal(findings.length, 18);
});

/** Every byte in its order, or a seeded choice of so many. */
function* bytesOf(length: number, most: number): Generator<number> {
  if (length <= most) for (let at = 0; at < length; at++) yield at;
  else yield* sample(nat(length - 1), { seed: 20_261, numRuns: most });
}

function* bent(content: Uint8Array, most: number): Generator<Buffer> {
  let bit = 0;
  for (const at of bytesOf(content.length, most)) {
    const copy = Buffer.from(content);
    copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit = (bit + 1) % 8)), at);
    yield copy;
  }
}

test('an archive with any one bit changed never verifies', () => {
  let tried = 0;
  for (const bytes of bent(honest, amount(5000, Infinity))) {
    tried++;
    assert.equal(verdict(bytes), 1);
  }
  console.log(`${tried} of ${honest.length} bytes`);
});

const files = parseZip(honest);

for (const [kind, belongs, most] of [
  ['the checkpoint', /^checkpoint/, Infinity],
  ['a proof', /^(proofs|receipts)/, amount(25, Infinity)],
  ['the manifest', /^manifest/, amount(250, Infinity)],
  ['a leaf', /^events/, amount(250, Infinity)],
  ['any other file', /^(?!checkpoint|proofs|receipts|manifest|events)/, amount(40, 5000)],
] as const)
  test(`a file with any one bit changed, packed anew without a key, never verifies: ${kind}`, () => {
    let tried = 0;
    for (const [path, content] of files) {
      if (!belongs.test(path)) continue;
      for (const copy of bent(content, most)) {
        tried++;
        assert.equal(verdict(printZip(new Map([...files, [path, copy]]))), 1, path);
      }
    }
    console.log(`${tried} bytes`);
  });

test('what was changed and exported anew under another key does not pass for what was signed: leaves, proofs, checkpoint, statements, policy, openings, histories, code', () => {
  const thief = generateSigner('thief.example', SIGNATURE);
  const manifest = parseManifest(files.get(MANIFEST) ?? Buffer.alloc(0));
  let tried = 0;
  for (const [path, content] of files) {
    if (!/^(events|proofs|receipts|checkpoint|statements|policy|openings|history\/|code|trust\/verifier)/.test(path)) continue;
    for (const copy of bent(content, amount(12, 500))) {
      const mine = new Map([...files, [path, copy], ['trust/export.vkey', Buffer.from(`${printVerifierKey(thief.verifier)}\n`)]]);
      for (const gone of [MANIFEST, MANIFEST_NOTE]) mine.delete(gone);
      tried++;
      assert.notEqual(verdict(printZip(withManifest(mine, manifest.scope, thief))), 0, path);
    }
  }
  console.log(`${tried} bytes`);
});

test('an auditor who holds the keys finds a bundle that was exported or stated under others', () => {
  const other = generateSigner('export.bank.example', SIGNATURE);
  assert.equal(verdict(honest, { exportKey: exporter.verifier, verifierKey: verifier.publicKey }), 0);
  assert.equal(verdict(honest, { exportKey: other.verifier }), 1);
  assert.equal(verdict(honest, { verifierKey: generateKeyPairSync('ed25519').publicKey }), 1);
});

test('a file that is added, left out or named twice is found', () => {
  assert.equal(verdict(printZip(new Map([...files, ['more.txt', Buffer.from('x')]]))), 1);
  for (const gone of files.keys()) assert.equal(verdict(printZip(new Map([...files].filter(([path]) => path !== gone)))), 1, gone);
  assert.equal(verdict(Buffer.concat([honest, Buffer.of(0)])), 1);
  assert.equal(verdict(Buffer.concat([Buffer.of(0), honest])), 1);
  assert.equal(verdict(Buffer.alloc(0)), 1);
});
