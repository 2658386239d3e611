import { existsSync, readFileSync } from 'node:fs';
import { readSecretLine } from '#config';
import type { PinnedPublishers } from '#domain/policy-publication.ts';
import type { ProcessName } from '../paths.ts';
import { ownerUrlFile } from './database-roles.ts';
import { identities } from './identities.ts';
import { keyFile } from './keys.ts';
import { ownedFile } from './owned-files.ts';

/** Who holds a copy: whoever judges whether a policy counts. */
const HOLDERS = ['verifier', 'writer-staff', 'writer-privileged'] as const satisfies readonly ProcessName[];

export function publishersFile(state: string, holder: (typeof HOLDERS)[number]): string {
  return keyFile(state, holder, 'publishers.json');
}

/** Who may publish policies and which versions were put in force by hand, as this machine's processes have it. */
export function pinnedPublishers(state: string): PinnedPublishers {
  const file = publishersFile(state, 'verifier');
  if (!existsSync(file)) return { policies: [], publishers: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as PinnedPublishers; // written by pin below only
}

/** Gives every holder the same new list. A crash between two of them leaves one that believes less: the command is run again. */
export function pin(state: string, pinned: PinnedPublishers): void {
  const ids = identities();
  for (const holder of HOLDERS) ownedFile(publishersFile(state, holder), `${JSON.stringify(pinned, null, 2)}\n`, ids[holder]);
}

/** Pins a version that the operator puts in force by hand. */
export function pinPolicy(state: string, sha256: string): void {
  const { policies, publishers } = pinnedPublishers(state);
  pin(state, { policies: [...new Set([...policies, sha256])], publishers });
}

/** An installation from before versions were pinned pins what it has in force. */
export async function pinWhatIsInForce(state: string): Promise<void> {
  if (HOLDERS.every((holder) => existsSync(publishersFile(state, holder)))) return;
  const { openDatabase } = await import('#db');
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    const rows = await database.policyVersion.findMany({ where: { publishedAt: null }, select: { sha256: true } });
    pin(state, { policies: rows.map(({ sha256 }) => sha256), publishers: pinnedPublishers(state).publishers });
  } finally {
    await database.$disconnect();
  }
}
