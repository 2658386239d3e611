/**
 * What binds a sealed value to its use. Both halves (the API seals, verifier or writer opens) put the same text into
 * HPKE's additional data (RFC 9180 §5.2), so a row moved to another reset, run, account or purpose does not open.
 */
export interface SealedContext {
  id: string;
  recipient: 'verifier' | 'writer-staff' | 'writer-privileged';
  purpose:
    | 'break-glass'
    | 'review'
    | 'new-factors'
    | 'objection'
    | 'account-name'
    | 'proof'
    | 'factor'
    | 'operation'
    | 'resume'
    | 'decision'
    | 'lock'
    | 'joint-act'
    | 'campaign-deed'
    | 'device-deed'
    | 'device-enrolment'
    | 'sign-in'
    | 'issued-code'
    | 'enrolment'
    | 'passkey'
    | 'passkey-removal'
    | 'own-factor'
    | 'vouch'
    | 'delegation'
    | 'delegation-end'
    | 'policy-deed'
    | 'token-deed'
    | 'policy-simulation'
    | 'password';
  /** reset id, or the session or command that the value belongs to. */
  subject: string;
  /** For passwords: the run and the account; empty otherwise. */
  run: string;
  account: string;
  expiresAt: string;
}

/** HPKE `info`: the product, the format's version and the direction. */
export function sealedInfo(context: Pick<SealedContext, 'recipient'>): string {
  return `countersign/sealed/v1 api->${context.recipient}`;
}

/** The additional data: every field in a fixed order, none of which may hold a line break. */
export function sealedAdditionalData(c: SealedContext): string {
  return [c.id, c.recipient, c.purpose, c.subject, c.run, c.account, c.expiresAt].join('\n');
}

/** Seconds that a typed value other than a password may wait for the verifier. */
export const SEALED_INPUT_SECONDS = 60;
