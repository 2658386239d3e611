import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { CODE_SYMBOLS, codeFromBytes } from '#domain/codes.ts';
import { signStatement } from '#evidence/attestation.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { appsOf, shows, ticketFor } from './own-factors.ts';
import { approve, approved, back, fresh, later, lost, objected, officerSince, replaced, say, waits, type Lost } from './lost-factors.ts';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier } from './world.ts';

const DAY = 86_400;
const world = await useVerifier();
const ines = await officerSince(world, 'ines');
const quentin = await officerSince(world, 'quentin');
const alice = await enrolled(world, person('alice', { managerGuid: ines.guid }), 9);
const bilal = await enrolled(world, person('bilal', { managerGuid: ines.guid }), 9);
const carla = await enrolled(world, person('carla', { managerGuid: ines.guid }), 9);
const rosa = await enrolled(world, person('rosa', { managerGuid: ines.guid, protectedBy: 'Domain Admins' }), 9);

const kinds = async ({ reset }: Lost): Promise<string[]> =>
  (await world.superuser.attestation.findMany({ where: { resetId: reset }, orderBy: { at: 'asc' } })).map(({ kind }) => kind);
const leavesOf = async ({ reset }: Lost, type: string) =>
  (await world.superuser.leaf.findMany({ where: { resetId: reset, type }, orderBy: { seq: 'asc' } })).map(({ outcome, reason, body }) => ({
    outcome,
    reason,
    do: (JSON.parse(body) as { do: Record<string, unknown> }).do,
  }));

test('whoever has lost everything, was seen in person and approved, waits, comes back and holds new factors; all from before is ended and burned', async () => {
  const reset = await lost(world, 'alice');
  await approved(world, reset, ines);
  assert.equal(await waits(world, reset), 'begun');
  assert.equal(await waits(world, reset), 'begun', 'asked twice, it begins once');
  await later(world, reset, DAY + 60);
  assert.equal(await back(world, reset, 'alice'), 'passed');
  const before = (await appsOf(world, alice)).map(({ id }) => id);
  const unused = await ticketFor(world, 'alice');
  const set = fresh();
  const updateId = randomUUID();
  assert.equal(await replaced(world, reset, set, { updateId }), 'replaced');
  assert.equal(await replaced(world, reset, set, { updateId }), 'replaced', 'a retry learns the same');
  assert.deepEqual(await kinds(reset), ['identified', 'proof', 'operation', 'approvers', 'decision', 'cooling-off', 'proof', 'replaced']);

  const [done] = await leavesOf(reset, 'factors.replaced');
  assert.equal(done?.outcome, 'success');
  assert.deepEqual([done.do['track'], done.do['binding'], done.do['recovery_codes']], ['RECOVER', 'replacing', 10]);
  for (const type of ['factors.lost', 'replacement.waits']) assert.equal((await leavesOf(reset, type))[0]?.do['track'], 'RECOVER', type);
  const apps = await appsOf(world, alice);
  assert.deepEqual(
    apps.map(({ id, endedAt, binding }) => [before.includes(id), endedAt !== null, binding]),
    [
      [true, true, null],
      [false, false, 'replacing'],
    ],
  );

  // What was lost stays lost, also for whoever edits the tables: the row is made whole again and the code is right.
  await world.superuser.totp.updateMany({ where: { id: { in: before } }, data: { endedAt: null, disabledAt: null, lastStep: null } });
  const again = await identified(world, 'alice');
  assert.equal(await prove(world, again, alice.recoveryCodes[0] ?? ''), 'failed', 'an old recovery code');
  assert.equal(await prove(world, again, unused, randomUUID(), 'issued-code'), 'failed', 'a code of the help desk from before');
  assert.equal(await prove(world, again, set.recoveryCodes[0] ?? ''), 'passed');
  assert.equal(await factor(world, again, codeNow(alice)), 'failed', 'the old app');
  assert.equal(await factor(world, again, shows(set.app, 1)), 'passed', 'the new app');
});

