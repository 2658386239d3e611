import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createPortalPages } from '#portal/router.ts';
import { openEnroller } from '#ops/enrolment.ts';
import { doTokenDeed } from '#ops/tokens/deeds.ts';
import { allRoutes } from '#test/support/all-routes.ts';
import { leavesOf } from '#test/support/new-leaves.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { claimant, freshPassword, inboxItem, newSource, proven, signed, signedIn } from '#test/support/scenes.ts';
import { stepsSince } from '#test/support/steps-in-histories.ts';
import { httpClient, type Client } from '#test/support/http-client.ts';
import { useWorld } from '#test/support/world.ts';
import { patiently } from '#test/support/patiently.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { registrationOf, removalOf, signedPolicy } from '#test/support/signing.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { ACTIVITIES, notCalled } from './effects.ts';
import { FORMS, ROUTES } from './route-effects.ts';
import { everyDeedAboutFactors } from './lost-factor-deeds.ts';
import { officersDeeds } from './officers-deeds.ts';

/**
 * NIST SP 800-53 AU-2: no effect without its leaf. Every route and every form is asked for on the real stack; then every
 * completed call of every activity in the histories that came of it is laid beside the leaves that it wrote.
 */
const began = new Date();
const world = useWorld();
const asked = new Set<string>();

/** Asks, and sees one of the leaves that the table promises for this address, written while it was answered. */
async function leaves<T extends { status: number; text: string }>(route: string, status: number, deed: () => Promise<T>): Promise<T> {
  const types = ROUTES[route] ?? FORMS[route];
  assert.ok(Array.isArray(types), `${route} is in no table, or leaves none`);
  const { answer, leaves } = await leavesOf(world.people, deed);
  assert.equal(answer.status, status, `${route}: ${answer.text.slice(0, 300)}`);
  assert.ok(
    leaves.some(({ type }) => types.includes(type)),
    `${route} left ${leaves.map(({ type }) => type).join(', ') || 'nothing'}, not ${types.join(' or ')}`,
  );
  asked.add(route);
  return answer;
}

test('the tables name every route and every form, and no other', () => {
  assert.deepEqual(Object.keys(ROUTES).toSorted(), allRoutes().toSorted());
  const pages = createPortalPages({ origin: 'https://portal.test', csrfSecret: new Uint8Array(32) } as never);
  const within = (stack: typeof pages.stack): typeof pages.stack =>
    stack.flatMap((layer) => [layer, ...within((layer.handle as Partial<typeof pages>).stack ?? [])]);
  const forms = within(pages.stack).flatMap(({ route }) => {
    const { path, methods } = (route ?? { path: '' }) as unknown as { path: string | string[]; methods?: Record<string, boolean> };
    return methods?.['post'] ? [path].flat().map((one) => `POST ${one}`) : [];
  });
  assert.deepEqual(Object.keys(FORMS).toSorted(), forms.toSorted());
});

test("each step of the claimant's JSON leaves its leaf, a refused one too", async () => {
  const { stack, people } = world;
  const who = claimant(stack.run);
  const at = (step: string) => `POST /api/v1/portal/resets/{reference}/${step}`;
  await leaves('POST /api/v1/portal/resets', 201, () => who.name('alice.moreau'));
  await leaves(at('proofs'), 422, () => who.prove('0000-0000-0000-0000-0000-0000'));
  const recovery = await people.recoveryCode('alice.moreau');
  await leaves(at('proofs'), 200, () => who.prove(recovery));
  await leaves(at('factors'), 422, () => who.factor(people.wrongCode('alice.moreau')));
  const code = await people.code('alice.moreau');
  await leaves(at('factors'), 200, () => who.factor(code));
  const back = await people.code('alice.moreau');
  const resumed = { reference: who.reference, factor: 'totp', value: back };
  await leaves('POST /api/v1/portal/resume', 200, () => who.http.post('/api/v1/portal/resume', resumed));
  await leaves(at('password'), 202, () => who.choose(freshPassword()));
  assert.equal((await who.until('done', 'refused')).state, 'done');
  // Once more after the end: another workflow answers.
  const late = { ...resumed, value: await people.code('alice.moreau') };
  await leaves('POST /api/v1/portal/resume', 200, () => who.http.post('/api/v1/portal/resume', late));
  const other = claimant(stack.run);
  await other.name('alice.moreau');
  await leaves(at('cancel'), 200, () => other.cancel());
});

