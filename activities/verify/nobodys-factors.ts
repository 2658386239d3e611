import { randomBytes, randomUUID } from 'node:crypto';
import { NOBODY } from './deps.ts';
import { encryptSecret } from './factor-secret.ts';
import type { VerifierKeys } from './keys.ts';
import { signRow, totpBody, type TotpRow } from './row-signature.ts';
import { assignmentBody, SEED_OF, tokenBody, type AssignmentRow, type TokenRow } from './token-rows.ts';

/**
 * An app and a token of nobody's, made as those of people are and thrown away with the process. For an account without one the same is done with
 * them: signatures checked, the secret opened, codes computed. Half a millisecond less would tell who has one.
 */
export interface NobodysFactors {
  app: TotpRow & { signature: Uint8Array };
  token: TokenRow & { signature: Uint8Array };
  assignment: AssignmentRow & { signature: Uint8Array };
}

const made = new WeakMap<VerifierKeys, NobodysFactors>();

/** Those of this process, for the keys that it has. */
export function nobodysFactors(keys: VerifierKeys): NobodysFactors {
  const known = made.get(keys) ?? make(keys);
  made.set(keys, known);
  return known;
}

function make(keys: VerifierKeys): NobodysFactors {
  const [appId, tokenId, at] = [randomUUID(), randomUUID(), new Date()];
  const settings = { algorithm: 'sha1', digits: 6, keyId: keys.factorId } as const;
  const app: TotpRow = {
    ...settings,
    id: appId,
    accountGuid: NOBODY,
    secret: encryptSecret(keys, NOBODY, appId, randomBytes(20)),
    period: 30,
    binding: 'first',
    enrolledAt: at,
  };
  const token: TokenRow = {
    ...settings,
    id: tokenId,
    manufacturer: '',
    serial: '',
    secret: encryptSecret(keys, SEED_OF, tokenId, randomBytes(20)),
    period: null,
    importId: NOBODY,
    expiresAt: null,
  };
  const assignment: AssignmentRow = { id: randomUUID(), tokenId, accountGuid: NOBODY, assignedAt: at, assignedBy: NOBODY };
  const signed = <T extends object>(row: T, body: Parameters<typeof signRow>[1]) => ({ ...row, signature: signRow(keys, body) });
  return {
    app: signed(app, totpBody(app)),
    token: signed(token, tokenBody(token)),
    assignment: signed(assignment, assignmentBody(assignment)),
  };
}
