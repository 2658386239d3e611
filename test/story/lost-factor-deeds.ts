import assert from 'node:assert/strict';
import { hire } from '#test/support/hired.ts';
import { until } from '#test/support/holds.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import type { World } from '#test/support/world.ts';
import {
  backByJson,
  helpDesk,
  issued,
  lostAfter,
  lostByForms,
  lostByJson,
  managerDecides,
  managerOf,
  newFactors,
  onThePage,
  referenceOn,
  sayLost,
} from './lost-factors.ts';
import { everyFormOfMyFactors } from './own-factor-forms.ts';

type Leaves = <T extends { status: number; text: string }>(route: string, status: number, deed: () => Promise<T>) => Promise<T>;

/** Every form of My factors, and all that there is for somebody who has lost every factor. */
export async function everyDeedAboutFactors(world: World, leaves: Leaves): Promise<void> {
  await everyFormOfMyFactors(world, leaves);
  await lostFactorDeeds(world, leaves);
}

/** One person loses everything and gets new factors by JSON, one by forms, and one objects. */
async function lostFactorDeeds(world: World, leaves: Leaves): Promise<void> {
  const [desk, manager] = [await helpDesk(world), await managerOf(world)];
  const { hired, dismiss } = await hire(world, 'Staff', 3);
  const [one, two, three] = hired;
  assert.ok(one && two && three);
  await underPolicy(world.stack, lostAfter('1s'), async () => {
    const who = await lostByJson(world, desk, one.account);
    await leaves('POST /api/v1/portal/resets/{reference}/lost-factors', 200, () => sayLost(who));
    await managerDecides(world, manager, who.reference);
    await who.until('replacing-factors', 'refused');
    const { http } = await backByJson(world, desk, one.account, who.reference);
    const set = await newFactors(http, who.reference);
    await leaves('POST /api/v1/portal/resets/{reference}/new-factors', 200, () => set.confirm());

    const visitor = await lostByForms(world, desk, two);
    const reference = referenceOn(visitor.page());
    const send = (form: string, to: string, fields: Record<string, string> = {}) =>
      leaves(form, 200, async () => {
        await visitor.send(to, fields);
        return { status: 200, text: visitor.page() };
      });
    await send('POST /reset/:reference/lost', '/lost');
    await managerDecides(world, manager, reference);
    await until('the wait is over', async () => {
      await visitor.open(`/reset/${reference}`);
      return /Your new factors can be set up/.test(visitor.page());
    });
    await visitor.send('/reset/resume', { digits: await issued(desk, two.account) });
    await send('POST /reset/:reference/new-factors', '/new-factors', { name: 'phone', newDigits: onThePage(visitor.page()).code() });

    await sayLost(await lostByJson(world, desk, three.account));
    const holder = formVisitor(world.stack.run);
    await holder.open('/factors');
    await holder.send('/factors/sign-in', { account: three.account, password: three.password });
    await leaves('POST /factors/object', 200, async () => {
      await holder.send('/factors/object');
      return { status: 200, text: holder.page() };
    });
    for (const client of [who.http, http, visitor.http, holder.http, desk, manager]) client.close();
  });
  await dismiss();
}
