import { z } from 'zod';
import { readSecretLine } from '#config';
import type { Transaction } from '#db';
import { appendLeaf, type Actor } from '#prisma/leaves.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { thisOperator } from './this-operator.ts';

export const GROUNDS = ['retention', 'request', 'order'] as const;
export type Ground = (typeof GROUNDS)[number];

/** Whose and how old. With both, only what is meant by both. */
export interface Erasure {
  /** objectGUID, or a name by which this product has known the account. */
  account?: string;
  olderThanDays?: number;
  /** The time for keeping is over, the person asked, or a court or authority ordered it. */
  ground: Ground;
}

export interface Erased {
  names: number;
  addresses: number;
  filters: number;
  /** What approvers were shown about an account. */
  shown: number;
}

/** Nobody of this name was ever in a reset, a session or a device here. */
export class UnknownAccount extends Error {}

/**
 * Erases openings of personal data, and leaves a leaf with how many of each kind and on what ground, in one transaction.
 * Leaves, proofs and receipts stay as they are: they only commit. Throws UnknownAccount for a name that nobody here has.
 */
export async function eraseOpenings(state: string, erasure: Erasure): Promise<Erased> {
  const { openDatabase } = await import('#db');
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  const actor = thisOperator();
  try {
    return await database.$transaction((tx) => eraseWithLeaf(tx, erasure, actor), { timeout: 600_000 });
  } finally {
    await database.$disconnect();
  }
}

export async function eraseWithLeaf(tx: Transaction, { account, olderThanDays, ground }: Erasure, actor: Actor): Promise<Erased> {
  const who = account === undefined ? undefined : await knownAs(tx, account);
  const before = olderThanDays === undefined ? undefined : new Date(Date.now() - olderThanDays * 86_400_000);
  const places = await committedBy(tx, who?.guid, before);
  const erase = (commitments: readonly string[]): Promise<number> =>
    tx.$executeRaw`DELETE FROM opening WHERE commitment = ANY(${[...commitments]}::text[]) AND (${before ?? null}::timestamptz IS NULL OR at < ${before ?? null}::timestamptz)`;
  const erased = {
    names: await erase(places.names),
    addresses: await erase(places.addresses),
    shown: await erase(places.shown),
    filters: (await erase(places.filters)) + (who ? await eraseMentions(tx, [who.guid, ...who.names], before) : 0),
  };
  await appendLeaf(
    tx,
    {
      type: 'openings.erased',
      outcome: 'success',
      actor,
      ...(who ? { account: { guid: who.guid, sid: who.sid } } : {}),
      reason: ground,
      do: { ...erased, older_than_days: olderThanDays ?? null },
    },
    'ops',
  );
  return erased;
}

/** What an auditor filtered by may name the person, whoever the auditor was. A filter is the only opening that is a JSON object. */
async function eraseMentions(tx: Transaction, names: readonly string[], before: Date | undefined): Promise<number> {
  let count = 0;
  for (const name of names) {
    count += await tx.$executeRaw`
      DELETE FROM opening WHERE value LIKE '{%' AND position(lower(${JSON.stringify(name)}) IN lower(value)) > 0
        AND (${before ?? null}::timestamptz IS NULL OR at < ${before ?? null}::timestamptz)`;
  }
  return count;
}

/** The commitments of leaves about this account, or of all: names and what was shown by whose leaf it is, addresses and filters by who acted. */
async function committedBy(tx: Transaction, guid: string | undefined, before: Date | undefined) {
  const rows = await tx.$queryRaw<
    { name: string | null; address: string | null; filter: string | null; shown: string | null; about: boolean; by: boolean }[]
  >`
    SELECT body::jsonb #>> '{target,name_c}' AS name, body::jsonb #>> '{src,ip_c}' AS address, body::jsonb #>> '{do,filter_c}' AS filter,
      body::jsonb #>> '{do,shown_c}' AS shown,
      ${guid ?? null}::text IS NULL OR account = ${guid ?? null}::text AS about,
      ${guid ?? null}::text IS NULL OR actor = ${guid ?? null}::text OR (actor IS NULL AND account = ${guid ?? null}::text) AS by
    FROM leaf
    WHERE body LIKE '%_c":"%' AND (${before ?? null}::timestamptz IS NULL OR at < ${before ?? null}::timestamptz)
      AND (${guid ?? null}::text IS NULL OR account = ${guid ?? null}::text OR actor = ${guid ?? null}::text)`;
  const of = (pick: (row: (typeof rows)[number]) => string | null | false) => rows.flatMap((row) => pick(row) || []);
  return {
    names: of(({ about, name }) => about && name),
    addresses: of(({ by, address }) => by && address),
    shown: of(({ about, shown }) => about && shown),
    filters: of(({ by, filter }) => by && filter),
  };
}

/** An account by GUID or by a name that this product has seen it under. */
async function knownAs(tx: Transaction, typed: string): Promise<{ guid: string; sid: string | null; names: string[] }> {
  const guid = z.uuid().safeParse(typed.toLowerCase());
  const named = guid.success
    ? { accountGuid: guid.data }
    : {
        OR: [
          { accountName: { equals: typed, mode: 'insensitive' as const } },
          { displayName: { equals: typed, mode: 'insensitive' as const } },
        ],
      };
  const columns = { accountGuid: true, accountSid: true, accountName: true, displayName: true } as const;
  const [resets, sessions, devices] = await Promise.all([
    tx.reset.findMany({ where: named, select: columns }),
    tx.session.findMany({ where: named, select: columns }),
    tx.device.findMany({
      where: guid.success ? { accountGuid: guid.data } : { accountName: { equals: typed, mode: 'insensitive' } },
      select: { accountGuid: true, accountName: true },
    }),
  ]);
  const people = [...resets, ...sessions, ...devices.map((device) => ({ ...device, accountSid: null, displayName: null }))];
  const found = guid.success ? guid.data : people.find(({ accountGuid }) => accountGuid !== null)?.accountGuid;
  if (!found) throw new UnknownAccount();
  const names = people.flatMap(({ accountName, displayName }) => [accountName, displayName]).filter((name) => name !== null);
  return { guid: found, sid: people.find(({ accountSid }) => accountSid !== null)?.accountSid ?? null, names: [...new Set(names)] };
}
