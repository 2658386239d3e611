import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Database } from '#db';
import { CEREMONY_SECONDS, ceremonySeconds, type Ceremony } from '#domain/passkey.ts';
import type { confirmation } from './passkey-shapes.ts';

/** The keys of one person, as a browser finds them again. */
export function ownKeys(db: Database, account: string) {
  return db.passkey.findMany({
    where: { accountGuid: account, disabledAt: null },
    orderBy: { enrolledAt: 'asc' },
    select: { id: true, name: true, credentialId: true, transports: true, enrolledAt: true },
  });
}

export function confirmationWith(relyingParty: { id: string }, keys: Awaited<ReturnType<typeof ownKeys>>): z.infer<typeof confirmation> {
  return {
    rpId: relyingParty.id,
    timeout: CEREMONY_SECONDS * 1000,
    userVerification: 'required',
    allowCredentials: keys.map(({ credentialId, transports }) => ({ type: 'public-key', id: credentialId, transports })),
  };
}

/** Opens a ceremony; the database gives its time. */
export async function beginCeremony(db: Database, account: string, purpose: string): Promise<Ceremony> {
  const { id, createdAt } = await db.ceremony.create({ data: { id: randomUUID(), accountGuid: account, purpose } });
  return { ceremony: id, account, notAfter: new Date(createdAt.getTime() + ceremonySeconds(purpose) * 1000).toISOString() };
}
