import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { openCheckpoint, parseCheckpoint, printCheckpoint } from '#evidence/checkpoint.ts';
import { rootOf } from '#evidence/frontier.ts';
import { Malformed } from '#evidence/malformed.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { parseNote, printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner, parseSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, parseVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import published from './vectors/tessera-log.json' with { type: 'json' };

const root = Buffer.alloc(32, 7);
const body = printCheckpoint({ origin: 'bank.example/log', size: 20_852_163n, root });

test('the sixteen checkpoints of a log by others open, and their roots are those of its leaves', () => {
  const key = parseVerifierKey(published.vkey);
  const hashes = published.leaves.map(leafHash);
  for (const [size, note] of published.checkpoints.entries()) {
    const opened = openCheckpoint(note, [key]);
    assert.ok(opened.ok);
    const expected = { origin: 'example.com/log/testdata', size: BigInt(size), root: rootOf(hashes.slice(0, size)), extensions: [] };
    assert.deepEqual(opened.checkpoint, expected);
    // Ed25519 is deterministic, so the same log signed here gives the same bytes.
    const text = printCheckpoint(expected);
    assert.equal(printNote({ text, signatures: [signText(text, parseSigner(published.signerKeyOfTheTestLog))] }), note);
  }
});

test('a checkpoint is three lines, and the reader gives back what the writer was given', () => {
  assert.equal(body, `bank.example/log\n20852163\n${root.toString('base64')}\n`);
  const size = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
  const line = fc.string({ minLength: 1 }).filter((text) => text.isWellFormed() && !text.includes('\n'));
  fc.assert(
    fc.property(
      line,
      size,
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.array(line, { maxLength: 3 }),
      (origin, size, bytes, extensions) => {
        const checkpoint = { origin, size, root: Buffer.from(bytes), extensions };
        assert.deepEqual(parseCheckpoint(printCheckpoint(checkpoint)), checkpoint);
      },
    ),
    { seed: 4 },
  );
});

test('leading zeroes, signs, spaces, hashes of another length or form, empty lines and cut lines are refused', () => {
  const hash = root.toString('base64');
  for (const bad of [
    '',
    'log\n5\n',
    `\n5\n${hash}\n`,
    `log\n05\n${hash}\n`,
    `log\n+5\n${hash}\n`,
    `log\n-5\n${hash}\n`,
    `log\n5 \n${hash}\n`,
    `log\n\n${hash}\n`,
    `log\nfive\n${hash}\n`,
    `log\n9223372036854775808\n${hash}\n`,
    `log\n5\n${hash}`,
    `log\n5\n${hash.slice(0, -1)}\n`,
    `log\n5\n${hash.replace('c=', 'd=')}\n`,
    `log\n5\n${Buffer.alloc(31).toString('base64')}\n`,
    `log\n5\n${Buffer.alloc(33).toString('base64')}\n`,
    `log\n5\n${hash}\n\n`,
    `log\n5\n${hash}\n\nmore\n`,
    Buffer.from([0xff, 0x0a]),
  ])
    assert.throws(() => parseCheckpoint(bad), Malformed, String(bad));
  for (const origin of ['', 'a\nb']) assert.throws(() => printCheckpoint({ origin, size: 1n, root }), Malformed);
  assert.throws(() => printCheckpoint({ origin: 'a', size: -1n, root }), Malformed);
  assert.throws(() => printCheckpoint({ origin: 'a', size: 1n, root: Buffer.alloc(20) }), Malformed);
});

test("a checkpoint opens only by the log of its origin: not by another log's key, and not by witnesses alone", () => {
  const log = generateSigner('bank.example/log', SIGNATURE);
  const other = generateSigner('other.example/log', SIGNATURE);
  const witness = generateSigner('bank.example/log', COSIGNATURE);
  const keys = [log, other, witness].map(({ verifier }) => verifier);
  const open = (...signers: (typeof log)[]) =>
    openCheckpoint(printNote({ text: body, signatures: signers.map((signer) => signText(body, signer, 5n)) }), keys);
  const opened = open(log, witness);
  assert.ok(opened.ok && opened.log === log.verifier && opened.verified.length === 2);
  for (const found of [open(other), open(witness), open(other, witness)]) assert.ok(!found.ok && found.reason === 'wrong-log');
  const unread = printNote({ text: 'bank.example/log\nfive\n', signatures: [signText('bank.example/log\nfive\n', log)] });
  const found = openCheckpoint(unread, keys);
  assert.ok(!found.ok && found.reason === 'malformed');
  assert.equal(parseNote(unread).signatures.length, 1);
});
