import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '#test/support/http-client.ts';
import { decide, freshPassword, inboxItem, proven, signedIn, type Claimant } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** Who is told of a reset, on the real stack: in the console by the people themselves, and in the log by SID. */
const world = useWorld(async ({ stack, people }) => {
  for (const account of ['helena.voss', 'ines.duarte', 'quentin.roux', 'priya.menon', 'jonas.berg'])
    consoles.set(account, await signedIn(stack.run, people, account));
});
const consoles = new Map<string, Client>();

interface Message {
  id: string;
  outcome: string;
  title: string;
  words: string;
  readAt: string | null;
}

async function messagesOf(account: string, query = ''): Promise<{ items: Message[]; nextCursor?: string }> {
  const answer = await consoles.get(account)!.get<{ items: Message[]; nextCursor?: string }>(`/api/v1/messages${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** Until everybody was told of this moment of a reset; then by account name who was, as what. */
async function told(who: Claimant, moment: 'requested' | 'ended'): Promise<Record<string, string>> {
  const id = await world.resetId(who.reference);
  for (;;) {
    const [row] = await world.people.sql('SELECT 1 FROM telling WHERE reset_id = $1 AND moment = $2 AND done_at IS NOT NULL', [id, moment]);
    if (row) break;
    await setTimeout(50);
  }
  const rows = await world.people.sql<{ name: string | null; outcome: string; told_by: string[] }>(
    `SELECT (SELECT lower(account_name) FROM device WHERE account_guid = person LIMIT 1) AS name, outcome, told_by
     FROM message WHERE reset_id = $1 AND moment = $2`,
    [id, moment],
  );
  return Object.fromEntries(rows.map(({ name, outcome, told_by: by }) => [name ?? 'somebody', `${outcome} as ${by.join(' and ')}`]));
}

async function choose(who: Claimant): Promise<void> {
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
}

test('a manager is told in the console that a password was changed, marks it as read, and nobody else sees it', async () => {
  const { who } = await proven(world.stack.run, world.people, 'fatima.noor');
  await choose(who);
  assert.deepEqual(await told(who, 'ended'), { 'fatima.noor': 'changed as holder', 'helena.voss': 'changed as manager' });
  const message = (await messagesOf('helena.voss')).items.find(({ outcome }) => outcome === 'changed');
  assert.ok(message);
  assert.equal(message.title, 'The password of Fatima Noor was changed');
  assert.match(message.words, /You are told because you are the manager\.$/);
  assert.deepEqual(
    (await messagesOf('jonas.berg')).items.filter(({ id }) => id === message.id),
    [],
    'it is hers alone',
  );

  const [helena, jonas] = [consoles.get('helena.voss')!, consoles.get('jonas.berg')!];
  const unread = async () => (await helena.get<{ unreadMessages: number }>('/api/v1/summary')).body.unreadMessages;
  const before = await unread();
  assert.equal((await jonas.post(`/api/v1/messages/${message.id}/readings`, {})).status, 404, 'nobody reads it for her');
  for (let again = 0; again < 2; again++) assert.equal((await helena.post(`/api/v1/messages/${message.id}/readings`, {})).status, 200);
  assert.equal(await unread(), before - 1);
  assert.equal(typeof (await messagesOf('helena.voss')).items.find(({ id }) => id === message.id)?.readAt, 'string');
  const leaves = await world.people.sql(`SELECT 1 FROM leaf WHERE type = 'message.read' AND body LIKE $1`, [`%${message.id}%`]);
  assert.equal(leaves.length, 1, 'that she read it is in the log, once');
  assert.equal((await who.http.get<{ told: string }>(`/api/v1/portal/resets/${who.reference}`)).body.told, 'Your manager was told.');
});

test('of a protected account the officers are told when it is asked for and when it is changed, and the approvers that it was', async () => {
  const { who } = await proven(world.stack.run, world.people, 'rosa.klein');
  const asked = await told(who, 'requested');
  assert.equal(asked['quentin.roux'], 'requested as security-officers');
  assert.equal(asked['ines.duarte'], undefined, 'who may decide finds it in the inbox');
  for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
    const item = await inboxItem(consoles.get(approver)!, who.reference);
    assert.ok(item);
    assert.equal((await decide(consoles.get(approver)!, world.people, approver, item.id, 'approve')).status, 200);
  }
  await who.until('choosing-password', 'refused');
  await choose(who);
  const changed = await told(who, 'ended');
  assert.equal(changed['rosa.klein'], 'changed as holder');
  assert.equal(changed['ines.duarte'], 'changed as approvers');
  assert.equal(changed['quentin.roux'], 'changed as security-officers and approvers');
  assert.equal(changed['priya.menon'], 'changed as security-officers');
  assert.match(
    (await messagesOf('quentin.roux')).items.find(({ outcome }) => outcome === 'changed')?.words ?? '',
    /because you decided about it/,
  );
  const shown = (await who.look()).body as unknown as { told: string };
  assert.equal(shown.told, 'The security officers and the approvers who decided were told.');
  const leaves = await world.people.sql<{ body: string }>(`SELECT body FROM leaf WHERE reset_id = $1 AND type = 'message.sent'`, [
    await world.resetId(who.reference),
  ]);
  assert.equal(leaves.length, Object.keys(asked).length + Object.keys(changed).length, 'a leaf each');
  assert.ok(
    leaves.every(({ body }) => /"sid":"S-1-5-21-/.test(body) && !/rosa|quentin|ines/i.test(body)),
    'by SID, without a name',
  );
});

test('a veto is told to whoever gave it, to the officers and to the holder, in words of its own', async () => {
  const { who } = await proven(world.stack.run, world.people, 'rosa.klein');
  const item = await inboxItem(consoles.get('ines.duarte')!, who.reference);
  assert.ok(item);
  assert.equal((await decide(consoles.get('ines.duarte')!, world.people, 'ines.duarte', item.id, 'deny')).status, 200);
  assert.equal((await who.until('refused')).state, 'refused');
  const ended = await told(who, 'ended');
  assert.deepEqual([ended['rosa.klein'], ended['ines.duarte']], ['denied as holder', 'denied as approvers']);
  const denied = (await messagesOf('priya.menon')).items.find(({ outcome }) => outcome === 'denied');
  assert.match(denied?.title ?? '', /^The reset of Rosa Klein was denied$/);
});

test('messages come a page at a time, each once', async () => {
  const whole = (await messagesOf('quentin.roux', '?limit=100')).items.map(({ id }) => id);
  assert.ok(whole.length >= 3);
  const paged: string[] = [];
  for (let cursor: string | undefined; paged.length < whole.length;) {
    const page = await messagesOf('quentin.roux', `?limit=7${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  assert.deepEqual(paged.slice(0, whole.length), whole);
});
