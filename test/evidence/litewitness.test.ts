import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { openNote, parseNote, parseSignatureLines, printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { SIGNATURE } from '#evidence/verifier-key.ts';
import { decideAddCheckpoint, printAddCheckpoint, SIZE_CONTENT_TYPE } from '#evidence/witness-protocol.ts';
import type { WitnessedTree } from '#evidence/witness-protocol.ts';
import { startLitewitness } from '#test/support/litewitness.ts';
import type { Litewitness } from '#test/support/litewitness.ts';
import { log, origin } from './bank-log.ts';
import { naiveTree, someLeaves } from './naive-tree.ts';

/** Every request goes to a witness that others wrote and to our own decision; the answers must be the same. */
const honest = naiveTree(someLeaves(80).map(leafHash));
const forked = naiveTree(someLeaves(81).toSpliced(3, 1).map(leafHash));
let witness: Litewitness;
let latest: WitnessedTree | undefined;
before(async () => (witness = await startLitewitness('audit.bank.example/litewitness', [log.verifier])));
after(() => witness.end());

function request(oldSize: number, size: number, tree = honest, signer = log): string {
  const text = printCheckpoint({ origin: signer.verifier.name, size: BigInt(size), root: tree.root(size) });
  const proof = oldSize > 0 && oldSize <= size ? tree.consistency(oldSize, size) : [];
  return printAddCheckpoint({ oldSize: BigInt(oldSize), proof, checkpoint: printNote({ text, signatures: [signText(text, signer)] }) });
}

async function ask(body: string): Promise<{ status: number; body: string; type: string | null }> {
  const answer = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body });
  const ours = decideAddCheckpoint(body, (asked) => (asked === origin ? { keys: [log.verifier], latest } : undefined));
  assert.equal(ours.status, answer.status, 'our decision is theirs');
  if (ours.status === 200) latest = ours.checkpoint;
  const said = await answer.text();
  if (ours.status === 409) assert.equal(said, ours.body);
  return { status: answer.status, body: said, type: answer.headers.get('content-type') };
}

test('a witness by others cosigns our log as it grows, and its cosignature opens here', async () => {
  const sizes = [1, 2, 33, 33, 64, 65];
  for (const [at, size] of sizes.entries()) {
    const body = request(sizes[at - 1] ?? 0, size);
    const answer = await ask(body);
    assert.equal(answer.status, 200, answer.body);
    const note = parseNote(body.slice(body.indexOf('\n\n') + 2));
    const whole = printNote({ ...note, signatures: [...note.signatures, ...parseSignatureLines(answer.body)] });
    const opened = openNote(whole, [log.verifier, witness.key]);
    assert.ok(opened.ok);
    const [, cosignature] = opened.verified;
    assert.equal(cosignature?.name, 'audit.bank.example/litewitness');
    assert.ok(Math.abs(Number(cosignature.time) - Date.now() / 1000) < 60);
  }
});

test('it tells a log that is behind where it is, and refuses forks, rewinds, strangers and unknown logs', async () => {
  assert.deepEqual(await ask(request(33, 70)), { status: 409, body: '65\n', type: SIZE_CONTENT_TYPE });
  assert.deepEqual(await ask(request(0, 70)), { status: 409, body: '65\n', type: SIZE_CONTENT_TYPE });
  assert.equal((await ask(request(65, 70, forked))).status, 422, 'a rewritten log');
  assert.equal((await ask(request(65, 65, forked))).status, 422, 'a split view');
  assert.equal((await ask(request(65, 64))).status, 400, 'a log cut short');
  assert.equal((await ask(request(65, 70, honest, generateSigner(origin, SIGNATURE)))).status, 403);
  assert.equal((await ask(request(65, 70, honest, generateSigner('other.example/log', SIGNATURE)))).status, 404);
  assert.equal((await ask('old 65\n')).status, 400);
  assert.equal((await ask(request(65, 80))).status, 200, 'and the true log goes on');
});
