import { sign, verify, type KeyObject } from 'node:crypto';
import { canonical, canonicalOrNothing, type Json } from '#evidence/jcs.ts';

/** A text in the form of RFC 8785 and an Ed25519 signature over tag, NUL and text: what was signed for one purpose is taken for no other. */
export interface Signed {
  readonly statement: string;
  /** base64url. */
  readonly signature: string;
}

export const TAGS = {
  notice: 'countersign/notice/v1',
  ack: 'countersign/notice-ack/v1',
  report: 'countersign/device-report/v1',
  attest: 'countersign/device-attest/v1',
  update: 'countersign/agent-update/v1',
} as const;

export type Tag = (typeof TAGS)[keyof typeof TAGS];

const toSign = (tag: Tag, text: string): Buffer => Buffer.from(`${tag}\0${text}`, 'utf8');

/** Throws TypeError for what canonical JSON does not know. */
export function signStatement(tag: Tag, value: Json, key: KeyObject): Signed {
  const statement = canonical(value);
  return { statement, signature: sign(null, toSign(tag, statement), key).toString('base64url') };
}

/** What was signed; undefined when the text is in another form, or this key did not sign it for this purpose. Never throws. */
export function openStatement(tag: Tag, { statement, signature }: Signed, key: KeyObject): Json | undefined {
  try {
    const bytes = Buffer.from(signature, 'base64url');
    if (key.asymmetricKeyType !== 'ed25519' || !verify(null, toSign(tag, statement), key, bytes)) return undefined;
    return canonicalOrNothing(statement);
  } catch {
    return undefined;
  }
}
