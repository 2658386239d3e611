import { X509Certificate } from 'node:crypto';

/** A certificate that a device writes into its account serves for one enrolment and no longer. */
const LONGEST_MS = 3_600_000;
/** One of an Ed25519 key has 300 bytes. */
const LARGEST = 4096;

/**
 * Whether one of these certificates (DER) is a device's word for this key: made by the key itself, with the host's name, good for an hour at most, and
 * that hour is now. What else stands among the certificates of a computer is other people's.
 */
export function vouchesFor(
  certificates: readonly Buffer[],
  key: Uint8Array,
  { hostName, clock }: { hostName: string; clock: Date },
): boolean {
  return certificates.some((bytes) => {
    const read = bytes.length <= LARGEST ? certificateIn(bytes) : undefined;
    if (!read) return false;
    const [from, until] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
    return (
      read.spki.equals(key) &&
      read.subject === `CN=${hostName.slice(0, 64)}` &&
      until - from <= LONGEST_MS &&
      from <= clock.getTime() &&
      clock.getTime() <= until
    );
  });
}

/** A certificate that signed itself, or undefined. */
function certificateIn(bytes: Buffer) {
  try {
    const certificate = new X509Certificate(bytes);
    const { validFrom, validTo, subject, publicKey } = certificate;
    if (publicKey.asymmetricKeyType !== 'ed25519' || !certificate.verify(publicKey)) return undefined;
    return { validFrom, validTo, subject, spki: publicKey.export({ type: 'spki', format: 'der' }) };
  } catch {
    // Whoever may write there may write anything.
    return undefined;
  }
}
