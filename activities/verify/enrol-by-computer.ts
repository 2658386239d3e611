import { computerFault, isFresh, type ComputerFault } from '#domain/computer-account.ts';
import type { Policy } from '#domain/policy.ts';
import type { SignedDevice } from '#prisma/device-rows.ts';
import type { Transaction } from '#db';
import type { ComputerAccount } from '#activities/directory/computer-account.ts';
import { vouchesFor } from './computer-certificate.ts';
import type { VerifierDeps } from './deps.ts';
import type { Entry } from './enrol-device.ts';
import type { TypedByComputer } from './typed-device.ts';

/** What controllers say of the computer; `not-allowed` where the policy does not ask them. Throws DirectoryUnavailable. */
export async function lookAtComputer(
  { computers }: Pick<VerifierDeps, 'computers'>,
  { computer }: TypedByComputer,
  { devices }: Policy,
): Promise<ComputerAccount[] | 'not-allowed'> {
  return devices.computerAccounts === 'refused' ? 'not-allowed' : computers.read(computer);
}

/**
 * Judges a device that asks to be enrolled as the computer that it is in the domain: its key has to stand in the computer's account, where the computer itself writes it with
 * its Kerberos identity. This lets in what was never known: whatever was enrolled or revoked under this name or account needs a person and a ticket.
 */
export async function byComputer(
  tx: Transaction,
  typed: TypedByComputer,
  of: { seen: ComputerAccount[] | 'not-allowed'; known: SignedDevice | undefined; keyHash: string; key: Uint8Array; policy: Policy },
): Promise<Entry> {
  const { seen, known, keyHash, key, policy } = of;
  const facts = { ticket: null, key: keyHash };
  if (seen === 'not-allowed') return { refused: 'device-account-refused', facts: { ...facts, computer: null, why: 'not-allowed' } };
  const [first] = seen;
  const why = computerFault(seen, typed.name) ?? faultOfProof(seen, key, typed.name);
  if (why || !first)
    return { refused: 'device-account-refused', facts: { ...facts, computer: first?.guid ?? null, why: why ?? 'not-there' } };
  const { guid } = first;
  const rows = await tx.device.findMany({
    where: { OR: [{ computerGuid: guid }, { name: typed.name, NOT: { keyHash: null } }, { keyHash }] },
    select: { id: true, computerGuid: true, name: true },
  });
  const isTheSame = known && known.state !== 'revoked' && rows.every((row) => row.id === known.id && row.computerGuid === guid);
  if (isTheSame && known.name === typed.name) return { again: known };
  if (rows.length > 0) return { refused: 'device-known-before', facts: { ...facts, computer: guid, why: 'known-before' } };
  const waits = policy.devices.computerAccounts !== 'automatic' || seen.some(({ joinedByAnybody }) => joinedByAnybody);
  return {
    row: { ticketId: null, computerGuid: guid, enrolledBy: null },
    enrolledByName: null,
    state: waits ? 'waiting' : 'active',
    consumed: [],
  };
}

/** At one controller the certificate has to stand, and to have been written just now. */
function faultOfProof(seen: readonly ComputerAccount[], key: Uint8Array, hostName: string): ComputerFault | undefined {
  const vouching = seen.filter(({ certificates, clock }) => vouchesFor(certificates, key, { hostName, clock }));
  if (vouching.length === 0) return 'no-certificate';
  return vouching.some(isFresh) ? undefined : 'stale';
}
