import type { CDPSession, Page } from 'playwright-core';
import type { SoftPasskey } from '#test/support/soft-passkey.ts';

/** A security key that Chromium makes believe (WebAuthn in the Chrome DevTools protocol): plugged in until it is taken out. */
export interface VirtualKey {
  /** Whether its owner passes its check: a PIN or a fingerprint. */
  knowsOwner: (known: boolean) => Promise<void>;
  takeOut: () => Promise<void>;
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/**
 * Plugs a key in, which is touched at once when it is asked for; `internal`: it is a part of the computer. `synced`: one whose secrets may be copied. `holds`: what
 * somebody has registered already, for the site of these pages.
 */
export async function plugIn(
  page: Page,
  {
    synced = false,
    transport = 'usb',
    holds,
  }: { synced?: boolean; transport?: 'usb' | 'internal'; holds?: { key: SoftPasskey; rpId: string } } = {},
): Promise<VirtualKey> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  const cdp = await session;
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  if (holds) {
    const { id, key } = holds.key.save();
    const credentialId = Buffer.from(id, 'base64url').toString('base64');
    const credential = { credentialId, isResidentCredential: false, rpId: holds.rpId, privateKey: key, signCount: 0 };
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
  }
  return {
    knowsOwner: async (isUserVerified) => void (await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })),
    takeOut: async () => void (await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })),
  };
}
