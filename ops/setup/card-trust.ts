import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CardTrustText } from '#activities/card-trust.ts';
import { readCertificates, type Certificate } from '#evidence/certificate.ts';
import { Malformed } from '#evidence/malformed.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { cardListener, type ProcessName } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { identities, type PartName } from './identities.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

/** Who holds a copy of everything: whoever judges a card. */
const JUDGES = ['verifier', 'writer-staff', 'writer-privileged'] as const satisfies readonly ProcessName[];
/** Who has to know only whose cards count: the API offers them, the listener names their issuers to browsers. */
const OFFERING = ['api', cardListener] as const satisfies readonly PartName[];
type Holder = (typeof JUDGES)[number] | (typeof OFFERING)[number];

export function cardsFolder(state: string, holder: Holder): string {
  return join(state, holder, 'cards');
}

export const cardTrustFile = (state: string, holder: Holder): string => join(cardsFolder(state, holder), 'trust.json');

/** Gives every holder the same trust. A crash between two of them leaves one that believes less: the command is run again. */
export function giveCardTrust(state: string, trust: CardTrustText): void {
  give(state, 'trust.json', `${JSON.stringify(trust, null, 2)}\n`, [...JUDGES, ...OFFERING]);
}

/** Gives every holder a revocation list, under the name of its authority, so that a new list takes the place of the old one. Throws a Sentence for a file that is none, or that none of these authorities signed. */
export function giveList(state: string, file: string, authorities: readonly Certificate[]): { authority: string; nextUpdate: Date } {
  const bytes = readFileSync(file);
  try {
    const list = readRevocationList(bytes);
    const authority = authorities.find((one) => list.isSignedBy(one));
    if (!authority) throw new Sentence(`${basename(file)} is not signed by an authority that cards are taken of here.`);
    give(state, join('lists', `${authority.sha256.slice(0, 32)}.crl`), bytes, JUDGES);
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

function give(state: string, name: string, content: string | Buffer, holders: readonly Holder[]): void {
  const ids = identities();
  for (const holder of holders) {
    const file = join(cardsFolder(state, holder), name);
    for (const one of new Set([cardsFolder(state, holder), dirname(file)])) ownedFolder(one, ids[holder], 0o700);
    ownedFile(file, content, ids[holder]);
  }
}
