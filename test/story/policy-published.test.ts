import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { PolicyDeed } from '#domain/policy-publication.ts';
import { pinPublisher } from '#ops/pin-publisher.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { pin, pinnedPublishers } from '#ops/setup/publishers.ts';
import { policySha256 } from '#prisma/policy-text.ts';
import type { Answer, Client } from '#test/support/http-client.ts';
import { countersign } from '#test/support/countersign.ts';
import { freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { signedPolicy } from '#test/support/signing.ts';
import { useWorld } from '#test/support/world.ts';
import { edited } from '#test/support/policies.ts';

const first = readFileSync(demoPolicyFile, 'utf8');
const second = `${first}# One line more, and so another version.\n`;
let lena: Client;
let oskar: Client;

const world = useWorld(async ({ stack, people }) => {
  lena = await signedIn(stack.run, people, 'lena.fischer');
  oskar = await signedIn(stack.run, people, 'oskar.lindqvist');
  await people.key('lena.fischer', lena);
  await people.key('oskar.lindqvist', oskar);
});

async function sign(http: Client, account: string, deed: PolicyDeed, sha256: string): Promise<Answer<{ message: string; code?: string }>> {
  const { people } = world;
  return http.post(
    `/api/v1/policies/${sha256}/signatures`,
    await signedPolicy(http, deed, sha256, await people.key(account, http), people.page),
  );
}

async function stored(text: string): Promise<string> {
  const answer = await lena.post<{ sha256: string }>('/api/v1/policies', { text });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.sha256;
}

async function reset(): Promise<string> {
  const { who } = await proven(world.stack.run, world.people, 'bilal.osman');
  await who.choose(freshPassword());
  const { state, next } = await who.until('done', 'refused', 'choosing-password');
  who.close();
  return state === 'done' ? 'done' : String(next.code);
}

test('a policy with a fault is said line by line, kept nowhere, and larger than other requests', async () => {
  const bad = edited(first, ['needs', 'need'], ['minLength: 10', 'minLength: 6']);
  const checked = await lena.post<{ findings: { words: string }[] }>('/api/v1/policies/check', {
    text: `${bad}${'# padding\n'.repeat(3000)}`,
  });
  assert.equal(checked.status, 200, checked.text);
  assert.match(checked.body.findings.map(({ words }) => words).join('\n'), /line \d+, password, minLength: /);
  const refused = await lena.post<{ code: string }>('/api/v1/policies', { text: bad });
  assert.deepEqual([refused.status, refused.body.code], [422, 'policy-refused']);
});

test('only pinned publishers publish, and two of them; then nobody loads a policy by hand', async () => {
  const { state } = world.stack;
  const sha256 = await stored(second);
  assert.equal((await sign(lena, 'lena.fischer', 'draft', sha256)).body.code, 'not-a-publisher');
  const [key] = await pinPublisher(state, 'lena.fischer');
  assert.match(key?.spki ?? '', /^[0-9a-f]{64}$/);
  await pinPublisher(state, 'oskar.lindqvist');
  assert.equal((await sign(lena, 'lena.fischer', 'draft', sha256)).status, 200);
  assert.equal((await sign(lena, 'lena.fischer', 'publish', sha256)).body.code, 'policy-own-draft');
  const published = await sign(oskar, 'oskar.lindqvist', 'publish', sha256);
  assert.equal(published.status, 200, published.text);
  const { body } = await oskar.get<{ items: { sha256: string; inForce: boolean; draftedBy: string; publishedBy: string }[] }>(
    '/api/v1/policies',
  );
  assert.deepEqual([body.items[0]?.sha256, body.items[0]?.inForce], [sha256, true]);
  assert.notEqual(body.items[0]?.draftedBy, body.items[0]?.publishedBy);
  const loaded = await countersign(state, 'policy', 'load', demoPolicyFile);
  assert.equal(loaded.code, 1);
  assert.match(loaded.stderr + loaded.stdout, /publishes policies by two people/);
});

test('a reset goes on under what two people published; one that somebody else put in force is written by nobody', async () => {
  assert.equal(await reset(), 'done');
  const smuggled = `${first}# Put in force by whoever owns the database.\n`;
  const sha256 = policySha256(smuggled);
  await world.people.sql('UPDATE policy_version SET in_force = false');
  await world.people.sql('INSERT INTO policy_version (sha256, text, in_force) VALUES ($1, $2, true)', [sha256, smuggled]);
  assert.equal(await reset(), 'policy-not-published');
  await world.people.sql('UPDATE policy_version SET in_force = (sha256 = $1)', [policySha256(second)]);
  assert.equal(await reset(), 'done');
});

test('going back is the same way: the older version, by two people', async () => {
  const sha256 = await stored(first);
  assert.equal(sha256, policySha256(first));
  assert.equal((await sign(oskar, 'oskar.lindqvist', 'draft', sha256)).status, 200);
  assert.equal((await sign(lena, 'lena.fischer', 'publish', sha256)).status, 200);
  assert.equal(await reset(), 'done');
  // Other files load policies by hand.
  pin(world.stack.state, { ...pinnedPublishers(world.stack.state), publishers: [] });
});
