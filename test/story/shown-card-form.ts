import assert from 'node:assert/strict';
import { cardBank } from '#test/support/card-bank.ts';
import { visit } from '#test/support/card-visit.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
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

/** Somebody shows a card at the listener, whose page sends its form to the portal; two people approve, and the card is looked at again. */
export async function shownCardForm(world: World, leaves: Leaves): Promise<void> {
  const { stack, people } = world;
  const cards = await cardBank();
  await cards.trusted(world);
  await underPolicy(stack, rules, async () => {
    const visitor = formVisitor(stack.run);
    await visitor.open('/');
    await visitor.send('/reset', { account: 'rosa.klein' });
    await visitor.send('/proof', { proof: 'recovery-code', code: await people.recoveryCode('rosa.klein') });
    const address = / href="([^"]+)">Use your smart card</.exec(visitor.page())?.[1] ?? '';
    const { action = '', ticket = '' } = await visit(address, stack.run.ca, await cards.cardOf(world, 'rosa.klein'));
    const body = new URLSearchParams({ nonce: 'n'.repeat(22), ticket }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: stack.run.cards, 'sec-fetch-site': 'same-site' };
    const answer = await leaves('POST /reset/:reference/card', 303, () =>
      visitor.http.raw('POST', new URL(action).pathname, body, headers),
    );
    await visitor.open(String(answer.headers.location));
    const reference = /\/reset\/([0-9A-Z-]+)\/cancel/.exec(visitor.page())?.[1] ?? '';
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
