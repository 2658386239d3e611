import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stampOf } from '#file-stamp';
import { CARD_PURPOSES } from '#domain/card.ts';
import { readCertificates, type Certificate } from '#evidence/certificate.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import { readRevocationList, type RevocationList } from '#evidence/revocation-list.ts';

const schema = z.strictObject({
  /** Each a text of certificates in PEM. */
  roots: z.string(),
  between: z.string(),
  issuers: z.string(),
  purposes: z.array(z.enum(['smart-card-logon', 'client-authentication'])).min(1),
});

/** As it is written in trust.json of a folder of cards. */
export type CardTrustText = z.infer<typeof schema>;

const certificates = (pem: string): Certificate[] => (pem.trim() === '' ? [] : readCertificates(pem));

/**
 * Whose smart cards count by the files of a folder: trust.json, and every revocation list in `lists`, PEM or DER. They are read when they are asked for, and again
 * as soon as a file has changed, so that a new list needs no restart. Undefined where there is no trust.json. A list that cannot be read is as none: the doctor names it.
 */
export function cardTrustIn(folder: string): () => CertificateTrust | undefined {
  const read = new Map<string, { stamp: string; list: RevocationList | undefined }>();
  let trust: { stamp: string; value: Omit<CertificateTrust, 'lists'> } | undefined;
  return () => {
    const file = join(folder, 'trust.json');
    const stamp = stampOf(file);
    if (stamp === undefined) return undefined;
    if (trust?.stamp !== stamp) {
      const { roots, between, issuers, purposes } = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
      const value = { roots: certificates(roots), between: certificates(between), issuers: certificates(issuers) };
      trust = { stamp, value: { ...value, purposes: purposes.map((one) => CARD_PURPOSES[one]) } };
    }
    const names = listFiles(folder);
    for (const name of read.keys()) if (!names.includes(name)) read.delete(name);
    for (const name of names) {
      const now = stampOf(name);
      if (now !== undefined && read.get(name)?.stamp !== now) read.set(name, { stamp: now, list: listIn(name) });
    }
    return { ...trust.value, lists: [...read.values()].flatMap(({ list }) => list ?? []) };
  };
}

/** The files of a folder of cards that should be revocation lists. */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'lists')).map((name) => join(folder, 'lists', name));
  } catch {
    return [];
  }
}

function listIn(file: string): RevocationList | undefined {
  try {
    return readRevocationList(readFileSync(file));
  } catch {
    return undefined;
  }
}
