import type { Attestation } from './attestation.ts';
import type { FactorMethod, ProofMethod } from './next.ts';
import type { Operation } from './operation.ts';

/**
 * Which of the two tracks of NIST SP 800-63B-4 a reset took. `bind`: the person could still authenticate, so a new password is bound to
 * the account (§4.1.2.1; the note in §4.2). `recover`: they showed recovery codes, the word of a contact, or both (§4.2).
 * `keep`: nothing was bound and nothing recovered, since the password stays.
 */
export const TRACKS = ['bind', 'recover', 'keep'] as const;
export type Track = (typeof TRACKS)[number];

export type ResetTrack = {
  track: Track;
  /** The clause of NIST SP 800-63B-4 that what was shown meets; null where there is none to meet, or none is met. */
  clause: string | null;
};

/** Whether a factor is two in one (a key that asks for a PIN or a finger, §3.1.6 and §3.1.7), or what one holds alone. */
const FACTOR_KINDS = {
  totp: 'single',
  'hardware-token': 'single',
  passkey: 'multi',
  'synced-passkey': 'multi',
  'smart-card': 'multi',
} as const satisfies Readonly<Record<FactorMethod | 'passkey' | 'smart-card', 'single' | 'multi'>>;

/**
 * How each proof counts: a code or contact of recovery (§4.2.1), or the password that is bound already. A known device is `neither`: its
 * key proves the device, no secret of the person's opens it, and nothing was bound to the account with it (§3.1).
 */
const PROOF_KINDS = {
  'recovery-code': 'recovery',
  'issued-code': 'recovery',
  vouching: 'recovery',
  'known-password': 'bound',
  'known-device': 'neither',
} as const satisfies Readonly<Record<ProofMethod, 'recovery' | 'bound' | 'neither'>>;

/** Whether one factor alone is two: a key or card that knew its owner itself (NIST SP 800-63B-4 §3.1.6 and §3.1.7). */
export const isMultiFactor = (method: FactorMethod): boolean => FACTOR_KINDS[method] === 'multi';

/**
 * The track of a reset by what was asked and what the verifier attested. Pure, over methods only, so that writer and auditor come to
 * the same by themselves. Whoever shows two factors in one, or one factor and the password, can still authenticate and binds. Everybody
 * else recovers: by one code together with something that is bound already or by two codes of different kinds (§4.2.2.2), or by one code
 * alone (§4.2.2.1, enough for one factor only). What is bound alone binds, at its own level. One factor with nothing beside it but a
 * known device is one factor: it binds, and meets no clause for an account that has more.
 */
export function trackOf(
  operation: Operation,
  { proofs, factors }: { proofs: readonly ProofMethod[]; factors: readonly FactorMethod[] },
): ResetTrack {
  if (operation === 'unlock') return { track: 'keep', clause: null };
  const codes = new Set(proofs.filter((method) => PROOF_KINDS[method] === 'recovery')).size;
  const isKnown = proofs.some((method) => PROOF_KINDS[method] === 'bound');
  const isHeld = factors.length > 0;
  if (factors.some(isMultiFactor) || (isHeld && isKnown)) return { track: 'bind', clause: '4.1.2.1' };
  if (codes > 1 || (codes === 1 && (isHeld || isKnown))) return { track: 'recover', clause: '4.2.2.2' };
  if (codes === 1) return { track: 'recover', clause: '4.2.2.1' };
  if (isHeld && proofs.some((method) => PROOF_KINDS[method] === 'neither')) return { track: 'bind', clause: null };
  return isHeld || isKnown ? { track: 'bind', clause: '4.1.2.1' } : { track: 'recover', clause: null };
}

/** The same by the statements of one run of a reset about its account; others among them are left out. */
export function trackOfStatements(
  operation: Operation,
  statements: readonly Attestation[],
  { run, account }: { run: string; account: string },
): ResetTrack {
  const mine = statements.filter((one) => one.run === run && one.account === account);
  return trackOf(operation, {
    proofs: mine.flatMap((one) => (one.kind === 'proof' ? [one.method] : [])),
    factors: mine.flatMap((one) => (one.kind === 'factor' ? [one.method] : [])),
  });
}

const TRACK_WORDS: Readonly<Record<Track, string>> = {
  bind: 'BIND: the person could still authenticate',
  recover: 'RECOVER: by what is for people who cannot authenticate',
  keep: 'neither BIND nor RECOVER: the password stays',
};

/** As people read it: the track, and the clause that was met. */
export function trackInWords({ track, clause }: ResetTrack): string {
  return `${TRACK_WORDS[track]}${clause === null ? '' : ` (NIST SP 800-63B-4 §${clause})`}`;
}

/** What a leaf says of its track; undefined where it says none, or what no release has said. */
export function trackIn(said: { readonly track?: unknown; readonly clause?: unknown }): ResetTrack | undefined {
  const track = TRACKS.find((one) => one === said.track);
  const clause = said.clause ?? null;
  return track && (clause === null || typeof clause === 'string') ? { track, clause } : undefined;
}
