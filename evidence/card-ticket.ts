import { createHash, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { openStatement, signStatement } from './attestation.ts';
import type { Json } from './jcs.ts';

/**
 * A card ticket: what the card listener signs about a certificate whose key was used in a TLS handshake with it (the
 * CertificateVerify of RFC 8446 §4.4.3, RFC 5246 §7.4.8). It names the handle for which that was done; whether the
 * certificate counts, and whose it is, it does not know.
 */
export interface CardTicket {
  v: 1;
  type: 'card-ticket';
  /** Random; a ticket counts once. */
  id: string;
  handle: string;
  /** DER, base64. */
  certificate: string;
  protocol: 'TLSv1.2' | 'TLSv1.3';
  /** RFC 3339 UTC, by the listener's clock. */
  at: string;
}

const CONTEXT = 'countersign/card-ticket/v1';
/** 16 random bytes, a dot, and a SHA-256, both in base64url. */
export const HANDLE = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;
/** A certificate of 6,000 bytes, twice in base64, with what stands around it; and a form of 16 kB still holds it. */
export const LONGEST_TICKET = 12_288;
export const LARGEST_CERTIFICATE = 6000;

/**
 * A handle for one use of a card in one reset: it commits to the reset and to a secret of the browser that holds it
 * (`opening`), and tells neither. Whoever is shown the opening can check it for ever.
 */
export function newHandle(reset: string, opening: string): string {
  const fresh = randomBytes(16).toString('base64url');
  return `${fresh}.${commitment(fresh, reset, opening).toString('base64url')}`;
}

/** Whether a handle was made for this reset with this opening. */
export function isHandleOf(handle: string, reset: string, opening: string): boolean {
  if (!HANDLE.test(handle)) return false;
  const [fresh = '', committed = ''] = handle.split('.');
  const offered = Buffer.from(committed, 'base64url');
  const expected = commitment(fresh, reset, opening);
  return offered.length === expected.length && timingSafeEqual(offered, expected);
}

function commitment(fresh: string, reset: string, opening: string): Buffer {
  return createHash('sha256')
    .update(`countersign/card-handle/v1\n${JSON.stringify([fresh, reset, opening])}`)
    .digest();
}

/** A ticket as a browser carries it: signature and RFC 8785 text, both in base64url. */
export function printTicket(body: CardTicket, key: KeyObject): string {
  const { text, signature } = signStatement(body as unknown as Json, key, CONTEXT); // a ticket is plain JSON
  return `${signature.toString('base64url')}.${Buffer.from(text).toString('base64url')}`;
}

/** Text and signature (base64url) of a ticket that was carried; undefined when it has another form. Whether it was signed is another question. */
export function parseTicket(printed: string): { text: string; signature: string } | undefined {
  const match = /^([A-Za-z0-9_-]{86})\.([A-Za-z0-9_-]+)$/.exec(printed);
  if (!match || printed.length > LONGEST_TICKET) return undefined;
  const [, signature = '', text = ''] = match;
  return { text: Buffer.from(text, 'base64url').toString('utf8'), signature };
}

/** What a ticket says when the listener of this key signed it; undefined otherwise, never an exception. Its shape is for the caller to check. */
export function openTicket({ text, signature }: { text: string; signature: string }, key: KeyObject): Json | undefined {
  return openStatement(text, Buffer.from(signature, 'base64url'), key, CONTEXT);
}
