import assert from 'node:assert/strict';
import { openBranch } from '#test/support/hired.ts';
import { signedIn } from '#test/support/scenes.ts';
import { confirmAct, proposeAct, signedCampaignDeed } from '#test/support/signing.ts';
import type { World } from '#test/support/world.ts';
import type { Leaves } from './officers-deeds.ts';

/** Two administrators make a campaign for a branch, one its letters, and the other closes it. */
export async function campaignDeeds(world: World, leaves: Leaves): Promise<void> {
  const { stack, people } = world;
  const atWork = async (account: string) => {
    const http = await signedIn(stack.run, people, account);
    return { http, key: await people.key(account, http), page: people.page };
  };
  const [lena, oskar] = [await atWork('lena.fischer'), await atWork('oskar.lindqvist')];
  const branch = await openBranch(world, 1);
  try {
    const until = new Date(Date.now() + 14 * 86_400_000).toISOString();
    const campaign = { name: 'Letters of a story', unit: branch.unit, group: '', whom: 'without-factor' as const, until };
    const proposed = await proposeAct(lena, { campaign }, 'It opens on Monday.');
    assert.equal(proposed.status, 201, proposed.text);
    const { id } = proposed.body;
    const approved = await confirmAct(oskar, id, { campaign }, 'I know of it.');
    assert.equal(approved.status, 200, approved.text);
    const path = `/api/v1/campaigns/${id}`;
    const asked = await signedCampaignDeed(oskar, id, 'letters', 'The head of the branch hands them out.');
    const made = await leaves('POST /api/v1/campaigns/{id}/letters', 200, () =>
      oskar.http.post<{ letters: { accountName: string }[] }>(`${path}/letters`, asked),
    );
    assert.deepEqual(
      made.body.letters.map(({ accountName }) => accountName),
      branch.people.map(({ account }) => account),
    );
    const closing = await signedCampaignDeed(lena, id, 'close', 'It opens later.');
    await leaves('POST /api/v1/campaigns/{id}/closing', 200, () => lena.http.post(`${path}/closing`, closing));
  } finally {
    await branch.dismiss();
  }
}
