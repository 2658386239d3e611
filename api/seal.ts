import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { sealedAdditionalData, sealedInfo, SEALED_INPUT_SECONDS, type SealedContext } from '#domain/sealed.ts';
import type { Transaction } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';

type Recipient = SealedContext['recipient'];

export interface Sealed {
  id: string;
  /** SHA-256 in hex over encapsulated key and ciphertext: what may enter a history. */
  digest: string;
  expiresAt: string;
}

export type SealAsk = Pick<SealedContext, 'recipient' | 'purpose' | 'subject'> &
  Partial<Pick<SealedContext, 'run' | 'account'>> & { value: object; seconds?: number };

/** Seals what a person typed and stores it for its one recipient. The API cannot open what it has sealed. */
export interface Sealer {
  seal(db: Transaction, ask: SealAsk): Promise<Sealed>;
}

export interface SealingKeys {
  /** PKCS#8 PEM, P-256: authenticates the API as the sender. */
  own: string;
  /** SPKI PEM, P-256, of each recipient. */
  recipients: Record<Recipient, string>;
}

/** RFC 9180 in auth mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export async function createSealer(keys: SealingKeys): Promise<Sealer> {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const senderKey = await importKey('pkcs8', keys.own, ['deriveBits']);
  const entries = await Promise.all(
    Object.entries(keys.recipients).map(async ([name, pem]) => [name, await importKey('spki', pem, [])] as const),
  );
  const publicKeys = new Map<string, CryptoKey>(entries);

  return {
    async seal(db, { value, seconds = SEALED_INPUT_SECONDS, ...bound }) {
      const recipientPublicKey = publicKeys.get(bound.recipient);
      if (!recipientPublicKey) throw new Error('no key for that recipient');
      const expires = new Date(Date.now() + seconds * 1000);
      const context: SealedContext = { run: '', account: '', ...bound, id: uuidv7(), expiresAt: expires.toISOString() };
      const sender = await suite.createSenderContext({ recipientPublicKey, senderKey, info: Buffer.from(sealedInfo(context)) });
      const plaintext = Buffer.from(JSON.stringify(value));
      const ciphertext = new Uint8Array(await sender.seal(plaintext, Buffer.from(sealedAdditionalData(context))));
      plaintext.fill(0);
      const encapsulated = new Uint8Array(sender.enc);
      const digest = createHash('sha256').update(encapsulated).update(ciphertext).digest('hex');
      const { id, recipient, purpose, subject } = context;
      await db.sealed.create({
        data: { id, recipient, purpose, subject, encapsulated, ciphertext, digest, expiresAt: expires },
        select: { id: true },
      });
      return { id, digest, expiresAt: context.expiresAt };
    },
  };
}

/** Reads a public key file; anybody may read those. */
export function readPublicKey(file: string): string {
  return readFileSync(file, 'utf8');
}

function importKey(format: 'pkcs8' | 'spki', pem: string, usages: KeyUsage[]): Promise<CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  return crypto.subtle.importKey(format, der, { name: 'ECDH', namedCurve: 'P-256' }, true, usages);
}
