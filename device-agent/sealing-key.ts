import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';

export const SEALING_KEY_FILE = 'sealing-key.pem';

/** The key to which hashes are sealed, another one than that which signs, in PKCS#8 PEM; made in the device's folder the first time. */
export function sealingKeyIn(folder: string): string {
  const file = join(folder, SEALING_KEY_FILE);
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeDurably(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
  }
  return readFileSync(file, 'utf8');
}

/** Its public half, as a report shows it. */
export function publicSealingKeyIn(folder: string): string {
  return createPublicKey(sealingKeyIn(folder)).export({ format: 'der', type: 'spki' }).toString('base64');
}
