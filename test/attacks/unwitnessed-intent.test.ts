import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { WriteOutcome } from '#activities/contract.ts';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { parseLogProof, printLogProof } from '#evidence/log-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { parseNote, printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, SIGNATURE } from '#evidence/verifier-key.ts';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';
import { writerBench } from '../write/workbench.ts';
import { approvals } from './lies.ts';

/**
 * Statements, policy and approvals are in order, and the worker or the database's superuser lies about the intent only: it
 * is missing, says something else, or was never seen by a quorum of witnesses. Counted at the controller: nothing changes.
 */
const bench = await writerBench();
const staff = await bench.writer('staff');
const privileged = await bench.writer('privileged');
const start = await bench.versions();

const refusal = (outcome: WriteOutcome): string => (outcome.outcome === 'refused' ? outcome.code : outcome.outcome);
const facts =
  (change: object) =>
  (leaf: NewLeaf): NewLeaf => ({ ...leaf, do: { ...leaf.do, ...change } });

type Statement = { kind: string; sha256: string };
const statements = (change: (all: Statement[]) => Statement[]) => (leaf: NewLeaf) =>
  facts({ statements: change(leaf.do?.['statements'] as unknown as Statement[]) })(leaf); // the bench has put them there

const OTHER: Record<string, (leaf: NewLeaf) => NewLeaf> = {
  'another digest': facts({ digest: 'a'.repeat(64) }),
  'another sealed value': facts({ sealed: randomUUID() }),
  'another ordinal': facts({ ordinal: 2 }),
  'one statement left out': statements((all) => all.slice(1)),
  'a statement more': statements((all) => [...all, { kind: 'decision', sha256: 'b'.repeat(64) }]),
  'a statement twice': statements((all) => [...all.slice(1), ...all.slice(1)]),
  'no statements': facts({ statements: [] }),
  'another account': (leaf) => ({ ...leaf, account: { guid: randomUUID(), sid: 'S-1-5-21-1-2-3-1000' } }),
  'another SID': (leaf) => ({ ...leaf, account: { guid: leaf.account?.guid ?? '', sid: 'S-1-5-21-1-2-3-1000' } }),
  'another policy': (leaf) => ({ ...leaf, policy: { sha256: 'c'.repeat(64), rule: 'standard' } }),
  'another rule': (leaf) => ({ ...leaf, policy: { sha256: bench.policy, rule: 'lenient' } }),
  'another run': (leaf) => ({ ...leaf, run: randomUUID() }),
  'a leaf of another kind': (leaf) => ({ ...leaf, type: 'password.chosen' }),
  'a refusal': (leaf) => ({ ...leaf, outcome: 'denied' }),
};

for (const [what, change] of Object.entries(OTHER)) {
  test(`a witnessed leaf that names ${what} is no intent of this write`, async () => {
    const { asked } = await bench.scene('alice.moreau');
    assert.equal(refusal(await staff.writePassword(await bench.intend(asked, change))), 'intent-not-witnessed');
    assert.equal(await bench.sealedRows(asked.reset), 0, 'the secret is erased unopened');
  });
}

test('no leaf at all, and the intent of another reset', async () => {
  const { asked } = await bench.scene('alice.moreau');
  assert.equal(refusal(await staff.writePassword({ ...asked, intent: randomUUID() })), 'intent-not-witnessed');
  const [mine, other] = [await bench.scene('alice.moreau'), await bench.scene('alice.moreau')];
  assert.equal(refusal(await staff.writePassword({ ...mine.asked, intent: other.asked.intent })), 'intent-not-witnessed');
});

test('an intent that waits in the outbox is not witnessed', async () => {
  const { asked } = await bench.scene('rosa.klein', { approvals });
  const { body } = await bench.owner.leaf.findUniqueOrThrow({ where: { id: asked.intent } });
  const said = JSON.parse(body) as { do: NonNullable<NewLeaf['do']>; policy: { sha256: string; rule: string } };
  const account = await bench.bank.account('rosa.klein');
  const intent = await bench.database.as('worker').$transaction((tx) =>
    appendLeaf(
      tx,
      {
        type: 'intent',
        outcome: 'started',
        reset: asked.reset,
        run: asked.run,
        account: { guid: account.guid, sid: account.sid },
        policy: said.policy,
        do: said.do,
      },
      'worker',
    ),
  );
  assert.equal(refusal(await privileged.writePassword({ ...asked, intent })), 'intent-not-witnessed');
});

