import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { Malformed } from '#evidence/malformed.ts';
import { consistencyParts, makeProof } from '#evidence/merkle-proof.ts';
import { EMPTY_ROOT, leafHash } from '#evidence/merkle-tree.ts';
import { openNote, parseNote, parseSignatureLines, printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, SIGNATURE, verifierKey } from '#evidence/verifier-key.ts';
import { cosignatureResponse, decideAddCheckpoint, parseAddCheckpoint, printAddCheckpoint } from '#evidence/witness-protocol.ts';
import type { WitnessDecision, WitnessedLog, WitnessedTree } from '#evidence/witness-protocol.ts';
import { naiveTree, someLeaves } from './naive-tree.ts';
import published from './vectors/add-checkpoint.json' with { type: 'json' };

const origin = 'bank.example/log';
const log = generateSigner(origin, SIGNATURE);
const honest = naiveTree(someLeaves(40).map(leafHash));
const forked = naiveTree(someLeaves(41).toSpliced(3, 1).map(leafHash));

interface Wanted {
  oldSize: number;
  size: number;
  tree?: typeof honest;
  root?: Buffer;
  signer?: typeof log;
  proof?: Buffer[];
}

function request({ oldSize, size, tree = honest, root = tree.root(size), signer = log, proof }: Wanted): string {
  const text = printCheckpoint({ origin, size: BigInt(size), root });
  const made = () =>
    makeProof(consistencyParts(BigInt(oldSize), BigInt(size)), ({ level, index }) =>
      tree.range(Number(index) * 2 ** level, (Number(index) + 1) * 2 ** level),
    );
  return printAddCheckpoint({
    oldSize: BigInt(oldSize),
    proof: proof ?? made(),
    checkpoint: printNote({ text, signatures: [signText(text, signer)] }),
  });
}

/** A witness as its process will be: the decision, and the state that follows from a 200. */
function aWitness(keys = [log.verifier], known = origin) {
  let latest: WitnessedTree | undefined;
  return (body: string | Uint8Array): WitnessDecision => {
    const decision = decideAddCheckpoint(body, (asked): WitnessedLog | undefined => (asked === known ? { keys, latest } : undefined));
    if (decision.status === 200) latest = decision.checkpoint;
    return decision;
  };
}

test('the requests that another witness is tested with are answered as there', () => {
  const key = verifierKey(published.log.origin, SIGNATURE, Buffer.from(published.log.publicKey, 'hex'));
  const witness = aWitness([key], published.log.origin);
  for (const { body, status, answer } of published.requests) {
    const decision = witness(body);
    assert.equal(decision.status, status, body);
    if (answer) assert.equal('body' in decision && decision.body, answer);
    if (status === 200) assert.equal(printAddCheckpoint(parseAddCheckpoint(body)), body);
  }
});

test('a witness follows a log that grows, and cosigns again what it has cosigned', () => {
  const witness = aWitness();
  const steps = [0, 1, 2, 7, 8, 8, 31, 40];
  for (const [at, size] of steps.entries()) assert.equal(witness(request({ oldSize: steps[at - 1] ?? 0, size })).status, 200, `to ${size}`);
});

test('the checks come in the order of the specification', () => {
  const witness = aWitness();
  witness(request({ oldSize: 0, size: 7 }));
  const stranger = generateSigner(origin, SIGNATURE);
  const status = (body: string) => witness(body).status;
  assert.equal(aWitness([log.verifier], 'other.example/log')(request({ oldSize: 9, size: 8, signer: stranger, proof: [] })).status, 404);
  assert.equal(status(request({ oldSize: 9, size: 8, signer: stranger, proof: [] })), 403, 'the signature before the sizes');
  assert.equal(status(request({ oldSize: 9, size: 8, proof: [] })), 400, 'the sizes before the state');
  const conflict = witness(request({ oldSize: 6, size: 8, proof: [] }));
  assert.deepEqual(conflict, { status: 409, body: '7\n' }, 'the state before the proof');
  assert.equal(status(request({ oldSize: 7, size: 8, proof: [] })), 422);
});

