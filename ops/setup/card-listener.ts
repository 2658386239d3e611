import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CardListenerSettings } from '#config';
import { cardListener } from '../paths.ts';
import { already, type Progress } from '../progress.ts';
import { cardTrustFile } from './card-trust.ts';
import { certificateFile, certificateKeyFile } from './certificates.ts';
import type { Identities } from './identities.ts';
import { ownedFile, ownedFileOnce, ownedFolder } from './owned-files.ts';

/** Who pins the listener's key. */
const PINNED = ['verifier', 'writer-staff', 'writer-privileged'] as const;

const inFolder = (state: string, file: string): string => join(state, cardListener, file);
export const listenerSigningKey = (state: string): string => inFolder(state, 'signing.key');
export const listenerSettings = (state: string): string => inFolder(state, 'settings.json');
/** The listener's public key in the folder of whoever pins it. */
export const cardListenerKeyFile = (state: string, holder: (typeof PINNED)[number]): string => join(state, holder, 'card-listener.pub');
/** The same for auditors, beside the trust policy. */
export const cardListenerKeyCopy = (state: string): string => join(state, 'trust', 'card-listener.pem');

/** Makes the signing key of the card listener once, and gives its public half to those who judge by it. */
export function makeListenerKey(state: string, identities: Identities, progress: Progress): Promise<unknown> {
  return progress.step('key of the card listener', async () => {
    const isNew = !existsSync(listenerSigningKey(state));
    ownedFolder(join(state, cardListener), identities[cardListener]);
    ownedFileOnce(listenerSigningKey(state), newKey, identities[cardListener]);
    const publicPem = createPublicKey(readFileSync(listenerSigningKey(state)))
      .export({ format: 'pem', type: 'spki' })
      .toString();
    for (const holder of PINNED) ownedFile(cardListenerKeyFile(state, holder), publicPem, identities[holder]);
    ownedFile(cardListenerKeyCopy(state), publicPem, undefined, 0o644);
    return isNew ? undefined : already;
  });
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

export function writeListenerSettings(
  state: string,
  { identities, port, origin, portal }: { identities: Identities; port: number; origin: string; portal: string },
): void {
  const settings: CardListenerSettings = {
    process: cardListener,
    logLevel: 'info',
    listen: { host: '127.0.0.1', port },
    origin,
    portal,
    tls: { certFile: certificateFile(state, cardListener), keyFile: certificateKeyFile(state, cardListener) },
    signingKeyFile: listenerSigningKey(state),
    trustFile: cardTrustFile(state, cardListener),
  };
  ownedFile(listenerSettings(state), `${JSON.stringify(settings, null, 2)}\n`, identities[cardListener]);
}
