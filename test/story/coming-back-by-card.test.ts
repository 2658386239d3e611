import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardBank } from '#test/support/card-bank.ts';
import { visit } from '#test/support/card-visit.ts';
import { formVisitor, type FormVisitor } from '#test/support/portal-forms.ts';
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
    approvals: [{ label: security-officer, by: { group: CS-Security-Officers } }]`;

const WAITS = /Your request needs approval and now waits/;
const address = (visitor: FormVisitor): string => / href="([^"]+)">Use your smart card</.exec(visitor.page())?.[1] ?? '';

/** As the page of the listener sends it on, in the browser of this visitor. */
async function sendOn(visitor: FormVisitor, action: string, ticket: string, origin = world.stack.run.cards): Promise<number> {
  const body = new URLSearchParams({ nonce: 'n'.repeat(22), ticket }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, 'sec-fetch-site': 'same-site' };
  const answer = await visitor.http.raw('POST', new URL(action).pathname, body, headers);
  if (answer.status === 303) await visitor.open(String(answer.headers.location));
  return answer.status;
}

test('whoever proved themselves with a card comes back with it in another browser; a ticket of another browser or of the step brings nobody back', () =>
  underPolicy(world.stack, rules, async () => {
    const { stack, people } = world;
    const card = await cards.cardOf(world, 'fatima.noor');
    const show = async (at: string, by = card) => {
      const { ticket = '', action = '', text } = await visit(at, stack.run.ca, by);
      assert.ok(ticket && action, text);
      return { ticket, action };
    };
    const first = formVisitor(stack.run);
    await first.open('/');
    await first.send('/reset', { account: 'fatima.noor' });
    await first.send('/proof', { proof: 'recovery-code', code: await people.recoveryCode('fatima.noor') });
    const ofTheStep = await show(address(first));
    const shown = await show(address(first));
    assert.equal(await sendOn(first, shown.action, shown.ticket), 303);
    assert.match(first.page(), WAITS);
    const [, reference = ''] = /\/reset\/([0-9A-Z-]{14})\/cancel/.exec(first.page()) ?? [];

    const second = formVisitor(stack.run);
    await second.open('/reset/resume');
    await second.send('/reset/resume', { reference, digits: '', by: 'held' });
    assert.match(second.page(), /Come back with a key or card/);
    const at = address(second);
    assert.ok(at.startsWith(`${stack.run.cards}/${reference}/return/`), at);
    const { ticket, action } = await show(at);
    assert.ok(action.endsWith(`/reset/${reference}/return/card`), action);
    assert.equal(await sendOn(second, action, ticket, 'https://localhost:1'), 403, 'a form of another origin');
    await sendOn(second, action, ofTheStep.ticket);
    assert.match(second.page(), /were not accepted together/);

    const third = formVisitor(stack.run);
    await third.open(`/reset/${reference}/return`);
    await sendOn(third, action, ticket);
    assert.match(third.page(), /were not accepted together/, 'a ticket of another browser');
    const stranger = await show(address(third), await cards.cardOf(world, 'bilal.osman'));
    await sendOn(third, stranger.action, stranger.ticket);
    assert.match(third.page(), /were not accepted together/, 'somebody else’s card, who knows the reference');

    // A ticket lasts two minutes, so another one is asked for.
    await second.open(`/reset/${reference}/return`);
    const again = await show(address(second));
    await sendOn(second, again.action, again.ticket);
    assert.match(second.page(), WAITS);
    await first.open(`/reset/${reference}`);
    assert.doesNotMatch(first.page(), WAITS, 'the first browser holds it no more');
    await second.send('/cancel');
  }));
