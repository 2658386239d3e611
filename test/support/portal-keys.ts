import assert from 'node:assert/strict';
import type { Page, SoftPasskey } from './soft-passkey.ts';

/** What a page of the portal asks of a key, as its script reads it. */
interface AskedOfKey {
  get?: { challenge: string; rpId: string };
  create?: { challenge: string; rp: { id: string }; authenticatorSelection: { residentKey: string; userVerification: string } };
}

export function askedOfKey(page: string): AskedOfKey {
  const [, attribute] = /data-key="([^"]+)"/.exec(page) ?? [];
  assert.ok(attribute, `the page asks no key: ${page.slice(0, 400)}`);
  return JSON.parse(
    attribute.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  ) as AskedOfKey;
}

/** What the script writes into the form when this key has answered. */
export function answerOfKey(key: SoftPasskey, page: string, at: Page): string {
  const { get, create } = askedOfKey(page);
  if (get) return JSON.stringify({ credential: key.id, ...key.assert(get.challenge, at).response });
  return JSON.stringify({ credential: key.id, ...key.register(create?.challenge ?? '', at).response });
}
