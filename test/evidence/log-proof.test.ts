import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { openCheckpoint, printCheckpoint } from '#evidence/checkpoint.ts';
import { parseLogProof, printLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { Malformed } from '#evidence/malformed.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, SIGNATURE } from '#evidence/verifier-key.ts';
import { naiveTree, someLeaves } from './naive-tree.ts';

const origin = 'bank.example/log';
const log = generateSigner(origin, SIGNATURE);
const leaves = someLeaves(300);
const tree = naiveTree(leaves.map(leafHash));

function proofOf(index: number, extra?: Buffer): string {
  const text = printCheckpoint({ origin, size: 300n, root: tree.root(300) });
  const checkpoint = printNote({ text, signatures: [signText(text, log)] });
  return printLogProof({ index: BigInt(index), path: tree.inclusion(index, 300), checkpoint, ...(extra ? { extra } : {}) });
}

function holds(input: string | Uint8Array, leaf: Buffer | undefined): boolean {
  const proof = parseLogProof(input);
  const opened = openCheckpoint(proof.checkpoint, [log.verifier]);
  return opened.ok && provesLeaf(proof, leaf ?? Buffer.alloc(0), opened.checkpoint);
}

test('a proof reads as it was printed, with and without extra data', () => {
  for (const extra of [undefined, Buffer.alloc(0), Buffer.from('context')]) {
    const printed = proofOf(17, extra);
    assert.equal(printLogProof(parseLogProof(printed)), printed);
    assert.ok(holds(printed, leaves[17]));
  }
  assert.match(proofOf(0), /^c2sp\.org\/tlog-proof@v1\nindex 0\n[A-Za-z0-9+/]{43}=\n/);
});

test('a proof shows its own leaf and no other, at its own index', () => {
  assert.ok(!holds(proofOf(17), leaves[18]));
  assert.ok(!holds(proofOf(17).replace('index 17', 'index 16'), leaves[17]));
  assert.ok(!holds(proofOf(17).replace('index 17', 'index 317'), leaves[17]));
});

test('no byte of a proof can change but those of the extra line', () => {
  const good = Buffer.from(proofOf(200));
  for (let at = 0; at < good.length; at++) {
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const bent = Buffer.from(good);
      bent[at] = (bent[at] ?? 0) ^ mask;
      try {
        assert.ok(!holds(bent, leaves[200]), `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof Malformed, `byte ${at}`);
      }
    }
  }
});

test('a log of 100,000 leaves with two witnesses gives proofs of 1.3 kB at most', () => {
  const text = printCheckpoint({ origin, size: 100_000n, root: Buffer.alloc(32) });
  const witnesses = ['audit.bank.example/witness', 'soc.bank.example/witness'].map((name) => generateSigner(name, COSIGNATURE));
  const checkpoint = printNote({ text, signatures: [log, ...witnesses].map((signer) => signText(text, signer, 1_790_000_000n)) });
  const path = Array.from({ length: 17 }, () => Buffer.alloc(32));
  assert.ok(Buffer.byteLength(printLogProof({ index: 99_999n, path, checkpoint })) <= 1_300);
});

test('what has another first line, no index, a wrong hash or no checkpoint is refused', () => {
  const good = proofOf(3);
  for (const bad of [
    '',
    good.replace('@v1', '@v2'),
    good.replace('index 3\n', ''),
    good.replace('index 3', 'index 03'),
    good.replace('index 3', 'index -3'),
    good.replace('index 3', 'extra ?\nindex 3'),
    good.replace('index 3', 'extra AA==\nextra AA==\nindex 3'),
    good.replace('index 3', 'index 3\nAAAA'),
    good.replace('index 3\n', 'index 3\r\n'),
    'c2sp.org/tlog-proof@v1\nextra AA==',
    'c2sp.org/tlog-proof@v1\nindex 3\n',
  ])
    assert.throws(() => parseLogProof(bad), Malformed, bad);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), (input) => {
      assert.throws(() => parseLogProof(input), Malformed);
    }),
    { seed: 4, numRuns: 500 },
  );
});
