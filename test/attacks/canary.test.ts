import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { filesUnder, formsOf, heldBy } from '#test/support/bytes-at-rest.ts';
import { historyText } from '#test/support/history-text.ts';
import { claimant, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

/** Every byte that the system keeps is searched for what a person typed in secret. */

/** What the demo gives its people to type lies in demo/ by design; programs are not data; beside/ is of tests, not of the system. */
const isLeftOut = (file: string): boolean => /^(demo|bin|beside)$|\/\.cache$/.test(relative(world.stack.state, file));

/** Where each secret lies, over every file of the state folder and every process's arguments and environment. */
async function found(secrets: Record<string, string>): Promise<Record<string, string[]>> {
  const needles = new Map(Object.entries(secrets).map(([name, secret]) => [name, formsOf(secret)]));
  const places = Object.fromEntries(Object.keys(secrets).map((name) => [name, [] as string[]]));
  for (const file of filesUnder(world.stack.state, isLeftOut)) {
    // A file that PostgreSQL or Samba removed meanwhile holds nothing any more.
    const held = await heldBy(file, needles).catch(() => new Set<string>());
    for (const name of held) places[name]?.push(relative(world.stack.state, file));
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const part of ['cmdline', 'environ']) {
      const path = `/proc/${pid}/${part}`;
      const bytes = bytesOf(path);
      for (const [name, ways] of needles) if (ways.some((way) => bytes.includes(way))) places[name]?.push(path);
    }
  }
  return places;
}

/** Empty when the process has ended meanwhile. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

test('no byte at rest holds a new password, a code, a sign-in password, or a password typed as the account name', async () => {
  const typedAsName = `Irrtum-${randomUUID().slice(0, 8)}-Feld7`;
  const known = `Bekannt-${randomUUID().slice(0, 8)}-Mond5`;
  const wrongSignIn = `Falsch-${randomUUID().slice(0, 8)}-Tor9`;
  const canary = `Kanari-${randomUUID().slice(0, 8)}-Vogel3`;
  const recovery = await world.people.recoveryCode('bilal.osman');

  const mistaken = claimant(world.stack.run);
  assert.equal((await mistaken.name(typedAsName)).status, 201);
  await mistaken.prove('0000-0000-0000-0000');
  await mistaken.prove(known, 'known-password');
  assert.equal((await mistaken.cancel()).status, 200);

  const desk = await signedIn(world.stack.run, world.people, 'jonas.berg');
  const wrong = await desk.post('/api/v1/session', { account: 'jonas.berg', password: wrongSignIn });
  assert.equal(wrong.status, 401);
  const signed = await signedIn(world.stack.run, world.people, 'jonas.berg');
  const issued = await signed.post<{ code: string }>('/api/v1/issued-codes', {
    account: 'quentin.roux',
    checked: ['photo-id', 'employee-card'],
  });
  assert.equal(issued.status, 201, issued.text);

  const first = claimant(world.stack.run);
  await first.name('bilal.osman');
  assert.equal((await first.prove(`${known}!`, 'known-password')).status, 422, 'his rule does not take it');
  assert.equal((await first.prove(recovery)).status, 200);
  assert.equal((await first.factor(await world.people.code('bilal.osman'))).status, 200);
  assert.equal((await first.choose('Osman-1-Osman-1')).status, 422, 'refused passwords are secrets too');
  assert.equal((await first.choose(canary)).status, 202);
  assert.equal((await first.until('done', 'refused')).state, 'done');

  const { who } = await proven(world.stack.run, world.people, 'bilal.osman');
  await who.cancel();

  const secrets = {
    typedAsName,
    known,
    wrongSignIn,
    canary,
    recovery,
    bareRecovery: recovery.replaceAll('-', ''),
    issued: issued.body.code,
    bareIssued: issued.body.code.replaceAll('-', ''),
    signIn: world.people.password('jonas.berg'),
    refused: 'Osman-1-Osman-1',
  };
  const reset = await world.resetId(first.reference);
  const { control, workflow, ...places } = await found({ ...secrets, control: first.reference, workflow: reset });
  for (const [name, where] of Object.entries(places)) assert.deepEqual(where, [], `${name} lies somewhere in clear`);
  // The same search finds what is meant to be there, so finding nothing above means something.
  assert.ok(
    control?.some((path) => path.startsWith('postgres')),
    'the control is found in the tables',
  );
  assert.ok(
    workflow?.some((path) => path.startsWith('temporal')),
    'and Temporal keeps the reset by its id',
  );
  const history = historyText(await world.temporal.history(reset));
  assert.ok(history.includes('"step":"choose-password"'), 'the history is readable');
  for (const secret of Object.values(secrets)) assert.ok(!history.includes(secret), 'nor does an exported history');
});
