import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CardTrustText } from '#activities/card-trust.ts';
import { readCertificates, type Certificate } from '#evidence/certificate.ts';
import { Malformed } from '#evidence/malformed.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import type { ProcessName } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { identities } from './identities.ts';
import { keyFile } from './keys.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

/** Who holds a copy: whoever judges a card. */
const HOLDERS = ['verifier', 'writer-staff', 'writer-privileged'] as const satisfies readonly ProcessName[];

export function cardsFolder(state: string, holder: (typeof HOLDERS)[number]): string {
  return keyFile(state, holder, 'cards');
}

/** Gives every holder the same trust. A crash between two of them leaves one that believes less: the command is run again. */
export function giveCardTrust(state: string, trust: CardTrustText): void {
  give(state, 'trust.json', `${JSON.stringify(trust, null, 2)}\n`);
}

/** Gives every holder a revocation list, under the name of its authority, so that a new list takes the place of the old one. Throws a Sentence for a file that is none, or that none of these authorities signed. */
export function giveList(state: string, file: string, authorities: readonly Certificate[]): { authority: string; nextUpdate: Date } {
  const bytes = readFileSync(file);
  try {
    const list = readRevocationList(bytes);
    const authority = authorities.find((one) => list.isSignedBy(one));
    if (!authority) throw new Sentence(`${basename(file)} is not signed by an authority that cards are taken of here.`);
    give(state, join('lists', `${authority.sha256.slice(0, 32)}.crl`), bytes);
    return { authority: authority.subject, nextUpdate: list.nextUpdate };
  } catch (error) {
    throw error instanceof Malformed ? new Sentence(`${basename(file)}: ${error.message}.`) : error;
  }
}

/** The certificates of a PEM file. Throws a Sentence when it has none. */
export function pemFile(file: string): { pem: string; certificates: Certificate[] } {
  const pem = readFileSync(file, 'utf8');
  try {
    return { pem, certificates: readCertificates(pem) };
  } catch (error) {
    throw error instanceof Malformed ? new Sentence(`${file}: ${error.message}.`) : error;
  }
}

function give(state: string, name: string, content: string | Buffer): void {
  const ids = identities();
  for (const holder of HOLDERS) {
    const folder = cardsFolder(state, holder);
    for (const one of [folder, join(folder, 'lists')]) ownedFolder(one, ids[holder], 0o700);
    ownedFile(join(folder, name), content, ids[holder]);
  }
}
