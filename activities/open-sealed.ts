import { createHash } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { Transaction } from '#db';
import { sealedAdditionalData, sealedInfo, type SealedContext } from '#domain/sealed.ts';

/** What the caller expects the value to be bound to; a row made for anything else does not open. */
export type OpenAsk = Pick<SealedContext, 'id' | 'purpose' | 'subject'> & Partial<Pick<SealedContext, 'run' | 'account'>>;

/**
 * `gone`: erased, or the unlogged table was emptied by a crash. `expired`: by the database's clock. `not-bound`: sealed
 * for something else, by somebody else, or changed since. The plaintext belongs to the caller, who fills it with zeros.
 * `derive` gives bytes that only this recipient can make, the same ones as long as the value is there (RFC 9180 §5.3).
 */
export type Opened =
  | { outcome: 'opened'; plaintext: Buffer; digest: string; derive: (label: string, bytes: number) => Promise<Buffer> }
  | { outcome: 'gone' | 'expired' | 'not-bound' };

/** The receiving half of RFC 9180 auth mode for one recipient: only what the API sealed to it opens. */
export interface Opener {
  open(db: Transaction, ask: OpenAsk): Promise<Opened>;
}

export interface OpeningKeys {
  recipient: SealedContext['recipient'];
  /** PKCS#8 PEM, P-256. */
  own: string;
  /** SPKI PEM, P-256, of the API's sealing key: authenticates the sender. */
  sender: string;
}

interface Row {
  encapsulated: Uint8Array;
  ciphertext: Uint8Array;
  expires_at: Date;
  live: boolean;
}

/** DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Throws when a key cannot be read. */
export async function createOpener(keys: OpeningKeys): Promise<Opener> {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const recipientKey = await importKey('pkcs8', keys.own, ['deriveBits']);
  const senderPublicKey = await importKey('spki', keys.sender, []);
  const { recipient } = keys;

  return {
    async open(db, { id, purpose, subject, run = '', account = '' }) {
      const rows = await db.$queryRaw<
        Row[]
      >`SELECT encapsulated, ciphertext, expires_at, expires_at > now() AS live FROM sealed WHERE id = ${id}::uuid`;
      const row = rows[0];
      if (!row) return { outcome: 'gone' };
      if (!row.live) return { outcome: 'expired' };
      // The binding is what the caller expects, not what the row says: a row that was moved fails authentication.
      const context: SealedContext = { id, recipient, purpose, subject, run, account, expiresAt: row.expires_at.toISOString() };
      try {
        const receiver = await suite.createRecipientContext({
          recipientKey,
          senderPublicKey,
          enc: row.encapsulated,
          info: Buffer.from(sealedInfo(context)),
        });
        const plaintext = Buffer.from(await receiver.open(row.ciphertext, Buffer.from(sealedAdditionalData(context))));
        const digest = createHash('sha256').update(row.encapsulated).update(row.ciphertext).digest('hex');
        const derive = async (label: string, bytes: number): Promise<Buffer> =>
          Buffer.from(await receiver.export(Buffer.from(label), bytes));
        return { outcome: 'opened', plaintext, digest, derive };
      } catch {
        return { outcome: 'not-bound' };
      }
    },
  };
}

function importKey(format: 'pkcs8' | 'spki', pem: string, usages: KeyUsage[]): Promise<CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  // Extractable, since the KEM derives the recipient's public key from it (RFC 9180 §4.1 AuthDecap).
  return crypto.subtle.importKey(format, der, { name: 'ECDH', namedCurve: 'P-256' }, true, usages);
}
