import type { Database } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { WORKER } from './worker-name.ts';

/** The verifier takes no ticket after its campaign's time anyhow; this says so to people, and in the log. */
export async function expireCampaigns(db: Database): Promise<void> {
  await db.$transaction(async (tx) => {
    const over = await tx.$queryRaw<{ id: string }[]>`
      UPDATE campaign SET state = 'expired', ended_at = until WHERE state IN ('approved', 'printed') AND until < now() RETURNING id::text`;
    for (const { id } of over)
      await appendLeaf(tx, { type: 'campaign.expired', outcome: 'expired', actor: WORKER, do: { campaign: id } }, 'worker');
  });
}
