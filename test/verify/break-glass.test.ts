import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { BREAK_GLASS_TAG, breakGlassLines, breakGlassStatement, REVIEW_TAG, reviewStatement } from '#domain/break-glass-statement.ts';
import { shownText } from '#domain/decision-statement.ts';
import type { Operation } from '#domain/operation.ts';
import { signStatement } from '#evidence/attestation.ts';
import { commitment } from '#evidence/leaf.ts';
import { reviewsClosed } from '#ops/live-audit/reviews.ts';
import { signedDecisions } from '#prisma/decision-text.ts';
import { closedReview } from '#prisma/review-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { hexSha256, type SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, decided, keyOf, PAGE, signature } from './keys.ts';
import { codeNow, enrolled, identified, person, seal, useVerifier, type Enrolled, type OpenReset } from './world.ts';

interface Officer extends Enrolled {
  key: SoftPasskey;
}

const world = await useVerifier();
const reason = hexSha256(Buffer.from('the manager is not to be reached'));
async function officer(name: string, facts: object = {}): Promise<Officer> {
  const who = await enrolled(world, person(name, { groups: ['S-CS-Security-Officers'], ...facts }), 2);
  return { ...who, key: await keyOf(world, who) };
}
const [olga, otto, omar] = [await officer('olga'), await officer('otto'), await officer('omar', { employeeId: '7' })];
const [ines, auditor] = [await officer('ines', { groups: ['S-CS-Approvers'] }), await officer('aude', { groups: ['S-CS-Auditors'] })];
const second = await officer('omar-adm', { employeeId: '7', groups: ['S-CS-Auditors', 'S-CS-Security-Officers'] });
const asked = { protectedBy: 'Domain Admins', managerGuid: ines.guid };
const rosa = await enrolled(world, person('rosa', asked));
for (const name of ['samir', 'tilda']) await enrolled(world, person(name, asked));

/** Whose second account the directory says it is from now on. */
function link(account: Officer, whose?: Enrolled): void {
  const owners = whose ? [{ names: 'account' as const, value: whose.dn }] : [];
  world.directory.set(account.guid, { ...account, owners } as Officer);
}

async function waiting(account = 'rosa'): Promise<OpenReset> {
  const reset = await identified(world, account);
  // As the worker keeps it.
  await world.superuser.reset.update({ where: { id: reset.reset }, data: { runId: reset.run } });
  assert.equal((await world.verifier.requestApprovals({ ...reset, account: reset.account ?? '' })).outcome, 'requested');
  return reset;
}

interface Bending {
  unwitnessed?: boolean;
  said?: object;
  sealed?: object;
  asked?: object;
  key?: SoftPasskey;
  tag?: string;
  updateId?: string;
}

/** One officer signs as the console has them sign; answers whether it is given now, or the refusal. */
async function broken(reset: OpenReset, who: Officer, bent: Bending = {}): Promise<string> {
  const { unwitnessed = false } = bent;
  const row = await world.api.reset.findUniqueOrThrow({ where: { id: reset.reset } });
  const glass = await world.api.breakGlass.findUnique({ where: { resetId: reset.reset } });
  const ceremony = await begun(world, who, `break-glass/${glass?.id}`);
  const salt = randomBytes(16);
  const facts = {
    operation: row.operation as Operation,
    displayName: row.displayName ?? '',
    accountName: row.accountName ?? '',
    account: reset.account ?? '',
  };
  const lines = breakGlassLines({ ...row, ...facts, reset: reset.reset, proofs: [], factors: [] }, { officers: 2, unwitnessed });
  const statement = {
    ...breakGlassStatement({
      breakGlass: glass?.id ?? '',
      reset: reset.reset,
      run: reset.run,
      account: reset.account ?? '',
      operation: row.operation as Operation,
      officer: who.guid,
      unwitnessed,
      reason,
      policy: { sha256: row.policySha256 ?? '', rule: row.ruleId ?? '' },
      shown: commitment(shownText(lines), salt),
      nonce: ceremony.ceremony,
      notAfter: ceremony.notAfter,
      evidence: null,
    }),
    ...bent.said,
  };
  const assertion = assertionOf(bent.key ?? who.key, statement, PAGE, bent.tag ?? BREAK_GLASS_TAG);
  const typed = { ceremony: ceremony.ceremony, salt: salt.toString('base64'), evidence: null, assertion };
  const value = { ...typed, officer: who.guid, unwitnessed, reason, ...bent.sealed };
  const sealed = await seal(world, 'break-glass', reset.reset, value);
  const message = { officer: who.guid, unwitnessed, reason, updateId: bent.updateId ?? randomUUID(), sealed, ...bent.asked };
  const answer = await world.verifier.breakGlass({ ...reset, account: reset.account ?? '', ...message });
  return answer.outcome === 'refused' ? answer.code : answer.given ? 'given' : 'opened';
}

