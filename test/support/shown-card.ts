import { randomUUID, type KeyObject } from 'node:crypto';
import { newHandle, parseTicket, printTicket, type CardTicket } from '#evidence/card-ticket.ts';
import type { Issued } from './card-authority.ts';

/** What a card listener with this key signs about a card, and what opens it: as the API seals it to the verifier. */
export function shownCard(
  listener: KeyObject,
  card: Issued,
  { reset, opening = 'of-this-browser', ...bent }: { reset: string; opening?: string } & Partial<CardTicket>,
): { text: string; signature: string; opening: string } {
  const ticket: CardTicket = {
    v: 1,
    type: 'card-ticket',
    id: randomUUID(),
    handle: newHandle(reset, opening),
    certificate: card.der.toString('base64'),
    protocol: 'TLSv1.3',
    at: new Date().toISOString(),
    ...bent,
  };
  const parsed = parseTicket(printTicket(ticket, listener));
  if (!parsed) throw new Error('no ticket');
  return { ...parsed, opening };
}
