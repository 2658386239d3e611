import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openCheckpoint, printCheckpoint } from '#evidence/checkpoint.ts';
import { printLogProof } from '#evidence/log-proof.ts';
import { verifyConsistency, verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { openNote, printNote, signText } from '#evidence/signed-note.ts';
import { printSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { startOracle } from '#test/support/oracle.ts';
import type { Oracle, Question } from '#test/support/oracle.ts';
import { audit, cosignedNote, key, log, now, origin, site, soc, twoOfThree } from './bank-log.ts';
import { naiveTree, someLeaves } from './naive-tree.ts';

let oracle: Oracle;
before(async () => (oracle = await startOracle()));
after(() => oracle.end());

const agrees = async (question: Question): Promise<boolean> => (await oracle.ask(question)).error === undefined;
const leaves = someLeaves(600);
const hashes = leaves.map(leafHash);
const tree = naiveTree(hashes);
const buffers = (texts: string[] | undefined): Buffer[] => (texts ?? []).map((text) => Buffer.from(text, 'base64'));

test('sumdb/note opens our checkpoints, with the cosignatures beside the signature', async () => {
  const note = cosignedNote([
    [audit, 0],
    [soc, 9],
  ]);
  const names = [log, audit, soc].map(({ verifier }) => verifier.name);
  const opened = await oracle.ask({ ask: 'open note', note, keys: [log, audit, soc].map(key) });
  assert.deepEqual(opened.verified, names);
  const checkpoint = await oracle.ask({ ask: 'open checkpoint', note, origin, keys: [log, audit, soc].map(key) });
  assert.deepEqual(checkpoint, { origin, size: 9, root: Buffer.alloc(32, 1).toString('base64'), verified: names });
  assert.equal(await agrees({ ask: 'open checkpoint', note, origin: 'bank.example/other', keys: [key(log)] }), false);
});

test('whatever byte of a note changes, we open nothing that sumdb/note does not open', async () => {
  const good = Buffer.from(
    cosignedNote([
      [audit, 0],
      [soc, 0],
    ]),
  );
  const keys = [log, audit, soc];
  for (let at = 0; at < good.length; at++) {
    const bent = Buffer.from(good);
    bent[at] = (bent[at] ?? 0) ^ (1 << (at % 7));
    const note = bent.toString('utf8');
    const ours = openNote(
      note,
      keys.map(({ verifier }) => verifier),
    );
    const theirs = await oracle.ask({ ask: 'open note', note, keys: keys.map(key) });
    if (!ours.ok) continue;
    assert.equal(theirs.error, undefined, `byte ${at}`);
    assert.equal(theirs.text, ours.text);
    assert.deepEqual(
      theirs.verified,
      ours.verified.map(({ name }) => name),
    );
  }
});

test('what they sign with our key files opens here, and the log signs the very same bytes', async () => {
  const text = printCheckpoint({ origin, size: 77n, root: tree.root(77) });
  const signerKeys = [log, audit].map((signer) => printSigner(signer).trimEnd());
  const { note = '' } = await oracle.ask({ ask: 'sign', text, signerKeys });
  const opened = openCheckpoint(note, [log.verifier, audit.verifier]);
  assert.ok(opened.ok);
  assert.equal(opened.verified.length, 2);
  const time = opened.verified[1]?.time ?? 0n;
  assert.equal(printNote({ text, signatures: [signText(text, log), signText(text, audit, time)] }), note);
});

test('transparency-dev/merkle accepts our inclusion proofs, and refuses bent ones as we do', async () => {
  for (const size of [1, 2, 3, 7, 8, 9, 64, 255, 256, 257, 333, 600]) {
    for (const index of new Set([0, 1, size >> 1, size - 2, size - 1].filter((at) => at >= 0 && at < size))) {
      const path = tree.inclusion(index, size);
      const claim = { index: BigInt(index), size: BigInt(size), leafHash: hashes[index] ?? Buffer.alloc(32), path, root: tree.root(size) };
      assert.ok(await agrees({ ask: 'verify inclusion', ...claim }), `${index} of ${size}`);
      for (const bent of [
        { ...claim, index: claim.index + 1n },
        { ...claim, size: claim.size + 1n },
        { ...claim, size: claim.size * 2n },
        { ...claim, leafHash: claim.root },
        { ...claim, path: [...path, claim.root] },
        { ...claim, path: path.slice(1) },
        { ...claim, path: path.toReversed() },
        { ...claim, root: tree.root(size - 1) },
      ])
        assert.equal(verifyInclusion(bent), await agrees({ ask: 'verify inclusion', ...bent }));
    }
  }
});

test('transparency-dev/merkle accepts our consistency proofs, and refuses bent ones as we do', async () => {
  for (const size of [1, 2, 3, 7, 8, 9, 64, 255, 256, 257, 333, 600]) {
    for (const oldSize of new Set([1, 2, size >> 1, size - 1, size].filter((at) => at >= 1 && at <= size))) {
      const path = tree.consistency(oldSize, size);
      const claim = { oldSize: BigInt(oldSize), size: BigInt(size), oldRoot: tree.root(oldSize), root: tree.root(size), path };
      assert.ok(await agrees({ ask: 'verify consistency', ...claim }), `${oldSize} to ${size}`);
      for (const bent of [
        // Not minus one: from size zero they take anything for proven, and we nothing.
        { ...claim, oldSize: claim.oldSize + 1n },
        { ...claim, size: claim.size + 1n },
        { ...claim, oldRoot: claim.root, root: claim.oldRoot },
        { ...claim, path: [claim.root, ...path] },
        { ...claim, path: path.slice(1) },
        { ...claim, path: path.toReversed() },
        { ...claim, path: [] },
      ])
        assert.equal(verifyConsistency(bent), await agrees({ ask: 'verify consistency', ...bent }));
    }
  }
});

test('the roots and proofs that golang.org/x/mod makes of the same leaves are ours', async () => {
  for (const [index, oldSize, size] of [
    [0, 1, 1],
    [6, 4, 7],
    [0, 255, 256],
    [256, 256, 257],
    [300, 299, 333],
    [599, 512, 600],
  ] as const) {
    const made = await oracle.ask({ ask: 'make proofs', leaves: leaves.slice(0, size), index, oldSize });
    const root = Buffer.from(made.root ?? '', 'base64');
    assert.deepEqual(root, tree.root(size));
    const leafHash = hashes[index] ?? root;
    assert.ok(verifyInclusion({ index: BigInt(index), size: BigInt(size), leafHash, path: buffers(made.inclusion), root }));
    const oldRoot = tree.root(oldSize);
    assert.ok(verifyConsistency({ oldSize: BigInt(oldSize), size: BigInt(size), oldRoot, root, path: buffers(made.consistency) }));
  }
});

test('torchwood reads our trust policy and judges each set of witnesses as we do', async () => {
  const policies = [
    twoOfThree,
    twoOfThree.replace('2 audit', 'all audit'),
    twoOfThree.replace('2 audit', 'any audit'),
    twoOfThree.replace('quorum any-two', 'quorum dr'),
    twoOfThree.replace('quorum any-two', 'quorum none'),
    twoOfThree.replace('any-two 2 audit soc dr', 'pair all audit soc\ngroup any-two any pair dr'),
  ];
  const all = [audit, soc, site];
  for (const policy of policies) {
    for (let set = 0; set < 8; set++) {
      const note = cosignedNote(all.filter((_, at) => set & (1 << at)).map((signer) => [signer, 0] as const));
      const ours = judgeCheckpoint(note, parseTrustPolicy(policy)).ok;
      assert.equal(await agrees({ ask: 'judge checkpoint', policy, note }), ours, `${policy} with set ${set}`);
    }
  }
});

test('torchwood accepts our log proof for its leaf and for no other', async () => {
  const text = printCheckpoint({ origin, size: 600n, root: tree.root(600) });
  const signatures = [log, audit, soc].map((signer) => signText(text, signer, now));
  const proof = printLogProof({ index: 17n, path: tree.inclusion(17, 600), checkpoint: printNote({ text, signatures }) });
  const judged = (leaf: number, changed = proof) =>
    agrees({ ask: 'judge proof', policy: twoOfThree, proof: changed, leaf: leaves[leaf] ?? Buffer.alloc(0) });
  assert.equal(await judged(17), true);
  assert.equal(await judged(18), false);
  assert.equal(await judged(17, proof.replace('index 17', 'index 18')), false);
});