async function closed(reset: OpenReset, who: Officer, bent: { judgement?: 'not-justified'; key?: SoftPasskey } = {}): Promise<string> {
  const review = await world.api.review.findFirstOrThrow({ where: { resetId: reset.reset }, orderBy: { openedAt: 'desc' } });
  const ceremony = await begun(world, who, `review/${review.id}`);
  const finding = hexSha256(Buffer.from('the manager was ill'));
  const said = { review: review.id, reset: reset.reset, judgement: 'justified' as const, finding };
  const assertion = assertionOf(bent.key ?? who.key, reviewStatement(ceremony, said), PAGE, REVIEW_TAG);
  const request = randomUUID();
  const { judgement = 'justified' } = bent;
  const value = { account: who.guid, ceremony: ceremony.ceremony, review: review.id, judgement, finding, assertion };
  const answer = await world.verifier.closeReview({ request, account: who.guid, sealed: await seal(world, 'review', request, value) });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

const leavesOf = async (reset: OpenReset) =>
  (await world.superuser.leaf.findMany({ where: { resetId: reset.reset }, orderBy: { seq: 'asc' } })).map(
    ({ type, outcome }) => `${type} ${outcome}`,
  );

test('two officers sign, each with their own key; the first opens a review, the second lets the reset go on', async () => {
  const reset = await waiting();
  assert.equal(await broken(reset, olga), 'opened');
  assert.equal(await broken(reset, otto), 'given');
  assert.deepEqual((await leavesOf(reset)).slice(-5), [
    'break-glass.signed success',
    'review.opened success',
    'alarm.raised success',
    'break-glass.signed success',
    'alarm.raised success',
  ]);
  const rows = await world.superuser.attestation.findMany({ where: { resetId: reset.reset } });
  const statements = rows.flatMap(({ body, signature: bytes }) => readStatement(body, bytes, world.deps.keys.checking) ?? []);
  const signatures = statements.filter((one) => one.kind === 'break-glass');
  assert.equal(signatures.length, 2);
  assert.equal(
    signedDecisions(statements, world.deps.keys.checking, world.deps.relyingParty).size,
    2,
    'whoever has the key checks them again',
  );
  const bent = statements.map((one) => (one.kind === 'break-glass' ? { ...one, unwitnessed: true } : one));
  assert.equal(signedDecisions(bent, world.deps.keys.checking).size, 0, 'a verifier that makes more of it is found');
  const glass = await world.api.breakGlass.findUniqueOrThrow({ where: { resetId: reset.reset } });
  assert.deepEqual([glass.state, glass.signers], ['given', [olga.guid, otto.guid]]);
  assert.ok(glass.expiresAt && glass.openedAt && glass.expiresAt.getTime() - glass.openedAt.getTime() === 3_600_000);
});

test('a signature under break-glass counts for one officer, one reset and just what was said', async () => {
  const [reset, other] = [await waiting(), await waiting('samir')];
  const lies: [string, Bending, string][] = [
    ['a decision in its place', { said: { type: 'decision' } }, 'passkey-not-accepted'],
    ['signed as a decision', { tag: 'countersign/decision/v1\0' }, 'passkey-not-accepted'],
    ['another reset', { said: { reset: other.reset } }, 'passkey-not-accepted'],
    ['another run', { said: { run: randomUUID() } }, 'passkey-not-accepted'],
    ['more than was shown', { said: { unwitnessed: true } }, 'passkey-not-accepted'],
    ['another officer', { said: { officer: otto.guid } }, 'passkey-not-accepted'],
    ["another officer's key", { key: otto.key }, 'passkey-not-accepted'],
    ['another reason', { sealed: { reason: hexSha256(Buffer.from('other')) } }, 'ceremony-over'],
    ['a worker that makes more of it', { asked: { unwitnessed: true } }, 'ceremony-over'],
    ['a worker that names another officer', { asked: { officer: otto.guid } }, 'ceremony-over'],
    ['a code in the place of a key', { sealed: { assertion: undefined, totp: codeNow(olga) } }, 'ceremony-over'],
  ];
  for (const [lie, bent, expected] of lies) assert.equal(await broken(reset, olga, bent), expected, lie);
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'break-glass' } }), 0);
  assert.equal(await world.superuser.review.count({ where: { resetId: reset.reset } }), 0, 'nothing was opened');
  olga.key.flags.userVerified = false;
  assert.equal(await broken(reset, olga), 'passkey-not-verified');
  olga.key.flags.userVerified = true;
});

