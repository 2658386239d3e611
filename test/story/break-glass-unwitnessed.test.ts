import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import { countersign } from '#test/support/countersign.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { sealedAndPublished } from '#test/support/sealed.ts';
import { signedBreakGlass } from '#test/support/signing.ts';
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

test('with the witnesses away two officers let a password be written; cosigned later, the bundle verifies and says so', async () => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, 'rosa.klein');
  const reset = await world.resetId(who.reference);
  await stack.kill('witness-audit');
  await stack.kill('witness-soc');
  try {
    assert.equal(await signs('priya.menon', reset), 'opened');
    assert.equal(await signs('quentin.roux', reset), 'given');
    assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done');
    const receipts = await people.sql(`SELECT 1 FROM log_receipt r JOIN leaf l ON l.id = r.leaf_id WHERE l.reset_id = $1::uuid`, [reset]);
    assert.equal(receipts.length, 0, 'no witness has seen the intent yet');
  } finally {
    await stack.restart('witness-audit');
    await stack.restart('witness-soc');
  }
  const out = join(home, 'reset.zip');
  await sealedAndPublished(world, `reset/${reset}`);
  const bundle = await countersign(stack.state, 'bundle', reset, '--out', out);
  assert.equal(bundle.code, 0, bundle.stderr);
  const verified = await countersign(stack.state, 'verify', out, '--policy', trustPolicyFile(stack.state));
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  assert.match(verified.stdout, /before the witnesses had cosigned; they did at 20\d\d-/);
});
