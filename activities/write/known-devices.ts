import type { Attestation, Identified, ProofPassed } from '#domain/attestation.ts';
import { deviceRevoked } from '#domain/device.ts';
import type { Transaction } from '#db';
import { whyNotAttested } from '#prisma/device-attest-text.ts';

/**
 * The statements that count for this writer: of proofs by a known device only those whose device signed them for just this reset and this account, as
 * recently as the frozen policy asks, and was not revoked since. Its end is read from what the verifier burned, which nobody edits away.
 */
export async function withKnownDevices(
  db: Transaction,
  attestations: readonly Attestation[],
  { named, knownWithin }: { named: Identified; knownWithin: number },
): Promise<readonly Attestation[]> {
  const proofs = attestations.filter((one): one is ProofPassed => one.kind === 'proof' && one.method === 'known-device');
  if (proofs.length === 0) return attestations;
  const ends = proofs.map(({ credential }) => deviceRevoked(credential));
  const ended = await db.$queryRaw<{ consumed: string }[]>`SELECT consumed FROM burn WHERE consumed = ANY(${ends})`;
  const isOver = ({ credential }: ProofPassed) => ended.some(({ consumed }) => consumed === deviceRevoked(credential));
  const uncounted = new Set(
    proofs.filter((one) => isOver(one) || whyNotAttested(one, { sid: named.sid, knownWithin }) !== undefined).map(({ id }) => id),
  );
  return attestations.filter(({ id }) => !uncounted.has(id));
}
