import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setPassword } from '#activities/directory/set-password.ts';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { countersign } from '#test/support/countersign.ts';
import { turnstile, WentBy, type Role } from '#test/support/holds.ts';
import { kinit } from '#test/support/kerberos.ts';
import { minimumLength } from '#test/support/minimum-length.ts';
import { decide, freshPassword, inboxItem, proven, signedIn, type Claimant } from '#test/support/scenes.ts';
import { sealedAndPublished } from '#test/support/sealed.ts';
import type { PartName } from '#test/support/stack.ts';
import { useWorld } from '#test/support/world.ts';

/** Somebody else may know the old password: from the end of the reset on it is refused everywhere. */
const world = useWorld();
const home = mkdtempSync('/tmp/countersign-old-password-');
after(() => rmSync(home, { recursive: true, force: true }));

/** The account's password is this one, and was not the one before. */
async function knownTo(account: string): Promise<string> {
  const password = freshPassword();
  const guid = await world.people.guid(account);
  for (const one of [freshPassword(), password]) assert.equal((await setPassword(world.directory, guid, one)).outcome, 'applied');
  assert.equal((await world.people.bind(account, password)).answer, 'ok');
  return password;
}

const refusedByKerberos = async (account: string, password: string): Promise<boolean> =>
  !(await kinit(world.stack.state, account, password)).ok;

interface Leaf {
  type: string;
  outcome: string;
  body: string;
}
async function writes(reference: string): Promise<{ said: string; do: Record<string, unknown> }[]> {
  const rows = await world.people.sql<Leaf>(
    `SELECT type, outcome, body FROM leaf WHERE reset_id = $1::uuid AND (type LIKE 'write.%' OR type = 'intent') ORDER BY seq`,
    [await world.resetId(reference)],
  );
  return rows.map(({ type, outcome, body }) => ({
    said: `${type} ${outcome}`,
    do: (JSON.parse(body) as { do: Record<string, unknown> }).do,
  }));
}

const TWO_WRITES = [
  ['intent started', 1, true],
  ['write.started started', 1, true],
  ['write.result success', 1, true],
  ['intent started', 2, undefined],
  ['write.started started', 2, undefined],
  ['write.result success', 2, undefined],
  ['write.verified success', 2, undefined],
];

test('without the box the old password is refused by Kerberos, and still taken by a simple bind', async () => {
  const old = await knownTo('alice.moreau');
  const { who } = await proven(world.stack.run, world.people, 'alice.moreau');
  await who.choose(freshPassword());
  const { state, next } = await who.until('done', 'refused');
  assert.deepEqual([state, next.oldPassword], ['done', undefined]);
  assert.equal(await refusedByKerberos('alice.moreau', old), true);
  assert.equal((await world.people.bind('alice.moreau', old)).answer, 'ok', "for the controller's hour");
});

test('with it the old password is refused at once by both; two writes, each with its intent and its leaves; devices are told to end sessions', async () => {
  const old = await knownTo('bilal.osman');
  const version = await passwordVersion(world.directory, 'bilal.osman');
  const { who } = await proven(world.stack.run, world.people, 'bilal.osman');
  const password = freshPassword();
  const chosen = await who.chooseAndEndOld(password);
  assert.equal(chosen.status, 202, chosen.text);
  assert.match(chosen.body.next.message, /^Your old password is being ended/);
  const { state, next } = await who.until('done', 'refused');
  assert.equal(state, 'done');
  assert.equal(next.oldPassword, 'ended');
  assert.match(next.message, /Your old password is refused from now on/);

  assert.equal((await world.people.bind('bilal.osman', old)).answer, 'wrong');
  assert.equal(await refusedByKerberos('bilal.osman', old), true);
  assert.equal((await world.people.bind('bilal.osman', password)).answer, 'ok');
  assert.equal((await kinit(world.stack.state, 'bilal.osman', password)).ok, true);
  assert.equal(await passwordVersion(world.directory, 'bilal.osman'), version + 2, 'by one with each write');
  assert.deepEqual(
    (await writes(who.reference)).map(({ said, do: facts }) => [said, facts['ordinal'], facts['endOldPassword']]),
    TWO_WRITES,
  );
  const reset = await world.resetId(who.reference);
  const notices = await world.people.sql<{ end_sessions: boolean }>('SELECT end_sessions FROM notice WHERE reset_id = $1::uuid', [reset]);
  assert.ok(notices.length > 0 && notices.every(({ end_sessions: ends }) => ends));

  const auditor = await signedIn(world.stack.run, world.people, 'lena.fischer');
  const shown = await auditor.get<{
    oldPassword: string;
    notices: { endSessions: boolean }[];
    timeline: { type: string; detail?: string }[];
  }>(`/api/v1/resets/${reset}`);
  assert.deepEqual([shown.body.oldPassword, shown.body.notices.every(({ endSessions }) => endSessions)], ['ended', true]);
  const detail = shown.body.timeline.find(({ type }) => type === 'password.chosen')?.detail;
  assert.equal(detail, 'Somebody else may know the old password, so it is ended first.');

  await sealedAndPublished(world, `reset/${reset}`);
  const bundle = join(home, 'standard.zip');
  const made = await countersign(world.stack.state, 'bundle', reset, '--out', bundle);
  assert.equal(made.code, 0, made.stderr);
  const policy = ['--policy', trustPolicyFile(world.stack.state)];
  const verified = await countersign(world.stack.state, 'verify', bundle, ...policy);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  const replayed = await countersign(world.stack.state, 'replay', '--bundle', bundle, ...policy);
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
});