test("each of the portal's forms leaves its leaf", async () => {
  const { stack, people } = world;
  const visitor = formVisitor(stack.run);
  const send = async (form: string, to: string, fields: Record<string, string> = {}): Promise<void> => {
    await leaves(form, 200, async () => {
      await visitor.send(to, fields);
      return { status: 200, text: visitor.page() };
    });
  };
  await visitor.open('/');
  await send('POST /reset', '/reset', { account: 'bilal.osman' });
  const reference = /\/reset\/([0-9A-Z-]+)\/proof/.exec(visitor.page())?.[1] ?? '';
  await send('POST /reset/:reference/proof', '/proof', { proof: 'recovery-code', code: await people.recoveryCode('bilal.osman') });
  await send('POST /reset/:reference/factor', '/factor', { digits: await people.code('bilal.osman') });
  await visitor.send('/reset/finish');
  await visitor.open('/reset/resume');
  await send('POST /reset/resume', '/reset/resume', { reference, digits: await people.code('bilal.osman') });
  await send('POST /reset/:reference/password', '/password', { password: freshPassword() });
  const other = formVisitor(stack.run);
  await other.open('/');
  await other.send('/reset', { account: 'bilal.osman' });
  await leaves('POST /reset/:reference/cancel', 200, async () => {
    await other.send('/cancel');
    return { status: 200, text: other.page() };
  });
  await everyDeedAboutFactors(world, leaves);
});

test('sign-in, decisions, codes and every reading of evidence leave their leaves', async () => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, 'samir.khan');
  const manager = await leavesOfSignIn('ines.duarte');
  const item = await inboxItem(manager, who.reference);
  assert.ok(item);
  const decision = await signed(manager, people, 'ines.duarte', item.id, { decision: 'approve', reason: 'seen in person' });
  await leaves('POST /api/v1/approvals/{id}/decisions', 200, () => manager.post(`/api/v1/approvals/${item.id}/decisions`, decision));
  await who.cancel();
  const handing = { to: 'helena.voss', since: new Date().toISOString(), until: new Date(Date.now() + 86_400_000).toISOString() };
  const handed = await leaves('POST /api/v1/delegations', 201, async () =>
    manager.post<{ id: string }>('/api/v1/delegations', { ...handing, by: { totp: await people.code('ines.duarte') } }),
  );
  await leaves('DELETE /api/v1/delegations/{id}', 200, async () =>
    manager.delete(`/api/v1/delegations/${handed.body.id}`, { by: { totp: await people.code('ines.duarte') } }),
  );
  await leaves('DELETE /api/v1/session', 204, () => manager.delete('/api/v1/session'));

  const karim = await signedIn(stack.run, people, 'karim.haddad');
  await people.forgetKeys('karim.haddad');
  const key = new SoftPasskey();
  const codes = { totp: await people.code('karim.haddad'), recoveryCode: await people.recoveryCode('karim.haddad') };
  const registration = await registrationOf(karim, key, people.page, codes);
  const { body } = await leaves('POST /api/v1/passkeys', 201, () => karim.post<{ id: string }>('/api/v1/passkeys', registration));
  const removal = await removalOf(karim, body.id, key, people.page);
  await leaves('DELETE /api/v1/passkeys/{id}', 200, () => karim.delete(`/api/v1/passkeys/${body.id}`, removal));
  await people.forgetKeys('karim.haddad');

  const administrator = await signedIn(stack.run, people, 'lena.fischer');
  const [inForce] = await people.sql<{ sha256: string }>('SELECT sha256 FROM policy_version WHERE in_force');
  const version = inForce?.sha256 ?? '';
  const signature = await signedPolicy(administrator, 'draft', version, await people.key('lena.fischer', administrator), people.page);
  // Nobody pinned her as a publisher: that she tried is on record too.
  await leaves('POST /api/v1/policies/{sha256}/signatures', 403, () =>
    administrator.post(`/api/v1/policies/${version}/signatures`, signature),
  );
  await leaves('POST /api/v1/policies/{sha256}/simulations', 200, () =>
    administrator.post(`/api/v1/policies/${version}/simulations`, { account: 'samir.khan' }),
  );
  await leaves('POST /api/v1/policies/{sha256}/comparisons', 202, async () => {
    const begun = await administrator.post(`/api/v1/policies/${version}/comparisons`, {});
    // Nobody waits for it at the door: its leaf comes when it has ended.
    await patiently(async () => {
      const { body: newest } = await administrator.get<{ item: { state: string } | null }>(`/api/v1/policies/${version}/comparison`);
      assert.equal(newest.item?.state, 'done');
    });
    return begun;
  });

  const help = await signedIn(stack.run, people, 'jonas.berg');
  const vouching = { account: 'bilal.osman', checked: ['photo-id', 'employee-card'] };
  await leaves('POST /api/v1/issued-codes', 201, () => help.post('/api/v1/issued-codes', vouching));

  const auditor = await signedIn(stack.run, people, 'mateo.silva');
  const id = await world.resetId(who.reference);
  const [leaf] = await people.sql<{ id: string }>('SELECT id::text FROM leaf WHERE reset_id = $1::uuid LIMIT 1', [id]);
  for (const [route, path] of [
    ['GET /api/v1/audit/events', '/api/v1/audit/events?limit=2'],
    ['GET /api/v1/audit/events.csv', '/api/v1/audit/events.csv?type=policy.loaded'],
    ['GET /api/v1/approvals/{id}', `/api/v1/approvals/${item.id}`],
    ['GET /api/v1/resets/{id}', `/api/v1/resets/${id}`],
    ['GET /api/v1/resets/{id}/history', `/api/v1/resets/${id}/history`],
    ['GET /api/v1/resets/{id}/evidence', `/api/v1/resets/${id}/evidence`],
    ['GET /api/v1/audit/openings/{id}', `/api/v1/audit/openings/${leaf?.id}`],
    ['GET /api/v1/reports/{framework}', '/api/v1/reports/rbi?from=2026-01-01&to=2026-02-01'],
    ['GET /api/v1/reports/{framework}/table.csv', '/api/v1/reports/rbi/table.csv?from=2026-01-01&to=2026-02-01'],
  ] as const)
    await leaves(route, 200, () => auditor.get(path));
});

