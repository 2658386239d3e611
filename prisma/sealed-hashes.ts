import type { Database } from '#db';

/** What a notice's statement says, in its canonical form, when a sealed hash goes with it. */
const SAYS_SO = '"verb":"sealed-hash"';

/** The sealed hashes that go with these notices, by notice, as a device takes them: encapsulated key and ciphertext in base64url. Without one that was used or ran out. */
export async function sealedHashes(
  db: Database,
  notices: readonly { id: string; resetId: string | null; deviceId: string; statement: string | null }[],
): Promise<ReadonlyMap<string, { sealed: string }>> {
  const some = notices.filter(({ statement }) => statement?.includes(SAYS_SO));
  if (some.length === 0) return new Map();
  const both = some.flatMap(({ resetId, deviceId }) => (resetId === null ? [] : [{ resetId, deviceId }]));
  const where = { OR: both, expiresAt: { gt: new Date() } };
  const rows = await db.sealedHash.findMany({ where });
  const byBoth = new Map(
    rows.map(({ resetId, deviceId, encapsulated, ciphertext }) => [
      `${resetId} ${deviceId}`,
      Buffer.concat([encapsulated, ciphertext]).toString('base64url'),
    ]),
  );
  return new Map(
    some.flatMap(({ id, resetId, deviceId }) => {
      const sealed = byBoth.get(`${resetId} ${deviceId}`);
      return sealed === undefined ? [] : [[id, { sealed }] as const];
    }),
  );
}
