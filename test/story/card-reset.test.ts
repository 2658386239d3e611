import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import type { Issued } from '#test/support/card-authority.ts';
import { cardBank } from '#test/support/card-bank.ts';
import { visit } from '#test/support/card-visit.ts';
import { countersign } from '#test/support/countersign.ts';
import type { Answer } from '#test/support/http-client.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { claimant, decide, freshPassword, inboxItem, signedIn, type Claimant, type Moved } from '#test/support/scenes.ts';
import { sealedAndPublished } from '#test/support/sealed.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

const cards = await cardBank();
const world = useWorld(cards.trusted);
const withCards = '[{ name: a code and the smart card, proofs: [recovery-code], factors: [smart-card] }]';
const rules = `rules:
  - id: privileged
    when: { protected: true }
    accept: ${withCards}
    approvals:
      - { label: manager, by: { relation: manager } }
      - { label: security-officer, by: { group: CS-Security-Officers } }
  - id: cards
    when: { protected: false }
    accept: ${withCards}
    approvals: []`;

/** Somebody who has named the account and shown a recovery code, with the address at which they show a card. */
async function atTheFactor(account: string): Promise<{ who: Claimant; address: () => Promise<string> }> {
  const { stack, people } = world;
  const who = claimant(stack.run);
  await who.name(account);
  const proof = await who.prove(await people.recoveryCode(account));
  assert.equal(proof.body.next.step, 'factor', proof.text);
  assert.ok(proof.body.next.choices?.includes('smart-card'));
  return {
    who,
    async address() {
      const { body } = await who.http.get<{ cardAddress?: string }>(`/api/v1/portal/resets/${who.reference}`);
      const { cardAddress = '' } = body;
      assert.ok(cardAddress.startsWith(`${stack.run.cards}/${who.reference}/`), cardAddress);
      return cardAddress;
    },
  };
}

const ticketOf = async (address: string, card: Issued | undefined): Promise<string> => {
  const { ticket, text } = await visit(address, world.stack.run.ca, card);
  assert.ok(ticket, text);
  return ticket;
};
const send = (who: Claimant, ticket: string): Promise<Answer<Moved>> =>
  who.http.post(
    `/api/v1/portal/resets/${who.reference}/factors`,
    { factor: 'smart-card', value: ticket },
    { 'idempotency-key': randomUUID() },
  );

test('a recovery code and a smart card set a new password; the bundle holds, and names the listener and the root', async () => {
  const { stack, people } = world;
  await underPolicy(stack, rules, async () => {
    const { who, address } = await atTheFactor('goran.petrovic');
    const wrong = await send(who, await ticketOf(await address(), await cards.cardOf(world, 'bilal.osman')));
    assert.deepEqual([wrong.status, wrong.body.code], [403, 'card-not-yours'], wrong.text);
    const answer = await send(who, await ticketOf(await address(), await cards.cardOf(world, 'goran.petrovic')));
    assert.deepEqual([answer.status, answer.body.next.step], [200, 'choose-password'], answer.text);
    const password = freshPassword();
    assert.equal((await who.choose(password)).status, 202);
    assert.equal((await who.until('done', 'refused')).state, 'done');
    assert.equal((await people.bind('goran.petrovic', password)).answer, 'ok');
    const reset = await world.resetId(who.reference);
    await sealedAndPublished(world, `reset/${reset}`);
    const bundle = join(cards.folder, 'reset.zip');
    assert.equal((await countersign(stack.state, 'bundle', reset, '--out', bundle)).code, 0);
    const { code, stdout } = await countersign(stack.state, 'verify', bundle, '--policy', trustPolicyFile(stack.state));
    assert.equal(code, 0, stdout);
    assert.match(stdout, /smart cards shown at the listener with the key of SHA-256 [0-9a-f]{64}, cards under .*Card Root/);
  });
});