officersDeeds(world, leaves);

test('an alarm that nobody could approve, and the officer who has looked at it, leave their leaves', async () => {
  const { stack, people } = world;
  const who = claimant(stack.run);
  await who.name('tomas.vrba');
  await who.prove(await people.recoveryCode('tomas.vrba'));
  const refused = await leavesOf(people, async () => who.factor(await people.code('tomas.vrba')));
  assert.ok(refused.leaves.some(({ type }) => type === 'alarm.raised'));
  const quentin = await signedIn(stack.run, people, 'quentin.roux');
  const { body } = await quentin.get<{ items: { id: string; reset: string }[] }>('/api/v1/alarms');
  const reset = await world.resetId(who.reference);
  const alarm = body.items.find((one) => one.reset === reset);
  await leaves('POST /api/v1/alarms/{id}/acknowledgements', 200, () => quentin.post(`/api/v1/alarms/${alarm?.id}/acknowledgements`, {}));
  const message = await patiently(async () => {
    const told = await quentin.get<{ items: { id: string }[] }>('/api/v1/messages?unread=true');
    return told.body.items[0] ?? assert.fail('an officer is told that the reset of a protected account was refused');
  });
  await leaves('POST /api/v1/messages/{id}/readings', 200, () => quentin.post(`/api/v1/messages/${message.id}/readings`, {}));
  // This site has no relay any more, and a mail still waits: it is given up, and the log says so.
  await people.sql(`UPDATE message SET mail_state = 'waiting', mail_to = 'quentin.roux@bank.test' WHERE id = $1`, [message.id]);
  await patiently(async () => {
    const [left] = await people.sql<{ mail_to: string | null }>('SELECT mail_to FROM message WHERE id = $1', [message.id]);
    assert.equal(left?.mail_to, null);
  });
});

async function leavesOfSignIn(account: string): Promise<Client> {
  const { stack, people } = world;
  const http = httpClient(stack.run, newSource());
  await leaves('POST /api/v1/session', 200, () => http.post('/api/v1/session', { account, password: people.password(account) }));
  const value = await people.code(account);
  await leaves('POST /api/v1/session/factor', 200, () => http.post('/api/v1/session/factor', { factor: 'totp', value }));
  return http;
}