test('nothing counts early, whatever the worker says and however often: not without approvals, the wait, or the return', async () => {
  const reset = await lost(world, 'bilal');
  assert.equal(await waits(world, reset), 'evidence-missing', 'nobody was asked');
  assert.equal(await replaced(world, reset), 'evidence-missing');
  // A refusal to begin is an outcome that stands: the worker has to ask for a new reset.
  const second = await lost(world, 'bilal');
  await approved(world, second, ines);
  assert.equal(await replaced(world, second), 'evidence-missing', 'no wait has begun');
  assert.equal(await waits(world, second), 'begun');
  assert.equal(await back(world, second, 'bilal'), 'passed', 'to look how far it is');
  assert.equal(await replaced(world, second), 'replacement-waits');
  await later(world, second, DAY - 60);
  assert.equal(await replaced(world, second), 'replacement-waits', 'a minute is left');
  await later(world, second, 120);
  assert.equal(await replaced(world, second), 'return-needed', 'who was back before its end was not back after it');
  assert.equal(await back(world, second, 'bilal', 'ABCD-EFGH-JKMN-PQRS'), 'failed');
  assert.equal(await back(world, second, 'bilal'), 'passed');
  assert.equal(await replaced(world, second, fresh(), { code: '000000' }), 'app-code-not-accepted');
  await later(world, second, 1860);
  assert.equal(await replaced(world, second), 'return-needed', 'an abandoned computer is no return');
  assert.deepEqual(
    (await appsOf(world, bilal)).map(({ endedAt }) => endedAt),
    [null],
  );
  assert.equal(await back(world, second, 'bilal'), 'passed');
  assert.equal(await replaced(world, second), 'replaced');
  const refused = (await leavesOf(second, 'factors.replaced')).filter(({ outcome }) => outcome === 'denied').map(({ reason }) => reason);
  assert.deepEqual(refused.length, 6, 'every attempt is on record');
});

test('rows that were written or edited by hand count for nothing', async () => {
  const reset = await lost(world, 'bilal');
  await approved(world, reset, ines);
  const [decision] = await world.superuser.attestation.findMany({ where: { resetId: reset.reset, kind: 'decision' } });
  assert.ok(decision);
  await world.superuser.attestation.deleteMany({ where: { id: decision.id } });
  const forged = { ...(JSON.parse(decision.body) as object), id: randomUUID(), kind: 'cooling-off', until: new Date().toISOString() };
  await world.superuser.attestation.create({ data: { ...decision, id: randomUUID(), kind: 'cooling-off', body: JSON.stringify(forged) } });
  assert.equal(await waits(world, reset), 'evidence-missing', 'the decision is gone');
  assert.equal(await replaced(world, reset), 'evidence-missing', 'a wait that nobody signed');
  // The claim in the reset's own row is the API's and the worker's business; the verifier judges by what it signed.
  const other = await identified(world, 'bilal');
  const open = { ...other, account: other.account ?? '' };
  assert.equal(await prove(world, open, await ticketFor(world, 'bilal'), randomUUID(), 'issued-code'), 'passed');
  await world.superuser.reset.update({ where: { id: open.reset }, data: { operation: 'replace-factors' } });
  assert.equal(await back(world, open, 'bilal'), 'failed', 'a code of the help desk alone brings nobody back to another reset');
});

test('a decision about a password approves no replacement, nor one that was replayed from another reset', async () => {
  const [first, second] = [await lost(world, 'bilal'), await lost(world, 'bilal')];
  await approved(world, first, ines);
  assert.equal((await world.verifier.requestApprovals(second)).outcome, 'requested');
  const rows = await world.superuser.attestation.findMany({ where: { resetId: first.reset, kind: 'decision' } });
  for (const row of rows) {
    await world.superuser.attestation.create({ data: { ...row, id: randomUUID(), resetId: second.reset } });
    // Even where the verifier's own key were made to sign it for the other reset, the approver's signature is over the first.
    const body = { ...(JSON.parse(row.body) as object), id: randomUUID(), reset: second.reset, run: second.run } as never;
    const { text, signature } = signStatement(body, world.deps.keys.signing);
    await world.superuser.attestation.create({
      data: { ...row, id: randomUUID(), resetId: second.reset, body: text, signature: new Uint8Array(signature) },
    });
  }
  assert.equal(await waits(world, second), 'evidence-missing');
});

test('who issued the code approves nothing, neither before the wait nor by the code of the return', async () => {
  const agent = await officerSince(world, 'olga');
  world.directory.set(agent.guid, { ...agent, groups: [...agent.groups, 'S-CS-Help-Desk'] });
  world.directory.set(bilal.guid, { ...bilal, managerGuid: agent.guid });
  const reset = await lost(world, 'bilal', await ticketBy(agent.guid));
  assert.equal((await world.verifier.requestApprovals(reset)).outcome, 'no-approver', 'the only one who could approve has issued the code');
  const second = await lost(world, 'bilal');
  await approved(world, second, agent);
  assert.equal(await waits(world, second), 'begun');
  await later(world, second, DAY + 60);
  assert.equal(await back(world, second, 'bilal', await ticketBy(agent.guid)), 'passed');
  assert.equal(await replaced(world, second), 'issued-the-code');
  world.directory.set(bilal.guid, bilal);
});

