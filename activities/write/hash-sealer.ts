import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { SEALED_HASH_INFO, sealedHashAdditionalData, type SealedHashContext } from '#domain/sealed-hash.ts';

export interface SealedToDevice {
  encapsulated: Uint8Array<ArrayBuffer>;
  ciphertext: Uint8Array<ArrayBuffer>;
}

/** The sending half of RFC 9180 auth mode from a writer to devices, which pinned its public key when they enrolled: what anybody else sealed does not open there. */
export interface HashSealer {
  /** `to`: SubjectPublicKeyInfo (DER) of a P-256 key. Throws for any other. */
  seal(to: Uint8Array<ArrayBuffer>, context: SealedHashContext, hash: string): Promise<SealedToDevice>;
}

/** `own`: the writer's opening key, PKCS#8 PEM, P-256, whose public half the API gives to devices. Throws when it cannot be read. */
export async function createHashSealer(own: string): Promise<HashSealer> {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  const der = Buffer.from(own.replace(/-----[^-]+-----/g, ''), 'base64');
  // Extractable, since the KEM derives its public key from it (RFC 9180 §4.1 AuthEncap).
  const senderKey = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['deriveBits']);
  return {
    async seal(to, context, hash) {
      const recipientPublicKey = await crypto.subtle.importKey('spki', to, algorithm, true, []);
      const sender = await suite.createSenderContext({ recipientPublicKey, senderKey, info: Buffer.from(SEALED_HASH_INFO) });
      const ciphertext = new Uint8Array(await sender.seal(Buffer.from(hash), Buffer.from(sealedHashAdditionalData(context))));
      return { encapsulated: new Uint8Array(sender.enc), ciphertext };
    },
  };
}