/** A receipt as the superuser could put it there. */
async function forge(intent: string, make: (proof: string, leaf: string) => string): Promise<void> {
  const { proof } = await bench.owner.logReceipt.findUniqueOrThrow({ where: { leafId: intent } });
  const { body } = await bench.owner.leaf.findUniqueOrThrow({ where: { id: intent } });
  await bench.owner.logReceipt.update({ where: { leafId: intent }, data: { proof: make(proof, body) } });
}

const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));

const FORGED: Record<string, (proof: string, leaf: string) => string> = {
  'has no cosignature': (proof) => {
    const read = parseLogProof(proof);
    const { text, signatures } = parseNote(read.checkpoint);
    return printLogProof({ ...read, checkpoint: printNote({ text, signatures: signatures.slice(0, 1) }) });
  },
  'has one cosignature of the two': (proof) => {
    const read = parseLogProof(proof);
    const { text, signatures } = parseNote(read.checkpoint);
    return printLogProof({ ...read, checkpoint: printNote({ text, signatures: signatures.slice(0, 2) }) });
  },
  'is of a tree that only the stolen log key has signed': (_, leaf) => {
    const text = printCheckpoint({ origin: bench.log.signer.verifier.name, size: 1n, root: leafHash(leaf) });
    return printLogProof({ index: 0n, path: [], checkpoint: printNote({ text, signatures: [signText(text, bench.log.signer)] }) });
  },
  'is cosigned by witnesses that the writer does not know': (_, leaf) => {
    const text = printCheckpoint({ origin: bench.log.signer.verifier.name, size: 1n, root: leafHash(leaf) });
    const strangers = ['a', 'b', 'c'].map((name) => signText(text, generateSigner(`${name}.bank.test`, COSIGNATURE), now()));
    return printLogProof({
      index: 0n,
      path: [],
      checkpoint: printNote({ text, signatures: [signText(text, bench.log.signer), ...strangers] }),
    });
  },
  'is of another log': (_, leaf) => {
    const log = generateSigner('log.elsewhere.test', SIGNATURE);
    const text = printCheckpoint({ origin: log.verifier.name, size: 1n, root: leafHash(leaf) });
    return printLogProof({ index: 0n, path: [], checkpoint: printNote({ text, signatures: [signText(text, log)] }) });
  },
  'is cut off': (proof) => proof.slice(0, proof.length / 2),
  'names another index': (proof) => {
    const read = parseLogProof(proof);
    return printLogProof({ ...read, index: read.index + 1n });
  },
};

for (const [what, make] of Object.entries(FORGED)) {
  test(`a receipt that ${what} proves nothing, whoever put it there`, async () => {
    const { asked } = await bench.scene('bilal.osman');
    await forge(asked.intent, make);
    assert.equal(refusal(await staff.writePassword(asked)), 'intent-not-witnessed');
  });
}

test('an intent that was changed after it was witnessed is not the one in the log', async () => {
  const { asked } = await bench.scene('bilal.osman');
  const other = await bench.scene('bilal.osman');
  const { body } = await bench.owner.leaf.findUniqueOrThrow({ where: { id: other.asked.intent } });
  await bench.owner.leaf.update({ where: { id: asked.intent }, data: { body } });
  assert.equal(refusal(await staff.writePassword({ ...other.asked, intent: asked.intent })), 'intent-not-witnessed');
});

test('an intent that was witnessed too long ago is not written: the password is chosen anew', async () => {
  const { asked } = await bench.scene('bilal.osman');
  const late = await bench.writer('staff', { intentSeconds: -1 });
  assert.equal(refusal(await late.writePassword(asked)), 'password-expired');
});

test('and one honest write goes through; nothing else in this file did', async () => {
  const { asked } = await bench.scene('helena.voss');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await bench.changedSince(start), ['helena.voss']);
});
