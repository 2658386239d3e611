import assert from 'node:assert/strict';
import { cardBank } from '#test/support/card-bank.ts';
import { visit } from '#test/support/card-visit.ts';
import { formVisitor, type FormVisitor } from '#test/support/portal-forms.ts';
import { decide, inboxItem, signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import type { World } from '#test/support/world.ts';

type Leaves = <T extends { status: number; text: string }>(route: string, status: number, deed: () => Promise<T>) => Promise<T>;

const rules = `rules:
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the smart card, proofs: [recovery-code], factors: [smart-card] }]
    approvals:
      - { label: manager, by: { relation: manager } }
      - { label: security-officer, by: { group: CS-Security-Officers } }`;

/** Somebody shows a card at the listener, whose page sends its form to the portal, and comes back with it in another browser; two people approve, and the card is looked at again. */
export async function shownCardForm(world: World, leaves: Leaves): Promise<void> {
  const { stack, people } = world;
  const cards = await cardBank();
  await cards.trusted(world);
  await underPolicy(stack, rules, async () => {
    const first = formVisitor(stack.run);
    await first.open('/');
    await first.send('/reset', { account: 'rosa.klein' });
    await first.send('/proof', { proof: 'recovery-code', code: await people.recoveryCode('rosa.klein') });
    const card = await cards.cardOf(world, 'rosa.klein');
    /** At the listener, from the page on which this browser is, and on to the portal. */
    const show = async (by: FormVisitor, form: string): Promise<void> => {
      const address = / href="([^"]+)">Use your smart card</.exec(by.page())?.[1] ?? '';
      const { action = '', ticket = '' } = await visit(address, stack.run.ca, card);
      const body = new URLSearchParams({ nonce: 'n'.repeat(22), ticket }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: stack.run.cards, 'sec-fetch-site': 'same-site' };
      const answer = await leaves(form, 303, () => by.http.raw('POST', new URL(action).pathname, body, headers));
      await by.open(String(answer.headers.location));
    };
    await show(first, 'POST /reset/:reference/card');
    const reference = /\/reset\/([0-9A-Z-]+)\/cancel/.exec(first.page())?.[1] ?? '';
    const visitor = formVisitor(stack.run);
    await visitor.open(`/reset/${reference}/return`);
    await show(visitor, 'POST /reset/:reference/return/card');
    for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
      const http = await signedIn(stack.run, people, approver);
      const item = await inboxItem(http, reference);
      assert.ok(item);
      assert.equal((await decide(http, people, approver, item.id, 'approve')).status, 200);
    }
    await visitor.open(`/reset/${reference}`);
    assert.match(visitor.page(), /Choose your new password/);
    await visitor.send('/cancel');
  });
}
