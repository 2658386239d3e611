import { test } from 'node:test';
import { proven, signedIn } from '#test/support/scenes.ts';
import { signedBreakGlass, signedReview } from '#test/support/signing.ts';
import type { World } from '#test/support/world.ts';
import { campaignDeeds } from './campaign-deeds.ts';
import { choices } from './choices.ts';
import { everyDeedAboutDevices } from './device-deeds.ts';
import { shownCardForm } from './shown-card-form.ts';

type Asked = { status: number; text: string };
/** Asks, and sees one of the leaves that the table promises for this address. */
export type Leaves = <T extends Asked>(route: string, status: number, deed: () => Promise<T>) => Promise<T>;

/** What security officers do on the real stack, whoever reviews it, and who is unlocked, with the leaves that come of it. */
export function officersDeeds(world: World, leaves: Leaves): void {
  test('what security officers do leaves its leaf: a lock, and an act of two', async () => {
    const { stack, people } = world;
    const [priya, quentin] = [await signedIn(stack.run, people, 'priya.menon'), await signedIn(stack.run, people, 'quentin.roux')];
    const { who } = await proven(stack.run, people, 'goran.petrovic');
    const lock = { reason: 'nobody asked for it', by: { totp: await people.code('quentin.roux') } };
    const path = `/api/v1/resets/${await world.resetId(who.reference)}/lock`;
    await leaves('POST /api/v1/resets/{id}/lock', 200, () => quentin.post(path, lock));
    // Lifting what is not halted changes nothing for anybody else.
    const lift = { deed: { halts: 'nothing' }, reason: 'nothing is halted' };
    const proposal = { ...lift, by: { totp: await people.code('priya.menon') } };
    const { body } = await leaves('POST /api/v1/joint-acts', 201, () => priya.post<{ id: string }>('/api/v1/joint-acts', proposal));
    const confirmation = { ...lift, by: { totp: await people.code('quentin.roux') } };
    await leaves('POST /api/v1/joint-acts/{id}/confirmations', 200, () =>
      quentin.post(`/api/v1/joint-acts/${body.id}/confirmations`, confirmation),
    );
  });

  test('a campaign of letters leaves its leaves, when they are made and when it is closed', () => campaignDeeds(world, leaves));
  test('a smart card that is shown leaves its leaf', () => shownCardForm(world, leaves));
  test('each deed about a device leaves its leaf, and so does what the device says', () => everyDeedAboutDevices(world, leaves));
  test('what a claimant says shall be done leaves its leaf, by JSON and by form', () => choices(world, leaves));

  test('break-glass leaves its leaf, and so does whoever closes its review', async () => {
    const { stack, people } = world;
    const { who } = await proven(stack.run, people, 'rosa.klein');
    const reset = await world.resetId(who.reference);
    const priya = await signedIn(stack.run, people, 'priya.menon');
    const stated = { reason: 'Her manager is on a plane.', unwitnessed: false };
    const signature = await signedBreakGlass(priya, reset, stated, await people.key('priya.menon', priya), people.page);
    await leaves('POST /api/v1/resets/{id}/break-glass', 200, () => priya.post(`/api/v1/resets/${reset}/break-glass`, signature));
    await who.cancel();
    const lena = await signedIn(stack.run, people, 'lena.fischer');
    const { body } = await lena.get<{ items: { id: string; resetId: string }[] }>('/api/v1/reviews');
    const review = body.items.find((one) => one.resetId === reset)?.id ?? '';
    const found = { judgement: 'not-justified', finding: 'He came back within the hour.' } as const;
    const closing = await signedReview(lena, review, found, await people.key('lena.fischer', lena), people.page);
    await leaves('POST /api/v1/reviews/{id}/closing', 200, () => lena.post(`/api/v1/reviews/${review}/closing`, closing));
  });
}
