import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeFromBytes, REFERENCE_SYMBOLS } from '#domain/codes.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();
const [ines, helena, nadia] = [randomUUID(), randomUUID(), randomUUID()];
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

interface Row {
  from?: string;
  to?: string;
  scope?: object | 'all';
  since?: Date;
  until?: Date;
  withdrawnBy?: string;
  officers?: string[];
}

async function aDelegation({
  from = ines,
  to = helena,
  scope = 'all',
  since = hours(-1),
  until = hours(24),
  withdrawnBy,
  officers = [],
}: Row = {}) {
  const id = randomUUID();
  await app.owner.delegation.create({
    data: {
      id,
      fromGuid: from,
      toGuid: to,
      scope,
      since,
      until,
      madeAt: hours(-2),
      method: 'passkey',
      signature: new Uint8Array(64),
      fromName: 'Inês Duarte',
      toName: 'Helena Voß',
      scopeNames: scope === 'all' ? [] : ['Tellers'],
      officerNames: officers,
      ...(withdrawnBy ? { withdrawnAt: new Date(), withdrawnBy } : {}),
    },
  });
  return id;
}

/** A reset that waits for a stage that was asked of `eligible`, about an account that stood there in the directory. */
async function waiting(eligible: string, dn: string, groups: string[] = []): Promise<{ approval: string; reset: string }> {
  const [approval, reset] = [randomUUID(), uuidv7()];
  await app.owner.reset.create({
    data: {
      id: reset,
      runId: randomUUID(),
      reference: codeFromBytes(randomBytes(REFERENCE_SYMBOLS)),
      browserHash: new Uint8Array(32),
      state: 'awaiting-approval',
      next: {},
      accountGuid: randomUUID(),
      accountName: 'rosa.klein',
      displayName: 'Rosa Klein',
      source: '127.0.0.1',
      approvals: {
        create: {
          id: approval,
          stage: 0,
          label: 'manager',
          state: 'waiting',
          eligible: [eligible],
          eligibleNames: ['Inês Duarte'],
          claimantDn: dn,
          claimantGroups: groups,
          openedAt: new Date(),
        },
      },
    },
  });
  return { approval, reset };
}

type Item = { id: string; mine: boolean; mayDecide: boolean; inPlaceOf: { delegation: string; name: string } | null; shown: string[] };

async function inboxOf(account: string): Promise<Map<string, Item>> {
  const { body } = await app.ask('GET', '/api/v1/approvals?state=waiting', { headers: await app.signedIn(['approver'], account) });
  return new Map((body['items'] as Item[]).map((item) => [item.id, item]));
}

const TELLER = 'CN=Rosa,OU=Tellers,DC=bank,DC=test';
const ADMIN = 'CN=Samir,OU=Privileged,DC=bank,DC=test';

test('the inbox holds what reaches somebody by a delegation that runs, as far as it goes, and says in whose place', async () => {
  const [teller, admin] = [await waiting(ines, TELLER, ['S-tellers']), await waiting(ines, ADMIN)];
  assert.deepEqual([...(await inboxOf(helena)).keys()], []);
  const id = await aDelegation({ scope: [{ unit: 'OU=Tellers,DC=bank,DC=test' }] });
  await aDelegation({ to: nadia, since: hours(1) });
  await aDelegation({ to: nadia, withdrawnBy: ines });
  const inbox = await inboxOf(helena);
  assert.deepEqual([...inbox.keys()], [teller.approval], 'not what the delegation is not about');
  const item = inbox.get(teller.approval);
  assert.deepEqual([item?.mine, item?.mayDecide, item?.inPlaceOf?.delegation, item?.inPlaceOf?.name], [true, true, id, 'Inês Duarte']);
  assert.match(item?.shown.at(-1) ?? '', /^Decided in the place of Inês Duarte \(.*\), who delegated it until /);
  assert.deepEqual([...(await inboxOf(nadia)).keys()], [], 'neither what is still to begin nor what was withdrawn');
  const own = await inboxOf(ines);
  assert.deepEqual([own.get(teller.approval)?.inPlaceOf, own.get(admin.approval)?.mayDecide], [null, true], 'she still decides herself');

  const headers = await app.signedIn(['approver'], helena);
  assert.equal((await app.ask('GET', '/api/v1/summary', { headers })).body['approvalsWaitingForMe'], 1);
  assert.equal((await app.ask('GET', `/api/v1/resets/${teller.reset}`, { headers })).status, 200);
  assert.equal((await app.ask('GET', `/api/v1/resets/${admin.reset}`, { headers })).status, 404);
  const listed = (await app.ask('GET', '/api/v1/resets', { headers })).body['items'] as { id: string }[];
  assert.deepEqual(
    listed.map((one) => one.id),
    [teller.reset],
  );

  await aDelegation({ to: nadia, scope: [{ group: 'S-tellers' }] });
  assert.deepEqual([...(await inboxOf(nadia)).keys()], [teller.approval]);
});

