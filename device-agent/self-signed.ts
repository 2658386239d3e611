import { createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { derSequence } from '#evidence/der.ts';

const tagged = (tag: number, content: Buffer): Buffer => {
  // Every value here is shorter than 128 octets: one octet of length (X.690 8.1.3.4).
  if (content.length > 127) throw new TypeError('too long for the short form');
  return Buffer.concat([Buffer.of(tag, content.length), content]);
};
/** UTCTime through 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
const time = (at: Date): Buffer => {
  const text = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(text.slice(2), 'ascii')) : tagged(0x18, Buffer.from(text, 'ascii'));
};
/** No end: 99991231235959Z (RFC 5280 §4.1.2.5). */
const ALWAYS = { from: new Date('2026-01-01T00:00:00Z'), until: new Date('9999-12-31T23:59:59Z') };
/** id-Ed25519, 1.3.101.112, without parameters (RFC 8410 §3). */
const ED25519 = derSequence(Buffer.from('06032b6570', 'hex'));
const VERSION_3 = Buffer.from('a003020102', 'hex');
/** id-at-commonName, 2.5.4.3. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/**
 * A certificate that a device gives itself (RFC 5280, Ed25519 by RFC 8410). It carries the key through TLS and says nothing else that anybody
 * believes: a device is known by the key, and known until it is revoked. So it has no end unless one is given.
 */
export function selfSigned(key: KeyObject, name: string, { from, until }: { from: Date; until: Date } = ALWAYS): string {
  const bytes = randomBytes(16);
  // RFC 5280 §4.1.2.2: a positive number, without octets that say nothing.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  const attribute = derSequence(COMMON_NAME, tagged(0x0c, Buffer.from(name.slice(0, 64), 'utf8')));
  const subject = derSequence(tagged(0x31, attribute));
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const validity = derSequence(time(from), time(until));
  const toSign = derSequence(VERSION_3, tagged(0x02, bytes), ED25519, subject, validity, subject, spki);
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign(null, toSign, key)]));
  const lines = derSequence(toSign, ED25519, signature)
    .toString('base64')
    .match(/.{1,64}/g);
  return `-----BEGIN CERTIFICATE-----\n${(lines ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}
