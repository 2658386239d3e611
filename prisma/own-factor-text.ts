import { changeShown, ownChangeStatement, type ChangeShown } from '#domain/own-factor-statement.ts';
import type { Ceremony } from '#domain/passkey.ts';
import { canonical } from '#evidence/jcs.ts';
import { sha256 } from './publication-text.ts';

/** What a key signs for this change: made by the API for the page, and again by the verifier from what was sealed. */
export function ownChange(ceremony: Ceremony, what: ChangeShown) {
  return ownChangeStatement(ceremony, sha256(canonical(changeShown(what))));
}