test('people see what they handed over and what was handed to them, what is over after what runs, and nothing of others', async () => {
  const [me, you, other] = [randomUUID(), randomUUID(), randomUUID()];
  await aDelegation({ from: me, to: you, until: hours(-1), since: hours(-2) });
  await aDelegation({ from: me, to: you, since: hours(24), until: hours(48) });
  await aDelegation({ from: me, to: you, scope: [{ group: 'S-tellers' }] });
  await aDelegation({ from: you, to: me, withdrawnBy: me });
  await aDelegation({ from: you, to: me, until: hours(-24 * 91), since: hours(-24 * 92) });
  await aDelegation({ from: you, to: other });
  const { body } = await app.ask('GET', '/api/v1/delegations', { headers: await app.signedIn(['approver'], me) });
  const shown = (side: string) =>
    (body[side] as { state: string; scope: string[] }[]).map(({ state, scope }) => [state, ...scope].join(' '));
  assert.deepEqual(shown('mine'), ['to-come', 'running Tellers', 'over']);
  assert.deepEqual(shown('toMe'), ['declined']);
});

test('what cannot be a delegation is refused at the door, and nobody but approvers makes one', async () => {
  const headers = await app.signedIn(['approver'], ines);
  const right = { to: 'helena.voss', since: hours(0).toISOString(), until: hours(24).toISOString(), by: { totp: '123456' } };
  const post = (more: object) => app.ask('POST', '/api/v1/delegations', { headers, body: JSON.stringify({ ...right, ...more }) });
  for (const wrong of [
    { to: '' },
    { since: 'tomorrow' },
    { until: undefined },
    { by: {} },
    { groups: Array(21).fill('g') },
    { from: helena },
  ])
    assert.equal((await post(wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await post({})).status, 503, 'what is right goes on to the verifier, which is away here');
  assert.equal((await app.ask('DELETE', `/api/v1/delegations/${randomUUID()}`, { headers, body: '{}' })).status, 400);
  for (const role of ['help-desk', 'auditor', 'administrator', 'operator'] as const) {
    const others = await app.signedIn([role]);
    assert.equal((await app.ask('POST', '/api/v1/delegations', { headers: others, body: JSON.stringify(right) })).status, 403, role);
  }
});

test('what two officers made is shown as theirs: to its delegator, to the stand-in, and in what is signed', async () => {
  const [me, you] = [randomUUID(), randomUUID()];
  const officers = ['Priya Menon', 'Quentin Roux'];
  await aDelegation({ from: me, to: you, officers });
  const { approval } = await waiting(me, TELLER);
  const { body } = await app.ask('GET', '/api/v1/delegations', { headers: await app.signedIn(['approver'], me) });
  assert.deepEqual((body['mine'] as { officers: string[] }[])[0]?.officers, officers);
  const item = (await inboxOf(you)).get(approval);
  assert.match(item?.shown.at(-1) ?? '', /, for whom the security officers Priya Menon and Quentin Roux delegated it until /);
});

test('officers propose what can be a delegation, and read what was proposed with whom the names mean', async () => {
  const officer = randomUUID();
  const headers = await app.signedIn(['approver', 'security-officer'], officer);
  const delegate = {
    from: 'ines',
    to: 'omar',
    groups: [],
    units: [],
    accounts: [],
    since: hours(0).toISOString(),
    until: hours(24).toISOString(),
  };
  const post = (deed: object) =>
    app.ask('POST', '/api/v1/joint-acts', { headers, body: JSON.stringify({ deed, reason: 'r', by: { totp: '123456' } }) });
  for (const wrong of [
    {},
    { delegate: { ...delegate, from: '' } },
    { delegate: { ...delegate, since: 'now' } },
    { delegate, halts: 'all' },
  ])
    assert.equal((await post(wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await post({ delegate })).status, 503, 'what is right goes on to the verifier, which is away here');
  const means = { from: ines, to: helena, scope: 'all' };
  await app.owner.jointAct.create({
    data: {
      id: randomUUID(),
      kind: 'delegation',
      subject: ines,
      state: 'proposed',
      proposal: JSON.stringify({ v: 2, kind: 'delegation-proposed', delegate, means, proposed: {}, expires: '' }),
      proposalSignature: new Uint8Array(64),
      proposer: randomUUID(),
      proposerName: 'Priya Menon',
      proposedAt: new Date(),
      expiresAt: hours(1),
      shown: { from: 'Inês Duarte', to: 'Omar Haddad', scope: [] },
    },
  });
  const { body } = await app.ask('GET', '/api/v1/joint-acts', { headers });
  const [item] = body['items'] as { deed: object; names: { from: string }; mayConfirm: boolean }[];
  assert.deepEqual([item?.deed, item?.names.from, item?.mayConfirm], [{ delegate, means }, 'Inês Duarte', true]);
});
