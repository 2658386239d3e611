import { createHash } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { SEALED_HASH_FORM, SEALED_HASH_INFO, sealedHashAdditionalData, type SealedHashContext } from '#domain/sealed-hash.ts';

/** Octets of an encapsulated P-256 key (RFC 9180 §7.1). */
const ENCAPSULATED = 65;

const algorithm = { name: 'ECDH', namedCurve: 'P-256' };

/**
 * The hash in what came beside a notice, or undefined: when it is not what the notice was signed for, was sealed to another device, for another reset or account, by another writer
 * than those of the enrolment, or is no hash of the one kind that is taken. Never throws, and says no more of a fault.
 */
export async function openHash(
  sealed: string,
  of: { sha256: string; context: SealedHashContext; own: string; writerKeys: readonly string[] },
): Promise<string | undefined> {
  const bytes = Buffer.from(sealed, 'base64url');
  if (createHash('sha256').update(bytes).digest('hex') !== of.sha256) return undefined;
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const additional = Buffer.from(sealedHashAdditionalData(of.context));
  for (const writer of of.writerKeys) {
    try {
      const der = Buffer.from(of.own.replace(/-----[^-]+-----/g, ''), 'base64');
      const recipientKey = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['deriveBits']);
      const senderPublicKey = await crypto.subtle.importKey('spki', Buffer.from(writer, 'base64'), algorithm, true, []);
      const enc = bytes.subarray(0, ENCAPSULATED);
      const receiver = await suite.createRecipientContext({ recipientKey, senderPublicKey, enc, info: Buffer.from(SEALED_HASH_INFO) });
      const hash = Buffer.from(await receiver.open(bytes.subarray(ENCAPSULATED), additional)).toString('ascii');
      return SEALED_HASH_FORM.test(hash) ? hash : undefined;
    } catch {
      // Another writer's, or nobody's.
    }
  }
  return undefined;
}
