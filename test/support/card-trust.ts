import { readCertificate } from '#evidence/certificate.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import { readRevocationList } from '#evidence/revocation-list.ts';
import { rootAuthority, SMART_CARD_LOGON } from './card-authority.ts';

/**
 * A bank whose one authority issues the cards that count, beside one for servers under the same root, and strangers whose
 * authorities bear the same names; with the bank's lists and whose cards count by them.
 */
export async function cardTrust() {
  const [bank, stranger] = [await rootAuthority('Card Root'), await rootAuthority('Card Root')];
  const [issuing, sister, strange] = [
    await bank.authority('Card Issuing'),
    await bank.authority('Servers Issuing'),
    await stranger.authority('Card Issuing'),
  ];
  const lists = [await bank.list(), await issuing.list()];
  const trust: CertificateTrust = {
    roots: [readCertificate(bank.der)],
    between: [],
    issuers: [readCertificate(issuing.der)],
    lists: lists.map(readRevocationList),
    purposes: [SMART_CARD_LOGON],
  };
  return { bank, stranger, issuing, sister, strange, lists, trust };
}
