import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { WriteAsked, WriteOutcome } from '#activities/contract.ts';
import type { Attestation, BreakGlassSigned } from '#domain/attestation.ts';
import { BREAK_GLASS_TAG } from '#domain/break-glass-statement.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { printLogProof } from '#evidence/log-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';
import { brokenBy } from '#test/support/signed-break-glass.ts';
import { SoftPasskey } from '../support/soft-passkey.ts';
import { writerBench } from '../write/workbench.ts';
import { approvals } from './lies.ts';

/** Nobody has approved, two security officers have signed break-glass, and the worker or the database's superuser makes more of it. Counted at the controller. */
const bench = await writerBench();
const privileged = await bench.writer('privileged');
const start = await bench.versions();
const officers = await Promise.all(['priya.menon', 'quentin.roux'].map((name) => bench.bank.account(name)));
const [priya = '', quentin = ''] = officers.map(({ guid }) => guid);
const policy = { sha256: bench.policy, rule: 'privileged' };
const refusal = (outcome: WriteOutcome): string => (outcome.outcome === 'refused' ? outcome.code : outcome.outcome);

interface Signs {
  by: string;
  unwitnessed?: boolean;
  key?: SoftPasskey;
  bent?: object;
  tag?: string;
  change?: (said: BreakGlassSigned) => Attestation;
}

/** Everything but the decisions, and what these officers signed. */
const glass =
  (frozen: readonly string[], ...signs: Signs[]) =>
  (honest: Attestation[]): Attestation[] => {
    const rest = honest.filter(({ kind }) => kind !== 'decision');
    const [one] = rest;
    assert.ok(one);
    const { reset, run, account, at } = one;
    const signatures = signs.map(({ by, unwitnessed = false, key, bent = {}, tag = BREAK_GLASS_TAG, change = (said) => said }, index) => {
      const moment = new Date(Date.parse(at) + index + 1).toISOString();
      const said = { v: 1, id: randomUUID(), kind: 'break-glass', reset, run, account, at: moment } as const;
      const full = { ...said, person: by, unwitnessed, reason: '00', review: randomUUID() };
      return change(brokenBy(full, { verifier: bench.signing.privateKey, policy, bent, tag, ...(key ? { key } : {}) }));
    });
    return [...rest.map((a) => (a.kind === 'approvers' ? { ...a, breakGlass: [...frozen] } : a)), ...signatures];
  };

const both = [priya, quentin];

async function started(reset: string): Promise<Record<string, unknown>> {
  const leaf = await bench.owner.leaf.findFirstOrThrow({ where: { resetId: reset, type: 'write.started' } });
  return (JSON.parse(leaf.body) as { do: Record<string, unknown> }).do;
}

test('a worker that claims break-glass gets nothing for it', async () => {
  const other = new SoftPasskey();
  const lies: [string, string, ReturnType<typeof glass>][] = [
    ['one officer', 'evidence-missing', glass(both, { by: priya })],
    ['one officer twice', 'already-decided', glass(both, { by: priya }, { by: priya })],
    ['an officer who came later', 'eligible-too-late', glass([priya], { by: priya }, { by: quentin })],
    ['nobody was frozen', 'eligible-too-late', glass([], { by: priya }, { by: quentin })],
    [
      'what was signed says less',
      'evidence-missing',
      glass(both, { by: priya }, { by: quentin, change: (s) => ({ ...s, unwitnessed: true }) }),
    ],
    ['signed about another reset', 'evidence-missing', glass(both, { by: priya }, { by: quentin, bent: { reset: randomUUID() } })],
    [
      "another's key",
      'evidence-missing',
      glass(both, { by: priya, key: other }, { by: quentin, change: (s) => ({ ...s, credential: randomUUID() }) }),
    ],
    ['a signature that was meant as a decision', 'evidence-missing', glass(both, { by: priya }, { by: quentin, tag: DECISION_TAG })],
  ];
  for (const [lie, expected, statements] of lies) {
    const { asked } = await bench.scene('rosa.klein', { approvals, statements });
    assert.equal(refusal(await privileged.writePassword(asked)), expected, lie);
  }
});