test('an escalation and a reminder leave their leaves', async () => {
  const { stack, people } = world;
  const rules = `rules:
${privilegedRule}
  - id: slow
    when: { protected: false }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - { label: manager, by: { relation: manager }, remind: [2s], escalate: [{ after: 1s, to: { group: CS-Security-Officers } }] }`;
  await underPolicy(stack, rules, async () => {
    const { who } = await proven(stack.run, people, 'alice.moreau');
    const id = await world.resetId(who.reference);
    const types = async () =>
      (await people.sql<{ type: string }>('SELECT type FROM leaf WHERE reset_id = $1::uuid', [id])).map(({ type }) => type);
    const deadline = Date.now() + 30_000;
    while (!(await types()).includes('approval.reminded') && Date.now() < deadline) await setTimeout(100);
    assert.ok((await types()).includes('approval.escalated') && (await types()).includes('approval.reminded'));
    await who.cancel();
    who.close();
  });
});

test('an enrolment leaves its leaf, and so does one that was refused', async () => {
  const enroller = await openEnroller(world.stack.state);
  try {
    const made = await leavesOf(world.people, () =>
      enroller.enrol({ account: 'bilal.osman', devices: [{ name: 'spare laptop', platform: 'linux' }] }),
    );
    assert.ok(made.leaves.some(({ type }) => type === 'device.added'));
    const refused = await leavesOf(world.people, () => enroller.enrol({ account: 'nobody.here', devices: [] }).catch(() => 'refused'));
    assert.equal(refused.answer, 'refused');
    assert.ok(refused.leaves.some(({ type, outcome }) => type === 'enrolment.refused' && outcome === 'denied'));
  } finally {
    await enroller.close();
  }
});

test('a deed about a token leaves its leaf, also when there is no such token', async () => {
  const code = await world.people.code('jonas.berg');
  const tried = () =>
    doTokenDeed(world.stack.state, 'lost', { by: 'jonas.berg', code, serial: '0000' }).then(
      () => 'done',
      (error: Error) => error.message,
    );
  const { answer, leaves } = await leavesOf(world.people, tried);
  assert.match(answer, /No token has this serial number/);
  assert.ok(leaves.some(({ type, outcome }) => type === 'authenticator.removed' && outcome === 'denied'));
});

test('every route and form that promises a leaf was asked for', () => {
  const promised = Object.entries({ ...ROUTES, ...FORMS }).flatMap(([route, types]) => (typeof types === 'string' ? [] : [route]));
  assert.deepEqual([...asked].toSorted(), promised.toSorted());
});

test('every completed call of every activity wrote its own leaf, and every activity was called', async () => {
  // Before the leaves: sealing goes on by itself, and a call that ends between the two looks has its leaf in neither.
  const steps = await stepsSince(world.temporal, began);
  const rows = await world.people.sql<{ type: string; run: string; activity: string }>(
    `SELECT type, body::jsonb #>> '{wf,run}' AS run, body::jsonb #>> '{wf,activity}' AS activity FROM leaf WHERE body LIKE '%"activity":%'`,
  );
  const written = Map.groupBy(rows, ({ run, activity }) => `${run} ${activity}`);
  const sealed = new Set(
    (
      await world.people.sql<{ sha256: string }>(`SELECT body::jsonb #>> '{do,sha256}' AS sha256 FROM leaf WHERE type = 'history.sealed'`)
    ).map(({ sha256 }) => sha256),
  );
  const lacking: string[] = [];
  for (const { name, run, activity, workflow, result } of steps) {
    assert.ok(Object.hasOwn(ACTIVITIES, name), `${name} is not in the table`);
    const entry = ACTIVITIES[name as keyof typeof ACTIVITIES]; // checked on the line above
    const types = (written.get(`${run} ${activity}`) ?? []).map(({ type }) => type);
    if (entry.leaves === 'none') {
      assert.deepEqual(types, [], `${name} has an effect after all`);
      continue;
    }
    const { leaves: promised } = entry;
    if (types.some((type) => (promised as readonly string[]).includes(type)) || entry.unless?.(result)) continue;
    if (entry.sealed && sealed.has((result as { sha256?: string }).sha256 ?? '')) continue;
    lacking.push(`${workflow} ${name} ${activity}: ${types.join(', ') || 'nothing'}`);
  }
  assert.deepEqual(lacking, []);
  assert.deepEqual(notCalled(new Set(steps.map(({ name }) => name))), []);
  console.log(`${steps.length} calls of ${Object.keys(ACTIVITIES).length} activities`);
});
