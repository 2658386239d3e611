import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { CardShown, FactorPassed } from '#domain/attestation.ts';
import { HANDLE, isHandleOf, openTicket, type CardTicket } from '#evidence/card-ticket.ts';
import { certificateOf, whyNotJudged } from './card-text.ts';

/** Exactly CardTicket in evidence/card-ticket.ts. */
const ticket = z.strictObject({
  v: z.literal(1),
  type: z.literal('card-ticket'),
  id: z.uuid(),
  handle: z.string().regex(HANDLE),
  certificate: z.base64(),
  protocol: z.enum(['TLSv1.2', 'TLSv1.3']),
  at: z.iso.datetime(),
});

/** A ticket counts for so long; the clocks of listener and database may differ by the slack. */
const TICKET_MS = 120_000;
const SLACK_MS = 60_000;

/** A ticket that the listener of this key signed; undefined for everything else. */
export function readTicket(signed: { text: string; signature: string }, key: KeyObject): CardTicket | undefined {
  const parsed = ticket.safeParse(openTicket(signed, key));
  return parsed.success ? parsed.data : undefined;
}

/** Whether a ticket counts at this moment. */
export function isTicketFresh({ at }: Pick<CardTicket, 'at'>, now: Date): boolean {
  const age = now.getTime() - Date.parse(at);
  return age <= TICKET_MS && age >= -SLACK_MS;
}

/** The listener's key as a record names it; undefined when it is no Ed25519 key. */
export function listenerKeyOf(spki: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why a factor by smart card does not rest on what its record holds, or undefined when it does: the listener's ticket, for just this reset and
 * just then, over a certificate that counted under the authorities and lists that the record names. By `pinned`, the listener's key
 * that the caller believes; without one by the key of the record, which the caller then names. Whose the card is, the directory said.
 */
export function whyNotShown(statement: FactorPassed, pinned?: KeyObject): string | undefined {
  const record: CardShown | undefined = statement.card;
  const key = pinned ?? (record && listenerKeyOf(record.listener));
  const said = record && key && readTicket(record.ticket, key);
  if (!record || !said) return 'no card was shown at the listener';
  if (!isHandleOf(said.handle, statement.reset, record.opening)) return 'the card was shown for another reset';
  if (!isTicketFresh(said, new Date(statement.at))) return 'the card was shown at another time';
  if (certificateOf(said.certificate)?.sha256 !== statement.credential) return 'another card was shown';
  return whyNotJudged(statement, { ...record, certificate: said.certificate });
}
