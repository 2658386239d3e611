import { existsSync } from 'node:fs';
import { newHandle } from '#evidence/card-ticket.ts';
import type { KeyedHash } from './keyed-hash.ts';

/** Where claimants are sent to show a smart card. */
export interface CardOffer {
  /** Origin of the card listener. */
  origin: string;
  /** Whether any cards count just now. */
  isOn: () => boolean;
}

/**
 * The offer by the settings. Throws one sentence when the two hosts are not of one site: browsers keep the cookie of the
 * reset (SameSite=Strict) from whoever comes from another.
 */
export function cardOffer(settings: { origin: string; trustFile: string } | undefined, portal: string): CardOffer | undefined {
  if (!settings) return undefined;
  const { origin, trustFile } = settings;
  if (!isSameSite(new URL(origin).hostname, new URL(portal).hostname))
    throw new Error(`${origin} and ${portal} have to be on one host, or under one domain. Give the card listener such a name.`);
  return { origin: new URL(origin).origin, isOn: () => existsSync(trustFile) };
}

/** One host, or two names under the same domain of at least two labels. */
function isSameSite(a: string, b: string): boolean {
  const domain = (host: string): string => host.slice(host.indexOf('.') + 1);
  const isName = (host: string): boolean => !/^[\d.]+$|:/.test(host);
  return a === b || (isName(a) && isName(b) && domain(a) === domain(b) && domain(a).includes('.'));
}

/** What opens the handles of this browser in this reset: of the browser's secret only a keyed hash ever leaves this process. */
export function openingOf(hash: KeyedHash, reset: string, browserToken: string): string {
  return hash('card-opening', reset, browserToken).toString('base64url');
}

/** The address at which this browser shows a card for its reset, another one each time. */
export function cardAddress(
  { origin }: CardOffer,
  hash: KeyedHash,
  { id, reference, browserToken }: { id: string; reference: string; browserToken: string },
): string {
  return `${origin}/${reference}/${newHandle(id, openingOf(hash, id, browserToken))}`;
}
