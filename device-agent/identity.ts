import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';
import { SEALING_KEY_FILE } from './sealing-key.ts';
import { selfSigned } from './self-signed.ts';

/** Who a device is: a key that was made on it and never leaves it. */
export interface Identity {
  readonly key: KeyObject;
  readonly keyPem: string;
  readonly certificatePem: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex: the name by which the portal knows the device. */
  readonly fingerprint: string;
}

/** The device's own identity in its folder; made there the first time. */
export function identityIn(folder: string, name: string): Identity {
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(keyFile)) {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
    writeDurably(keyFile, pem.toString(), 0o600);
  }
  const keyPem = readFileSync(keyFile, 'utf8');
  const key = createPrivateKey(keyPem);
  // The key came first: a crash between the two leaves one that only lacks its certificate.
  if (!existsSync(certificateFile)) writeDurably(certificateFile, selfSigned(key, name), 0o600);
  return { key, keyPem, certificatePem: readFileSync(certificateFile, 'utf8'), fingerprint: fingerprintOf(key) };
}

/** By what the portal knows the device; undefined where no key was made yet. */
export function fingerprintIn(folder: string): string | undefined {
  const keyFile = join(folder, 'key.pem');
  return existsSync(keyFile) ? fingerprintOf(createPrivateKey(readFileSync(keyFile, 'utf8'))) : undefined;
}

/** Removes all that the agent wrote into its folder, and the folder when nothing else is in it. */
export function forgetIn(folder: string): void {
  for (const file of ['key.pem', SEALING_KEY_FILE, 'certificate.pem', 'memory.json', 'machine.ccache', 'agent.pid'])
    for (const name of [file, `${file}.new`]) rmSync(join(folder, name), { force: true });
  rmSync(join(folder, 'told'), { recursive: true, force: true });
  try {
    rmdirSync(folder);
  } catch {
    // It is gone, or holds something that is not ours.
  }
}

function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(createPublicKey(key).export({ format: 'der', type: 'spki' }))
    .digest('hex');
}
