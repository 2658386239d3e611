import {
  bufferToBase64URLString,
  base64URLStringToBuffer,
  startAuthentication,
  startRegistration,
  WebAuthnError,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/browser';
import { addStatement, PASSKEY_TAG, removeStatement } from '#domain/passkey.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import type { KeyCeremony } from '../records.ts';
import type { Word } from '../say.ts';

/**
 * Signs a statement with one of the person's keys. The page itself makes the challenge from the statement (RFC 8785 text
 * behind the tag, SHA-256), so what is signed is what this page was asked to say, whatever a server would like to have signed.
 */
export async function signStatement(
  tag: string,
  statement: Json,
  { confirmation }: Pick<KeyCeremony, 'confirmation'>,
): Promise<AuthenticationResponseJSON> {
  const challenge = bufferToBase64URLString(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${tag}${canonical(statement)}`)),
  );
  return startAuthentication({ optionsJSON: { ...confirmation, challenge } }); // any transport that a browser once named
}

export async function makeKey(ceremony: KeyCeremony): Promise<RegistrationResponseJSON> {
  return startRegistration({ optionsJSON: ceremony.creation as never }); // as the interface's own library wrote it
}

/** Confirms a new key with one that the person has. */
export async function signAdded(ceremony: KeyCeremony, made: RegistrationResponseJSON, name: string): Promise<AuthenticationResponseJSON> {
  const digest = await crypto.subtle.digest('SHA-256', base64URLStringToBuffer(made.response.attestationObject));
  const registration = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return signStatement(PASSKEY_TAG, addStatement(ceremony, { credential: made.id, registration, name }), ceremony);
}

export function signRemoved(ceremony: KeyCeremony, passkey: string): Promise<AuthenticationResponseJSON> {
  return signStatement(PASSKEY_TAG, removeStatement(ceremony, passkey), ceremony);
}

/** What to tell the person about an error of the browser's; undefined for errors that are not about a key. */
export function keyProblem(error: unknown): Word | undefined {
  if (!(error instanceof WebAuthnError) && !(error instanceof DOMException)) return undefined;
  switch (error.name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'keys.notUsed';
    case 'InvalidStateError':
      return 'keys.known';
    case 'ConstraintError':
      return 'keys.noUv';
    case 'SecurityError':
      return 'keys.wrongAddress';
    default:
      return 'keys.failed';
  }
}
