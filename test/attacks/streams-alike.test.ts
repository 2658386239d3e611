import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { cookiesOf, listenTo } from '#test/support/event-stream.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { claimant, signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

/** Without what differs between any two resets. */
const shape = (data: unknown): string =>
  JSON.stringify(data, (key, value: unknown) =>
    ['until', 'requestCode', 'ceremony', 'challenge', 'nonce'].includes(key) ? 'varies' : value,
  );

/** What the stream of a reset says behind its name, a wrong proof, a factor too early and its end. */
async function streamOf(account: string): Promise<string[]> {
  const who = claimant(world.stack.run);
  assert.equal((await who.name(account)).status, 201);
  const stream = listenTo(world.stack.run, `/api/v1/portal/resets/${who.reference}/events`, cookiesOf(who.http.cookies));
  assert.equal(await stream.status, 200);
  const said: string[] = [];
  // It says the newest only, and changes that come together once: so each step is waited for.
  const told = async () => {
    const { state, next, afterwards } = z
      .looseObject({ state: z.string(), next: z.unknown(), afterwards: z.unknown() })
      .parse((await who.look()).body);
    for (
      const deadline = Date.now() + 60_000;
      !isDeepStrictEqual(stream.events.at(-1)?.data, { state, next, afterwards });
      await setTimeout(20)
    )
      assert.ok(Date.now() < deadline, `the stream does not say ${state}`);
    said.push(shape(stream.events.at(-1)));
  };
  try {
    await told();
    await who.prove('7777-7777-7777-7777-7777');
    await told();
    await who.factor('000000');
    await told();
    await who.cancel();
    await told();
  } finally {
    stream.close();
    who.close();
  }
  return said;
}

test('the stream of a reset says the same of an account and of a name that is nobody’s', async () => {
  const [real, unknown] = [await streamOf('alice.moreau'), await streamOf('nobody.by.this.name')];
  assert.equal(real.length, 4);
  assert.deepEqual(real, unknown);
});

/** What the page of the factor step asks a key. */
async function askedOfAKey(account: string): Promise<{ asked: string; page: string }> {
  const visitor = formVisitor(world.stack.run);
  await visitor.open('/');
  await visitor.send('/reset', { account });
  await visitor.send('/proof', { proof: 'recovery-code', code: await world.people.recoveryCode(account) });
  const [, text = ''] = /data-key="([^"]+)"/.exec(visitor.page()) ?? [];
  assert.ok(text, visitor.page());
  const page = visitor.page();
  await visitor.send('/cancel');
  visitor.http.close();
  return { asked: shape(JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))), page };
}

test('the challenge of a security key names no key: it is the same for who has one and for who has none', async () => {
  const { stack, people } = world;
  const rules = `rules:
${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a code and a key, proofs: [recovery-code], factors: [passkey] }]
    approvals: []`;
  const http = await signedIn(stack.run, people, 'ines.duarte');
  const key = await people.key('ines.duarte', http);
  http.close();
  await underPolicy(stack, rules, async () => {
    const [has, hasNone] = [await askedOfAKey('ines.duarte'), await askedOfAKey('alice.moreau')];
    assert.equal(has.asked, hasNone.asked);
    assert.doesNotMatch(has.asked, /allowCredentials":\[\{/);
    assert.ok(!has.page.includes(key.id));
  });
});
