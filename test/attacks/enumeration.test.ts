import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { claimant } from '#test/support/scenes.ts';
import { amount } from '#test/support/campaign.ts';
import { median, z } from '#test/support/told-apart.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

/**
 * Whoever is asked, unknown and real accounts cannot be told apart: words, codes, headers, timing. The campaign takes 500
 * a side; here a small instance of the same comparison.
 *
 * @alone Its measure is time, and a busy machine would hide a small difference.
 */
const aSide = amount(25, 500);

interface Sample {
  name: number;
  proof: number;
  shape: string;
}

async function sample(account: string): Promise<Sample> {
  const who = claimant(world.stack.run);
  const begun = await who.name(account);
  const proof = await who.prove('7777-7777-7777-7777');
  const factor = await who.factor('000000');
  const shape = JSON.stringify([begun, proof, factor].map(({ status, headers, body }) => [status, headersOf(headers), shapeOf(body)]));
  await who.cancel();
  who.close();
  return { name: begun.ms, proof: proof.ms, shape };
}

/** Names and values of all headers, without what differs between any two requests. */
function headersOf(headers: Record<string, unknown>): unknown {
  return Object.entries(headers)
    .filter(([name]) => !['date', 'set-cookie', 'content-length', 'x-request-id', 'ratelimit', 'etag'].includes(name))
    .map(([name, value]) => `${name}: ${String(value).replace(/nonce-[^']+/g, 'nonce')}`)
    .toSorted();
}

function shapeOf(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) => (['reference', 'until', 'instance', 'browserToken'].includes(key) ? 'varies' : value)),
  );
}

test(`unknown and real accounts cannot be told apart in ${aSide} tries a side`, async () => {
  const real: Sample[] = [];
  const unknown: Sample[] = [];
  for (let i = 0; i < 5; i++) await sample('alice.moreau'); // the first ones warm connections and caches
  await world.people.sql('DELETE FROM attempts');
  for (let i = 0; i < aSide; i++) {
    // In turns, and in both orders, so that whatever else the machine does falls on both sides.
    const nobody = `${randomBytes(3).toString('hex')}.${randomBytes(4).toString('hex')}`;
    if (i % 2 === 0) {
      real.push(await sample('alice.moreau'));
      unknown.push(await sample(nobody));
    } else {
      unknown.push(await sample(nobody));
      real.push(await sample('alice.moreau'));
    }
  }
  assert.deepEqual(new Set([...real, ...unknown].map((s) => s.shape)).size, 1, 'one shape of answers for all');
  for (const step of ['name', 'proof'] as const) {
    const [a, b] = [real.map((s) => s[step]), unknown.map((s) => s[step])];
    const score = z(a, b);
    console.log(`${step}: real ${median(a).toFixed(1)} ms, unknown ${median(b).toFixed(1)} ms (medians), z ${score.toFixed(2)}`);
    assert.ok(Math.abs(score) < 4, `${step} tells them apart: z ${score.toFixed(2)}`);
  }
  await world.people.sql('DELETE FROM attempts'); // the tries were many, and other tests play the same people
});

test('the comparison would see a difference: five milliseconds more on one side are found', () => {
  const noisy = Array.from({ length: 500 }, (_, i) => 100 + ((i * 7919) % 20));
  assert.ok(
    Math.abs(
      z(
        noisy,
        noisy.map((ms) => ms + 5),
      ),
    ) > 4,
  );
  assert.ok(Math.abs(z(noisy, noisy.toReversed())) < 4);
});

test('a name is treated alike however it is spelled, and one that no account can have is refused by its form alone', async () => {
  for (const name of [
    'alice.moreau',
    'ALICE.MOREAU',
    ' alice.moreau ',
    'BANK\\alice.moreau',
    'alice.moreau@bank.test',
    'krbtgt',
    'Administrator',
    'svc-reader',
    '名前',
    'Ein langer Satz',
  ]) {
    const who = claimant(world.stack.run);
    const answer = await who.name(name);
    assert.deepEqual([answer.status, answer.body.next?.step], [201, 'prove'], name);
    await who.cancel();
    who.close();
  }
  for (const name of ['*', 'ali*', 'a)(objectClass=*', '*)(objectClass=*', 'nul\0l', '', 'x'.repeat(10_000)]) {
    const who = claimant(world.stack.run);
    const answer = await who.name(name);
    assert.ok(answer.status >= 400 && answer.status < 500, `${name.slice(0, 20)}: ${answer.status}`);
    assert.ok(answer.body.code, 'with a code');
    who.close();
  }
});