test('a statement that the verifier has not signed is no break-glass', async () => {
  const { asked } = await bench.scene('rosa.klein', { approvals, statements: glass(both, { by: priya }) });
  const rows = await bench.owner.attestation.findMany({ where: { resetId: asked.reset, kind: 'break-glass' } });
  const [row] = rows;
  assert.ok(row);
  const body = row.body.replaceAll(priya, quentin);
  await bench.owner.attestation.create({ data: { ...row, id: randomUUID(), body, signature: new Uint8Array(64) } });
  assert.equal(refusal(await privileged.writePassword(asked)), 'evidence-missing');
});

test('two officers let it be written, and the leaf says by what; without witnesses only what they signed for that', async () => {
  const given = await bench.scene('rosa.klein', { approvals, statements: glass(both, { by: priya }, { by: quentin }) });
  assert.equal((await privileged.writePassword(given.asked)).outcome, 'applied');
  const said = await started(given.asked.reset);
  assert.deepEqual([said['by'], said['witnessed']], ['break-glass', undefined]);

  const unwitnessed = true;
  const waiting = await bench.scene('samir.khan', { approvals, statements: glass(both, { by: priya }, { by: quentin }) });
  const boldly = await bench.scene('samir.khan', {
    approvals,
    statements: glass(both, { by: priya, unwitnessed }, { by: quentin, unwitnessed }),
  });
  const half = await bench.scene('samir.khan', { approvals, statements: glass(both, { by: priya }, { by: quentin, unwitnessed }) });
  const approved = await bench.scene('samir.khan', { approvals });
  const [first, second] = bench.log.witnesses;
  await Promise.all([first?.stop(), second?.stop()]);
  const notary = await bench.log.open();
  const again = async ({ asked }: { asked: WriteAsked }): Promise<WriteAsked> => {
    const { body } = await bench.owner.leaf.findUniqueOrThrow({ where: { id: asked.intent } });
    const { do: facts, policy: frozen } = JSON.parse(body) as { do: NonNullable<NewLeaf['do']>; policy: { sha256: string; rule: string } };
    const account = await bench.bank.account('samir.khan');
    const leaf: NewLeaf = { type: 'intent', outcome: 'started', reset: asked.reset, run: asked.run, policy: frozen, do: facts };
    const intent = await bench.database
      .as('worker')
      .$transaction((tx) => appendLeaf(tx, { ...leaf, account: { guid: account.guid, sid: account.sid } }, 'worker'));
    assert.equal(await notary.turn(), 'unwitnessed');
    return { ...asked, intent };
  };

  // The superuser, or a notary that was taken over, makes the proof that an honest notary does not: it opens nothing by itself.
  const ordinary = await again(approved);
  const { body } = await bench.owner.leaf.findUniqueOrThrow({ where: { id: ordinary.intent } });
  const text = printCheckpoint({ origin: bench.log.signer.verifier.name, size: 1n, root: leafHash(body) });
  const proof = printLogProof({ index: 0n, path: [], checkpoint: printNote({ text, signatures: [signText(text, bench.log.signer)] }) });
  assert.equal(
    await bench.owner.unwitnessedReceipt.count({ where: { leafId: ordinary.intent } }),
    0,
    'none for a reset without break-glass',
  );
  await bench.owner.unwitnessedReceipt.create({ data: { leafId: ordinary.intent, index: 0n, size: 1n, proof } });
  assert.equal(refusal(await privileged.writePassword(ordinary)), 'intent-not-witnessed');
  for (const scene of [waiting, half]) assert.equal(refusal(await privileged.writePassword(await again(scene))), 'intent-not-witnessed');

  const bold = await again(boldly);
  assert.equal((await privileged.writePassword(bold)).outcome, 'applied');
  const told = await started(bold.reset);
  assert.deepEqual([told['by'], told['witnessed']], ['break-glass', false]);
  assert.equal(await bench.owner.logReceipt.count({ where: { leafId: bold.intent } }), 0);

  await Promise.all([first?.start(), second?.start()]);
  await bench.log.settle(notary);
  const receipt = await bench.owner.logReceipt.findUniqueOrThrow({ where: { leafId: bold.intent } });
  assert.ok(receipt.size > receipt.index, 'cosigned later, like every leaf');
  assert.deepEqual((await bench.changedSince(start)).toSorted(), ['rosa.klein', 'samir.khan']);
});