test('a protected account: approved as ever, and the old password is refused at once', async () => {
  const old = await knownTo('rosa.klein');
  const { who } = await proven(world.stack.run, world.people, 'rosa.klein');
  for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
    const http = await signedIn(world.stack.run, world.people, approver);
    const item = await inboxItem(http, who.reference);
    assert.equal((await decide(http, world.people, approver, item?.id ?? '', 'approve')).status, 200);
  }
  await who.until('choosing-password', 'refused');
  const password = freshPassword();
  assert.equal((await who.chooseAndEndOld(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('rosa.klein', old)).answer, 'wrong');
  assert.equal(await refusedByKerberos('rosa.klein', old), true);
  assert.equal((await world.people.bind('rosa.klein', password)).answer, 'ok');
});

test('the directory refuses the second write: back to choosing, told that the old password is dead, and the next choice is written once', async () => {
  const old = await knownTo('goran.petrovic');
  const version = await passwordVersion(world.directory, 'goran.petrovic');
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  await minimumLength(world.directory, 30);
  try {
    assert.equal((await who.chooseAndEndOld(freshPassword())).status, 202);
    const refused = await who.until('choosing-password', 'done', 'refused');
    assert.deepEqual([refused.state, refused.next.reasons, refused.next.oldPassword], ['choosing-password', ['too-short'], 'ended']);
    assert.match(refused.next.message, /^That password cannot be used\. Your old password has been ended and works no more/);
  } finally {
    await minimumLength(world.directory, 8);
  }
  assert.equal(await passwordVersion(world.directory, 'goran.petrovic'), version + 1);
  assert.equal(await refusedByKerberos('goran.petrovic', old), true);
  const password = freshPassword();
  assert.equal((await who.chooseAndEndOld(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal(await passwordVersion(world.directory, 'goran.petrovic'), version + 2, 'the old password is not ended twice');
  assert.equal((await world.people.bind('goran.petrovic', old)).answer, 'wrong');
});

test('who leaves after that is told that they have no password, and so is whoever reads their messages', async () => {
  await knownTo('nadia.rahman');
  const { who } = await proven(world.stack.run, world.people, 'nadia.rahman');
  await minimumLength(world.directory, 30);
  try {
    await who.chooseAndEndOld(freshPassword());
    assert.equal((await who.until('choosing-password', 'done', 'refused')).state, 'choosing-password');
  } finally {
    await minimumLength(world.directory, 8);
  }
  const left = await who.cancel();
  assert.equal(left.status, 200, left.text);
  const { state, next } = await who.until('cancelled');
  assert.deepEqual([state, next.oldPassword], ['cancelled', 'ended']);
  assert.match(next.message, /works no more, and no new one was set\. You cannot sign in until you have one/);
});

/** Plays such a reset, and kills that part where it is about to write the leaf of this number. Tried again when the step went by before it could be held. */
async function killedBefore(account: string, leaf: number, part: PartName, role: Role): Promise<{ who: Claimant; password: string }> {
  for (;;) {
    const { who } = await proven(world.stack.run, world.people, account);
    const password = freshPassword();
    const gate = await turnstile(world, await world.resetId(who.reference));
    const chosen = who.chooseAndEndOld(password);
    try {
      await gate.stopBefore(leaf, role);
    } catch (error) {
      if (!(error instanceof WentBy)) throw error;
      await chosen;
      await who.until('done', 'refused');
      continue;
    }
    await world.stack.kill(part, 'SIGKILL');
    await world.stack.restart(part);
    await gate.release();
    assert.ok((await chosen).status < 300);
    return { who, password };
  }
}

/** Leaves of a standard reset: the result of the throw-away password is the eleventh, then come two of the worker, then the second claim. */
for (const [what, leaf, part, role] of [
  ['the writer, with the throw-away password set and nobody told', 11, 'writer-staff', 'writer_staff'],
  ['the worker, between the two writes', 12, 'worker', 'worker'],
  ['the writer, between the two writes', 14, 'writer-staff', 'writer_staff'],
  ['the writer, with the chosen password set and nobody told', 15, 'writer-staff', 'writer_staff'],
] as const)
  test(`killed: ${what}; each write has one effect, and the old password is refused`, async () => {
    const old = await knownTo('fatima.noor');
    const version = await passwordVersion(world.directory, 'fatima.noor');
    const { who, password } = await killedBefore('fatima.noor', leaf, part, role);
    assert.equal((await who.until('done', 'refused')).state, 'done');
    assert.equal(await passwordVersion(world.directory, 'fatima.noor'), version + 2);
    assert.equal((await world.people.bind('fatima.noor', old)).answer, 'wrong');
    assert.equal((await world.people.bind('fatima.noor', password)).answer, 'ok');
    const made = (await writes(who.reference)).filter(({ said }) => said === 'write.result success');
    assert.deepEqual(
      made.map(({ do: facts }) => facts['ordinal']),
      [1, 2],
    );
  });