test('who may not sign hears why: once each, no claimant, no approver, nobody who came later, and only where the rule allows it', async () => {
  const reset = await waiting();
  assert.equal(await broken(reset, ines), 'officer-needed');
  const late = await officer('lars');
  assert.equal(await broken(reset, late), 'eligible-too-late');
  assert.equal(await broken(reset, olga, { updateId: 'first' }), 'opened');
  assert.equal(await broken(reset, olga, { updateId: 'first' }), 'opened', 'the same request again is the same signature');
  assert.equal(await broken(reset, olga), 'already-decided');
  assert.equal(await broken(reset, otto, { unwitnessed: true }), 'break-glass-differs');
  assert.equal(await broken(reset, omar), 'given');
  assert.equal(await broken(await waiting(), omar), 'opened');

  const own = await officer('oda', asked);
  assert.equal(await broken(await waiting('oda'), own), 'own-account');
  const twin = await enrolled(world, person('tilda-adm', { employeeId: '99', protectedBy: 'Domain Admins', managerGuid: ines.guid }));
  const hers = await officer('tilda-sec', { employeeId: '99' });
  assert.equal(await broken(await waiting(twin.samAccountName), hers), 'own-account');

  const gone = await waiting('samir');
  world.directory.set(otto.guid, { ...otto, groups: [] });
  assert.equal(await broken(gone, otto), 'officer-needed', 'by the directory as it is now');
  world.directory.set(otto.guid, { ...otto, enabled: false });
  assert.equal(await broken(gone, otto), 'approver-not-active');
  world.directory.set(otto.guid, otto);

  const approving = { reset: gone, approver: ines, stage: 0, decision: 'approve' as const, reason };
  assert.equal(await decided(world, approving, await signature(world, ines.key, approving)), 'approve');
  const asOfficer = { ...approving, approver: olga, stage: 1 };
  assert.equal(await decided(world, asOfficer, await signature(world, olga.key, asOfficer)), 'approve');
  assert.equal(await broken(gone, olga, { unwitnessed: true }), 'already-decided', 'who approved is no second pair of eyes');

  const denied = await waiting('tilda');
  const denying = { ...approving, reset: denied, decision: 'deny' as const };
  assert.equal(await decided(world, denying, await signature(world, ines.key, denying)), 'deny');
  assert.equal(await broken(denied, olga), 'break-glass-closed', 'one no ends it, whoever else says yes');

  await enrolled(world, person('alma'));
  assert.equal(await broken(await identified(world, 'alma'), olga), 'break-glass-not-allowed');
  await codes(world, olga);
});

test('two accounts are one officer, whichever link says so and whenever it is taken away or made', async () => {
  const reset = await waiting();
  assert.equal(await broken(reset, olga), 'opened');
  link(otto, olga);
  assert.equal(await broken(reset, otto), 'already-decided', 'made after the request');
  link(otto, rosa);
  assert.equal(await broken(reset, otto), 'own-account', 'nor for an account of their own');
  link(otto, olga);
  const linked = await waiting('samir');
  link(otto);
  assert.equal(await broken(linked, olga), 'opened');
  assert.equal(await broken(linked, otto), 'already-decided', 'one person when approval was asked for');
  assert.equal(await broken(reset, otto), 'given');

  const ended = { id: { in: [reset.reset, linked.reset] } };
  await world.superuser.reset.updateMany({ where: ended, data: { endedAt: new Date() } });
  for (const whose of [rosa, olga, otto]) {
    link(auditor, whose);
    assert.equal(await closed(reset, auditor), 'review-third-person', `nobody closes it by another account of ${whose.displayName}`);
  }
  link(auditor);
  world.directory.delete(olga.guid);
  assert.equal(await closed(linked, otto), 'review-third-person', 'who left was one person with them when approval was asked for');
  world.directory.set(olga.guid, olga);
  await world.superuser.review.updateMany({ where: { resetId: linked.reset }, data: { id: randomUUID() } });
  assert.equal(await closed(linked, auditor), 'not-found', 'a review that no officer’s signature opened is nobody’s to close');
});

