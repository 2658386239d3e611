import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { codeAt } from '#activities/verify/one-time-code.ts';
import { container, newSealing } from '#test/tokens/a-container.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { claimant, freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { tokenCommand } from './token-command.ts';

const world = useWorld();
const sealing = newSealing();
const secret = randomBytes(20);
const shows = (counter: number): string => codeAt({ secret, algorithm: 'sha1', digits: 6 }, counter);

const token = (args: string[], lines: string[] = []) => tokenCommand(world.stack.state)(args, lines);

const rules = `rules:
${privilegedRule}
  - id: token
    when: { protected: false }
    accept: [{ name: a code and the token, proofs: [recovery-code], factors: [hardware-token] }]
    approvals: []`;

test('a token comes in a file, goes to somebody at the help desk, resets their password, and is lost', async () => {
  const { people, stack } = world;
  const file = join(stack.state, 'tokens.xml');
  writeFileSync(file, container([{ serial: '7001', secret, kind: 'hotp' }], sealing));
  const bringing = await token(['import', file, '--by', 'lena.fischer'], [await people.code('lena.fischer')]);
  assert.equal(bringing.code, 0, bringing.said);
  const id = /--confirm ([0-9a-f-]{36})/.exec(bringing.said)?.[1] ?? '';
  const key = sealing.key.toString('hex');
  const alone = await token(['import', '--confirm', id, '--by', 'lena.fischer'], [await people.code('lena.fischer'), key]);
  assert.equal(alone.code, 1);
  assert.match(alone.said, /another person has to bring its key/);
  const confirmed = await token(['import', '--confirm', id, '--by', 'oskar.lindqvist'], [await people.code('oskar.lindqvist'), key]);
  assert.match(confirmed.said, /^1 tokens are in stock/, confirmed.said);

  const typed = [await people.code('jonas.berg'), await people.recoveryCode('bilal.osman'), shows(41), shows(42)];
  const assigned = await token(['assign', '7001', 'bilal.osman', '--by', 'jonas.berg'], typed);
  assert.equal(assigned.code, 0, assigned.said);
  assert.match((await token(['list'])).said, /7001 +oath\.XX +hotp, 6 digits +assigned +bilal\.osman since/);

  await underPolicy(stack, rules, async () => {
    const who = claimant(stack.run);
    await who.name('bilal.osman');
    assert.equal((await who.prove(await people.recoveryCode('bilal.osman'))).body.next.step, 'factor');
    const used = await who.factor(shows(42));
    assert.equal(used.body.code, 'factor-not-accepted', used.text);
    const app = await who.factor(await people.code('bilal.osman'));
    assert.deepEqual([app.body.next.step, app.body.next.choices], ['factor', ['hardware-token']], app.text);
    const passed = await who.factor(shows(45));
    assert.equal(passed.body.next.step, 'choose-password', passed.text);
    const password = freshPassword();
    assert.equal((await who.choose(password)).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done');
    assert.equal((await people.bind('bilal.osman', password)).answer, 'ok');
    const [intent] = await people.sql<{ body: string }>(
      `SELECT body FROM attestation WHERE reset_id = $1::uuid AND kind = 'factor' AND body LIKE '%hardware-token%'`,
      [await world.resetId(who.reference)],
    );
    assert.ok(intent, 'the verifier signed which factor it was');
    who.close();
  });

  const resynced = await token(['resync', '7001', '--by', 'jonas.berg'], [await people.code('jonas.berg'), shows(900), shows(901)]);
  assert.equal(resynced.code, 0, resynced.said);
  const lost = await token(['lost', '7001', '--by', 'jonas.berg'], [await people.code('jonas.berg')]);
  assert.equal(lost.code, 0, lost.said);
  assert.match((await token(['list', '--state', 'lost'])).said, /7001/);
});

test('what is wrong is said in a sentence that names what to do', async () => {
  const { people, stack } = world;
  const csv = join(stack.state, 'tokens.csv');
  writeFileSync(csv, `Serial,Seed\n1,${randomBytes(20).toString('hex')}\n`);
  const columns = await token(['import', csv, '--by', 'lena.fischer']);
  assert.equal(columns.code, 1);
  assert.match(columns.said, /--serial-column <name>.*The columns of .* are: Serial, Seed/s);
  assert.match((await token(['import', '--by', 'lena.fischer'])).said, /Name a file to bring/);
  assert.match((await token(['lost', '9999', '--by', 'jonas.berg'])).said, /Nothing was typed for/);
  const unknown = await token(['lost', '9999', '--by', 'jonas.berg'], [await people.code('jonas.berg')]);
  assert.match(unknown.said, /No token has this serial number/);
  const stranger = await token(['lost', '9999', '--by', 'alice.moreau'], [await people.code('alice.moreau')]);
  assert.match(stranger.said, /Your roles do not include this/);
});
