import type { Database } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';
import type { WorkerActivities } from '../contract.ts';
import { recordLeaf } from '../record-leaf.ts';
import { WORKER } from '../record/worker-name.ts';

/**
 * One notice for each device that may still hold the old password: the row that the console shows, and its leaf, in one
 * transaction. A device without an agent has to be told by hand, and the row says so. A repeated call adds nothing.
 */
export async function notifyDevices(
  db: Database,
  asked: Parameters<WorkerActivities['notifyDevices']>[0],
): ReturnType<WorkerActivities['notifyDevices']> {
  const { reset, account } = asked;
  return db.$transaction(async (tx) => {
    const devices = await tx.device.findMany({ where: { accountGuid: account }, orderBy: { name: 'asc' } });
    const known = new Set((await tx.notice.findMany({ where: { resetId: reset }, select: { deviceId: true } })).map((n) => n.deviceId));
    for (const device of devices.filter((d) => !known.has(d.id))) {
      await tx.notice.createMany({
        data: [{ id: uuidv7(), resetId: reset, deviceId: device.id, device: device.name, platform: device.platform, state: 'by-hand' }],
        skipDuplicates: true,
      });
      await recordLeaf(
        tx,
        {
          type: 'notice.created',
          outcome: 'success',
          reset,
          actor: WORKER,
          do: { device: device.id, platform: device.platform, how: 'by-hand' },
        },
        'worker',
      );
    }
    return { notices: devices.length };
  });
}