test('by the portal’s pages: from the factor step to the listener and back; a form from elsewhere is not taken, nor is somebody else’s ticket', async () => {
  const { stack, people } = world;
  await underPolicy(stack, rules, async () => {
    const visitor = formVisitor(stack.run);
    await visitor.open('/');
    await visitor.send('/reset', { account: 'fatima.noor' });
    await visitor.send('/proof', { proof: 'recovery-code', code: await people.recoveryCode('fatima.noor') });
    const address = (): string => / href="([^"]+)">Use your smart card</.exec(visitor.page())?.[1] ?? '';
    assert.ok(address().startsWith(stack.run.cards), visitor.page());
    const card = await cards.cardOf(world, 'fatima.noor');
    const back = async (action: string, ticket: string, origin: string) => {
      const body = new URLSearchParams({ nonce: 'n'.repeat(22), ticket }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, 'sec-fetch-site': 'same-site' };
      return visitor.http.raw('POST', new URL(action).pathname, body, headers);
    };
    const shown = await visit(address(), stack.run.ca, card);
    assert.ok(shown.ticket && shown.action);
    assert.equal((await back(shown.action, shown.ticket, 'https://localhost:1')).status, 403, 'a form of another origin');
    assert.equal(
      (await back(shown.action.replace(/card$/, 'factor'), shown.ticket, stack.run.cards)).status,
      403,
      'the listener’s form for another step',
    );

    // Another browser's ticket, for a reset of its own: this browser's secret does not open its handle.
    const other = await atTheFactor('fatima.noor');
    const theirs = await ticketOf(await other.address(), card);
    const refused = await back(shown.action, theirs, stack.run.cards);
    assert.equal(refused.status, 303);
    await visitor.open(String(refused.headers.location));
    assert.match(visitor.page(), /counts once and for two minutes/);

    const answer = await back(shown.action, shown.ticket, stack.run.cards);
    await visitor.open(String(answer.headers.location));
    assert.match(visitor.page(), /Choose (a|your) new password/);
  });
});

test('of 64 uses of one ticket at the same moment exactly one gets on', async () => {
  await underPolicy(world.stack, rules, async () => {
    const { who, address } = await atTheFactor('bilal.osman');
    const ticket = await ticketOf(await address(), await cards.cardOf(world, 'bilal.osman'));
    const all = await Promise.all(Array.from({ length: 64 }, () => send(who, ticket)));
    const won = all.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, all.map(({ status, body }) => `${status} ${body.code}`).join(', '));
  });
});

test('a card that is revoked meanwhile ends its reset: behind approvals by the verifier, and at the last moment by the writer', async () => {
  const { stack, people } = world;
  await underPolicy(stack, rules, async () => {
    const [hers, his] = [await cards.cardOf(world, 'rosa.klein'), await cards.cardOf(world, 'alice.moreau')];
    const parked = await atTheFactor('rosa.klein');
    const waits = await send(parked.who, await ticketOf(await parked.address(), hers));
    assert.equal(waits.body.next.step, 'wait', waits.text);
    const open = await atTheFactor('alice.moreau');
    assert.equal((await send(open.who, await ticketOf(await open.address(), his))).body.next.step, 'choose-password');
    await cards.revoke(world, hers, his);

    assert.equal((await open.who.choose(freshPassword())).status, 202);
    const ended = await open.who.until('done', 'refused');
    assert.deepEqual([ended.state, ended.next.code], ['refused', 'factor-revoked']);
    for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
      const http = await signedIn(stack.run, people, approver);
      const item = await inboxItem(http, parked.who.reference);
      assert.ok(item);
      const decided = await decide(http, people, approver, item.id, 'approve');
      assert.equal(decided.status, 200, decided.text);
    }
    const stopped = await parked.who.until('choosing-password', 'done', 'refused');
    assert.deepEqual([stopped.state, stopped.next.code], ['refused', 'factor-revoked']);
    const again = await atTheFactor('alice.moreau');
    const refused = await send(again.who, await ticketOf(await again.address(), his));
    assert.deepEqual([refused.status, refused.body.code], [403, 'card-revoked']);
  });
});
