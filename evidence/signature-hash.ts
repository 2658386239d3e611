const HASHES: Readonly<Record<string, 'sha256' | 'sha384' | 'sha512'>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

/**
 * The hash of a signature algorithm by its object identifier: ECDSA (RFC 5758) and RSASSA-PKCS1-v1_5 (RFC 4055) with SHA-2. Undefined
 * for all others, SHA-1 and MD5 among them, under which certificates were forged.
 */
export function signatureHash(algorithm: string): 'sha256' | 'sha384' | 'sha512' | undefined {
  return HASHES[algorithm];
}