test('signatures that have run out count no more, and the same officers may sign anew', async () => {
  const reset = await waiting();
  assert.equal(await broken(reset, olga), 'opened');
  // An hour and a minute later, as the verifier would have signed it then.
  const row = await world.superuser.attestation.findFirstOrThrow({ where: { resetId: reset.reset, kind: 'break-glass' } });
  const body = JSON.parse(row.body) as { at: string };
  const moved = { ...body, at: new Date(Date.parse(body.at) - 3_660_000).toISOString() };
  const { text, signature: bytes } = signStatement(moved, world.deps.keys.signing);
  await world.superuser.attestation.updateMany({ where: { id: row.id }, data: { body: text, signature: new Uint8Array(bytes) } });
  assert.equal(await broken(reset, otto), 'opened');
  assert.equal(await broken(reset, olga), 'given');
  const alarms = await world.superuser.alarm.findMany({ where: { resetId: reset.reset }, orderBy: { id: 'asc' } });
  assert.deepEqual(
    alarms.map(({ kind }) => kind),
    ['break-glass-begun', 'break-glass-begun', 'break-glass-given'],
    'a second beginning calls as the first did',
  );
  assert.equal(await world.superuser.review.count({ where: { resetId: reset.reset } }), 1, 'one review looks at all of it');
});

test('a review is closed once, by a third person with their own key, when there is an end to judge', async () => {
  const reset = await waiting();
  assert.equal(await broken(reset, omar), 'opened');
  assert.equal(await closed(reset, auditor), 'review-too-early');
  await world.superuser.reset.update({ where: { id: reset.reset }, data: { endedAt: new Date() } });
  assert.equal(await closed(reset, omar), 'review-third-person');
  assert.equal(await closed(reset, second), 'review-third-person', 'nor by another account of theirs');
  assert.equal(await closed(reset, ines), 'role-needed');
  assert.equal(await closed(reset, auditor, { key: ines.key }), 'passkey-not-accepted');
  assert.equal(
    await closed(reset, auditor, { judgement: 'not-justified' }),
    'passkey-not-accepted',
    'nobody on the way turns the judgement round',
  );
  assert.equal(await closed(reset, auditor), 'done');
  assert.equal(await closed(reset, olga), 'review-closed');
  const review = await world.api.review.findFirstOrThrow({ where: { resetId: reset.reset } });
  assert.deepEqual([review.state, review.judgement, review.closedBy], ['closed', 'justified', auditor.guid]);
  assert.equal((await leavesOf(reset)).filter((leaf) => leaf === 'review.closed success').length, 1);

  const nextMonth = new Date(Date.now() + 30 * 86_400_000);
  const overdue = async () => reviewsClosed(world.superuser, world.deps.keys.checking, nextMonth);
  const { verdict, said } = await overdue();
  assert.equal(verdict, 'incomplete', 'those that nobody closed are overdue a week later');
  assert.ok(!said.includes(review.id), 'this one was closed');
  const leaf = await world.superuser.leaf.findFirstOrThrow({ where: { type: 'review.closed', resetId: reset.reset } });
  const bent = leaf.body.replace('"judgement":"justified"', '"judgement":"not-justified"');
  const { do: facts } = JSON.parse(bent) as { do: { signed: { text: string } } };
  assert.equal(
    closedReview(facts.signed, world.deps.keys.checking)?.judgement,
    'justified',
    'what was signed stands, whatever the leaf beside it says',
  );
  assert.equal(
    closedReview({ ...facts.signed, text: facts.signed.text.replace('justified', 'not-justified') }, world.deps.keys.checking),
    undefined,
  );
});
