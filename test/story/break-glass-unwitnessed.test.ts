import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import { countersign } from '#test/support/countersign.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { sealedAndPublished } from '#test/support/sealed.ts';
import { signedBreakGlass, signedReview } from '#test/support/signing.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

/** @alone It takes the witnesses away. */
const world = useWorld();
const home = mkdtempSync('/tmp/countersign-glass-');
after(() => rmSync(home, { recursive: true, force: true }));

async function signs(account: string, reset: string): Promise<string> {
  const { stack, people } = world;
  const http = await signedIn(stack.run, people, account);
  const key = await people.key(account, http);
  const stated = { reason: 'The witnesses are away, and the payments run at five.', unwitnessed: true };
  const signed = await signedBreakGlass(http, reset, stated, key, people.page);
  const answer = await http.post<{ state: string }>(`/api/v1/resets/${reset}/break-glass`, signed);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.state;
}

/** Does something while two of the three witnesses are away, so that nothing is cosigned. */
async function withoutWitnesses(deed: () => Promise<void>): Promise<void> {
  const witnesses = ['witness-audit', 'witness-soc'] as const;
  for (const witness of witnesses) await world.stack.kill(witness);
  try {
    await deed();
  } finally {
    for (const witness of witnesses) await world.stack.restart(witness);
  }
}

async function receiptsOf(reset: string): Promise<number> {
  const rows = await world.people.sql(`SELECT 1 FROM log_receipt r JOIN leaf l ON l.id = r.leaf_id WHERE l.reset_id = $1::uuid`, [reset]);
  return rows.length;
}

/** What an auditor is told of the reset, who has nothing but its bundle and their own trust policy. */
async function verified(reset: string): Promise<string> {
  const { stack } = world;
  const out = join(home, `${reset}.zip`);
  await sealedAndPublished(world, `reset/${reset}`);
  const bundle = await countersign(stack.state, 'bundle', reset, '--out', out);
  assert.equal(bundle.code, 0, bundle.stderr);
  const { code, stdout, stderr } = await countersign(stack.state, 'verify', out, '--policy', trustPolicyFile(stack.state));
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

test('with the witnesses away two officers let a password be written; cosigned later, the bundle verifies and says so', async () => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, 'rosa.klein');
  const reset = await world.resetId(who.reference);
  await withoutWitnesses(async () => {
    assert.equal(await signs('priya.menon', reset), 'opened');
    assert.equal(await signs('quentin.roux', reset), 'given');
    assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done');
    assert.equal(await receiptsOf(reset), 0, 'no witness has seen the intent yet');
  });
  assert.match(await verified(reset), /before the witnesses had cosigned; they did at 20\d\d-.*; no leaf says that its review was closed/);
});

test('an approved password that waits for the witnesses goes on when officers sign; the bundle names who closed the review', async () => {
  const { stack, people } = world;
  const rules = `rules:
${privilegedRule}
  - id: approved
    when: { protected: false }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: [{ label: manager, by: { relation: manager } }]
    breakGlass: { officers: 2, from: { group: CS-Security-Officers }, expires: 1h }`;
  const { who } = await underPolicy(stack, rules, () => proven(stack.run, people, 'fatima.noor'));
  const reset = await world.resetId(who.reference);
  const helena = await signedIn(stack.run, people, 'helena.voss');
  const item = await inboxItem(helena, who.reference);
  assert.equal((await decide(helena, people, 'helena.voss', item?.id ?? '', 'approve')).status, 200);
  await who.until('choosing-password');
  await withoutWitnesses(async () => {
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('writing', 'refused')).state, 'writing');
    assert.equal(await signs('priya.menon', reset), 'opened');
    assert.equal((await who.look()).body.state, 'writing', 'one officer alone changes nothing');
    assert.equal(await signs('quentin.roux', reset), 'given');
    assert.equal((await who.until('done', 'refused')).state, 'done');
    assert.equal(await receiptsOf(reset), 0);
  });
  const lena = await signedIn(stack.run, people, 'lena.fischer');
  const { body } = await lena.get<{ items: { id: string; resetId: string }[] }>('/api/v1/reviews');
  const review = body.items.find((one) => one.resetId === reset)?.id ?? '';
  const found = { judgement: 'justified', finding: 'The witnesses were away for an hour.' } as const;
  const closing = await signedReview(lena, review, found, await people.key('lena.fischer', lena), people.page);
  assert.equal((await lena.post(`/api/v1/reviews/${review}/closing`, closing)).status, 200);
  const told = await verified(reset);
  assert.match(told, new RegExp(`they did at 20.*; its review was closed by ${await people.guid('lena.fischer')}: justified`));
});
