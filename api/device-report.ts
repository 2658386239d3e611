import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import type { SignedDevice } from '#prisma/device-rows.ts';
import { readReport } from '#prisma/device-text.ts';

/**
 * Keeps what a device says of its cache, as it signed it: the verifier reads the same text before it signs a notice. Throws
 * `device-statement-refused`, and `device-replayed` when the sequence does not grow.
 */
export async function keepReport(
  db: Database,
  device: SignedDevice,
  { statement, signature }: { statement: string; signature: string },
): Promise<void> {
  const reportSignature = new Uint8Array(Buffer.from(signature, 'base64url'));
  const report = readReport({ statement, signature: reportSignature }, device.key);
  if (report?.device !== device.id) throw new Refusal('device-statement-refused');
  const now = new Date();
  await db.$transaction(async (tx) => {
    const { count } = await tx.device.updateMany({
      where: { id: device.id, reportSequence: { lt: BigInt(report.sequence) } },
      data: {
        reportSequence: BigInt(report.sequence),
        report: statement,
        reportSignature,
        reportedAt: now,
        lastSeenAt: now,
        agentVersion: report.agent,
      },
    });
    if (count === 0) throw new Refusal('device-replayed');
    await tx.deviceAccount.deleteMany({ where: { deviceId: device.id } });
    await tx.deviceAccount.createMany({
      data: report.accounts.map(({ sid, name, cachedAt, lastOnlineAuth }) => ({
        deviceId: device.id,
        sid,
        name,
        cachedAt: cachedAt === null ? null : new Date(cachedAt),
        lastOnlineAuth: lastOnlineAuth === null ? null : new Date(lastOnlineAuth),
      })),
      skipDuplicates: true,
    });
  });
}