async function ticketBy(issuer: string): Promise<string> {
  const [request, code] = [randomUUID(), codeFromBytes(randomBytes(CODE_SYMBOLS))];
  const sealed = await seal(world, 'issued-code', request, { account: 'bilal', code, issuer });
  const answer = await world.verifier.storeIssuedCode({ request, issuer, checked: ['identity-document'], sealed });
  assert.equal(answer.outcome, 'issued');
  return code;
}

test('whose account it is objects at any moment before it is done: it ends for good, and the officers are called', async () => {
  const reset = await lost(world, 'bilal');
  await approved(world, reset, ines);
  assert.equal(await waits(world, reset), 'begun');
  assert.equal(await objected(world, reset, alice.guid), 'service-unavailable', 'nobody objects in the name of another');
  const updateId = randomUUID();
  assert.equal(await objected(world, reset, bilal.guid, updateId), 'confirmed');
  assert.equal(await objected(world, reset, bilal.guid, updateId), 'confirmed');
  assert.equal(await objected(world, reset), 'confirmed', 'one is as good as two');
  assert.deepEqual(
    (await kinds(reset)).filter((kind) => kind === 'objection'),
    ['objection'],
  );
  assert.equal(await world.superuser.alarm.count({ where: { kind: 'replacement-objected', subject: reset.reset } }), 1);
  await later(world, reset, DAY + 60);
  assert.equal(await back(world, reset, 'bilal'), 'passed');
  assert.equal(await replaced(world, reset), 'replacement-objected');
});

test('an objection that comes too late, or about a reset of the password, is told so', async () => {
  const reset = await identified(world, 'bilal');
  assert.equal(await objected(world, { ...reset, account: reset.account ?? '' }), 'objection-too-late');
});

test('a protected account takes two people with keys and a longer wait, and its new app cools off before it serves', async () => {
  const reset = await lost(world, 'rosa');
  assert.equal((await world.verifier.requestApprovals(reset)).outcome, 'requested');
  assert.equal(await approve(world, reset, ines, 0), 'approve');
  const half = await lost(world, 'rosa');
  await approved(world, half, ines);
  assert.equal(await waits(world, half), 'evidence-missing', 'one of two');
  assert.equal(await approve(world, reset, ines, 1), 'already-decided');
  assert.equal(await approve(world, reset, quentin, 1), 'approve');
  assert.equal(await waits(world, reset), 'begun');
  await later(world, reset, DAY + 60);
  assert.equal(await back(world, reset, 'rosa'), 'passed');
  assert.equal(await replaced(world, reset), 'replacement-waits', 'three days');
  await later(world, reset, 2 * DAY);
  assert.equal(await back(world, reset, 'rosa'), 'passed');
  const set = fresh();
  assert.equal(await replaced(world, reset, set), 'replaced');
  const next = await identified(world, 'rosa');
  assert.equal(await prove(world, next, set.recoveryCodes[0] ?? ''), 'passed');
  assert.equal(await factor(world, next, shows(set.app, 1)), 'refused', 'it is too new');
  assert.equal((await appsOf(world, rosa)).filter(({ endedAt }) => endedAt === null).length, 1);
});

test('that everything is lost is said after a proof only, by whoever may, and nothing of it is then good for a password', async () => {
  const unproven = await identified(world, 'carla');
  const open = { ...unproven, account: unproven.account ?? '' };
  assert.equal(await say(world, open), 'not-now');
  assert.equal(await prove(world, open, carla.recoveryCodes[0] ?? ''), 'passed');
  assert.equal(await say(world, open, 'unlock'), 'not-now', 'sealed as something else');
  assert.equal(await say(world, open), 'lost');
  // The demo bank takes a code of the help desk for it, not one from paper: the sheet may be what was stolen.
  assert.equal((await world.verifier.requestApprovals(open)).outcome, 'requested');
  assert.equal(await approve(world, open, ines, 0), 'approve');
  assert.equal(await waits(world, open), 'evidence-missing');
  const rows = await world.superuser.attestation.findMany({ where: { resetId: open.reset } });
  const said = rows.flatMap(({ body, signature }) => readStatement(body, signature, world.deps.keys.checking) ?? []);
  assert.equal(said.length, rows.length, 'writers and auditors read every statement');
});