test('a fork, a rewind and another root at the same size are never cosigned', () => {
  const witness = aWitness();
  assert.equal(witness(request({ oldSize: 0, size: 20 })).status, 200);
  assert.equal(witness(request({ oldSize: 20, size: 30, tree: forked })).status, 422, 'a rewritten log, with its own honest proof');
  assert.equal(witness(request({ oldSize: 20, size: 20, tree: forked })).status, 422, 'a split view');
  assert.equal(witness(request({ oldSize: 20, size: 20, proof: [EMPTY_ROOT] })).status, 422, 'a proof where none belongs');
  assert.equal(witness(request({ oldSize: 20, size: 10, proof: [] })).status, 400, 'a log cut short');
  assert.equal(witness(request({ oldSize: 0, size: 10 })).status, 409, 'a log begun again');
  assert.equal(witness(request({ oldSize: 20, size: 40 })).status, 200, 'and the true log goes on');
});

test('size zero has one root, and from it no proof', () => {
  const witness = aWitness();
  assert.equal(witness(request({ oldSize: 0, size: 0, root: Buffer.alloc(32) })).status, 422);
  assert.equal(witness(request({ oldSize: 0, size: 5, proof: [EMPTY_ROOT] })).status, 422);
  assert.equal(witness(request({ oldSize: 0, size: 0 })).status, 200);
  assert.equal(witness(request({ oldSize: 0, size: 5 })).status, 200);
});

test('the answer is a line that opens beside the checkpoint with the key of the witness', () => {
  const signer = generateSigner('audit.example/w1', COSIGNATURE);
  const body = request({ oldSize: 0, size: 9 });
  const decision = aWitness()(body);
  assert.ok(decision.status === 200);
  const answer = cosignatureResponse(decision.text, signer, 1_790_000_000n);
  const note = parseNote(parseAddCheckpoint(body).checkpoint);
  const whole = printNote({ ...note, signatures: [...note.signatures, ...parseSignatureLines(answer)] });
  const opened = openNote(whole, [log.verifier, signer.verifier]);
  assert.ok(opened.ok);
  assert.equal(opened.verified[1]?.time, 1_790_000_000n);
});

test('what is no request gets 400, also with more than 63 hashes', () => {
  const witness = aWitness();
  const good = request({ oldSize: 0, size: 9 });
  const many = request({ oldSize: 0, size: 9, proof: Array.from({ length: 64 }, () => EMPTY_ROOT) });
  assert.throws(() => parseAddCheckpoint(many), Malformed);
  for (const bad of [
    '',
    'old 0\n',
    'old 0\n\n',
    many,
    good.replace('old 0', 'old 00'),
    good.replace('old 0', 'old -0'),
    good.replace('old 0', 'old 18446744073709551616'),
    good.replace('old 0', 'old  0'),
    good.replace('old 0', 'new 0'),
    good.replace('old 0\n', 'old 0\nAAAA\n'),
    good.replaceAll('\n', '\r\n'),
    good.slice(0, -1),
    Buffer.concat([Buffer.from(good), Buffer.of(0xff)]),
  ])
    assert.equal(witness(bad).status, 400, String(bad));
  assert.equal(witness(good).status, 200);
});

test('a witness never throws, and no bent request moves it', () => {
  const witness = aWitness();
  witness(request({ oldSize: 0, size: 20 }));
  const good = Buffer.from(request({ oldSize: 20, size: 33 }));
  for (let at = 0; at < good.length; at++) {
    const bent = Buffer.from(good);
    bent[at] = (bent[at] ?? 0) ^ 1;
    assert.notEqual(witness(bent).status, 200, `byte ${at}`);
  }
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), (body) => assert.equal(witness(body).status, 400)),
    { seed: 4, numRuns: 1_000 },
  );
  assert.equal(witness(good).status, 200);
});
