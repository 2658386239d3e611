import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { cardTrustIn, listFiles } from '#activities/card-trust.ts';
import { readRevocationList, type RevocationList } from '#evidence/revocation-list.ts';
import { cardsFolder } from '../setup/card-trust.ts';
import { bad, good, type Finding } from './finding.ts';

const BRING = 'get the new list from the authority and run: countersign cards lists <file>';

/** Whether every authority that cards depend on has a revocation list that speaks now: without one no card counts. */
export async function cardLists(state: string): Promise<Finding> {
  const folder = cardsFolder(state, 'verifier');
  const unreadable = listFiles(folder).find((file) => !readable(file));
  if (unreadable) return bad(`${basename(unreadable)} is no revocation list, so it is left out`, BRING);
  const trust = cardTrustIn(folder)();
  if (!trust) return good('no smart cards are taken');
  const now = new Date();
  const authorities = [...new Map([...trust.issuers, ...trust.between, ...trust.roots].map((one) => [one.sha256, one])).values()];
  let first: { subject: string; due: Date } | undefined;
  for (const authority of authorities) {
    const [newest] = trust.lists
      .filter((list) => list.isSignedBy(authority))
      .toSorted((a, b) => Number(b.thisUpdate) - Number(a.thisUpdate));
    const { subject } = authority;
    if (!newest) return bad(`there is no revocation list of ${subject}, so cards under it are refused`, BRING);
    if (newest.nextUpdate <= now)
      return bad(`the revocation list of ${subject} ran out on ${newest.nextUpdate.toISOString()}, so cards under it are refused`, BRING);
    if (!first || newest.nextUpdate < first.due) first = { subject, due: newest.nextUpdate };
  }
  return good(`revocation lists of smart cards speak until ${first?.due.toISOString()} (${first?.subject})`);
}

function readable(file: string): RevocationList | undefined {
  try {
    return readRevocationList(readFileSync(file));
  } catch {
    return undefined;
  }
}
