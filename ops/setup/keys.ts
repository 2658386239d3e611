import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layout, processNames } from '../paths.ts';
import type { ProcessName } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { makeHistoryKeys } from './history-keys.ts';
import type { Identities } from './identities.ts';
import { ownedFile, ownedFileOnce, ownedFolder } from './owned-files.ts';

/** Private keys as PKCS#8 PEM: which process holds it, and who else is given its public half (SPKI PEM). */
const keyPairs = [
  {
    holder: 'api',
    file: 'sealing.key',
    curve: 'p256',
    publicFile: 'api-sealing.pub',
    readers: ['verifier', 'writer-staff', 'writer-privileged'],
  },
  { holder: 'verifier', file: 'opening.key', curve: 'p256', publicFile: 'verifier-opening.pub', readers: ['api'] },
  {
    holder: 'verifier',
    file: 'signing.key',
    curve: 'ed25519',
    publicFile: 'verifier-signing.pub',
    readers: ['api', 'writer-staff', 'writer-privileged'],
  },
  { holder: 'verifier', file: 'notice.key', curve: 'ed25519', publicFile: 'verifier-notice.pub', readers: ['api'] },
  { holder: 'writer-staff', file: 'opening.key', curve: 'p256', publicFile: 'writer-staff-opening.pub', readers: ['api'] },
  { holder: 'writer-privileged', file: 'opening.key', curve: 'p256', publicFile: 'writer-privileged-opening.pub', readers: ['api'] },
] as const satisfies {
  holder: ProcessName;
  file: string;
  curve: 'p256' | 'ed25519';
  publicFile: string;
  readers: readonly ProcessName[];
}[];

/** Secrets of 32 random bytes, raw. No two processes share one. */
const randomKeys: { holder: ProcessName; file: string }[] = [
  { holder: 'api', file: 'hmac.key' },
  { holder: 'verifier', file: 'factor.key' },
  { holder: 'verifier', file: 'pepper.key' },
  { holder: 'verifier', file: 'hmac.key' },
];

function newPrivateKey(curve: 'p256' | 'ed25519'): string {
  const { privateKey } = curve === 'p256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** The file of a key in the folder of its process. */
export const keyFile = (state: string, holder: ProcessName, file: string): string => join(layout(state).processFolder(holder), file);

/** Every private key and secret with its holder, for the doctor. */
export function privateKeyFiles(state: string): { holder: ProcessName; file: string }[] {
  return [...keyPairs, ...randomKeys].map(({ holder, file }) => ({ holder, file: keyFile(state, holder, file) }));
}

/** Makes the keys that are missing; a key once made is never made again, because sealed rows and factors depend on it. */
export function makeKeys(state: string, identities: Identities, progress: Progress): Promise<unknown> {
  return progress.step('keys of the processes', async () => {
    for (const name of processNames) ownedFolder(layout(state).processFolder(name), identities[name]);
    const missing = privateKeyFiles(state).filter(({ file }) => !existsSync(file));
    for (const { holder, file, curve, publicFile, readers } of keyPairs) {
      const path = keyFile(state, holder, file);
      ownedFileOnce(path, () => newPrivateKey(curve), identities[holder]);
      const publicPem = createPublicKey(readFileSync(path)).export({ format: 'pem', type: 'spki' }).toString();
      for (const reader of readers) ownedFile(keyFile(state, reader, publicFile), publicPem, identities[reader]);
    }
    for (const { holder, file } of randomKeys) ownedFileOnce(keyFile(state, holder, file), () => randomBytes(32), identities[holder]);
    const ringsMade = makeHistoryKeys(state, identities);
    return missing.length === 0 && !ringsMade ? already : undefined;
  });
}
