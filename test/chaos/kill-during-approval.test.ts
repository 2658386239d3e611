import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { amount } from '#test/support/campaign.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { claimant, freshPassword, inboxItem, proven, signed, signedIn } from '#test/support/scenes.ts';
import type { PartName } from '#test/support/stack.ts';
import { useWorld } from '#test/support/world.ts';
import { withKill } from './with-kill.ts';

/**
 * The steps that only a privileged reset has, each with the part that serves it killed while it is on its way.
 *
 * @alone It kills by the clock.
 */
const world = useWorld();

const SCENES: { part: PartName; at: 'first decision' | 'second decision' | 'resume' | 'choose'; delayMs: number }[] = [
  { part: 'verifier', at: 'first decision', delayMs: 30 },
  { part: 'temporal', at: 'second decision', delayMs: 40 },
  { part: 'api', at: 'resume', delayMs: 35 },
  { part: 'writer-privileged', at: 'choose', delayMs: 60 },
  // By the clock one part a step is killed; the campaign kills the others too.
  { part: 'api', at: 'first decision', delayMs: 20 },
  { part: 'worker', at: 'second decision', delayMs: 15 },
  { part: 'verifier', at: 'resume', delayMs: 25 },
  { part: 'worker', at: 'choose', delayMs: 45 },
];

for (const { part, at, delayMs } of SCENES.slice(0, amount(4, SCENES.length))) {
  test(`kill -9 of ${part} ${delayMs} ms into the ${at} of a privileged reset: nothing lost, nothing twice`, async () => {
    const { stack, people, directory } = world;
    const version = await passwordVersion(directory, 'rosa.klein');
    const play = <T extends { status: number }>(step: typeof at, request: () => Promise<T>) =>
      step === at ? withKill(stack, part, delayMs, request) : request();
    const { who } = await proven(stack.run, people, 'rosa.klein');

    for (const [step, account] of [
      ['first decision', 'ines.duarte'],
      ['second decision', 'quentin.roux'],
    ] as const) {
      const http = await signedIn(stack.run, people, account);
      const item = await inboxItem(http, who.reference);
      assert.ok(item);
      const asked = await signed(http, people, account, item.id, { decision: 'approve', reason: 'known to me' });
      const key = randomUUID();
      const decided = await play(step, () => http.post(`/api/v1/approvals/${item.id}/decisions`, asked, { 'idempotency-key': key }));
      assert.equal(decided.status, 200, decided.text);
    }

    const back = claimant(stack.run);
    const resume = { reference: who.reference, factor: 'totp', value: await people.code('rosa.klein') };
    const resumeKey = randomUUID();
    const resumed = await play('resume', () => back.http.post('/api/v1/portal/resume', resume, { 'idempotency-key': resumeKey }));
    assert.equal(resumed.status, 200, resumed.text);
    back.reference = who.reference;

    const password = freshPassword();
    const chooseKey = randomUUID();
    assert.equal((await play('choose', () => back.choose(password, chooseKey))).status, 202);
    assert.equal((await back.until('done', 'refused', 'expired')).state, 'done');
    assert.equal((await people.bind('rosa.klein', password)).answer, 'ok');
    assert.equal(await passwordVersion(directory, 'rosa.klein'), version + 1, 'the directory counts exactly one change');
  });
}
