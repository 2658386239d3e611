import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Attestation } from '#domain/attestation.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { PAGE } from '../support/signed-record.ts';
import { SoftPasskey } from '../support/soft-passkey.ts';
import type { CaseOptions } from '../write/workbench.ts';

/** What a worker that was taken over may say about the statements of a reset: each table is one lie a row. */
type Lie = (honest: Attestation[]) => Attestation[];
export const without =
  (kind: Attestation['kind']): Lie =>
  (all) =>
    all.filter((a) => a.kind !== kind);
const every =
  (change: Partial<Attestation>): Lie =>
  (all) =>
    all.map((a) => ({ ...a, ...change }) as Attestation);
export const only =
  (kind: Attestation['kind'], change: object): Lie =>
  (all) =>
    all.map((a) => (a.kind === kind ? { ...a, ...change } : a));
const minutes = (count: number): string => new Date(Date.now() + count * 60_000).toISOString();

/** The approvers of a Domain Admin in the demo bank. */
export const approvals = ['ines.duarte', 'quentin.roux'];

/** A key that is not the verifier's. */
const nobody = generateKeyPairSync('ed25519').privateKey;

/** All of them end in `evidence-missing`. */
export function statementLies(sid: string): [string, CaseOptions][] {
  return [
    ['nothing was signed', { statements: () => [] }],
    ['nobody was named', { statements: without('identified') }],
    ['no proof', { statements: without('proof') }],
    ['no factor', { statements: without('factor') }],
    ['signed by another key', { signWith: nobody }],
    ['everything of another run', { statements: every({ run: randomUUID() }) }],
    ['everything of another reset', { statements: every({ reset: uuidv7() }) }],
    ['everything of another account', { statements: every({ account: randomUUID() }) }],
    ['a proof of another account', { statements: only('proof', { account: randomUUID() }) }],
    ['a factor of another run', { statements: only('factor', { run: randomUUID() }) }],
    ['a week old', { statements: every({ at: minutes(-7 * 24 * 60) }) }],
    ['signed for tomorrow', { statements: every({ at: minutes(24 * 60) }) }],
    ['a proof from before the name', { statements: only('proof', { at: minutes(-30) }) }],
    ['a method that does not exist', { statements: only('proof', { method: 'security-question' }) }],
    ['a policy that was never loaded', { statements: only('identified', { policy: '0'.repeat(64) }) }],
    ['another SID', { statements: only('identified', { sid: `${sid}0` }) }],
    [
      'named twice, in two ways',
      {
        statements: (all) => [
          ...all,
          ...all.filter((a) => a.kind === 'identified').map((a) => ({ ...a, id: randomUUID(), pwdLastSet: '1' })),
        ],
      },
    ],
    ['an issuer who does not exist', { statements: only('proof', { method: 'issued-code', issuer: randomUUID() }) }],
  ];
}

const decision = (all: Attestation[], stage: number) => all.find((a) => a.kind === 'decision' && a.stage === stage);

/** A key that does not ask who touches it. */
function unverified(): SoftPasskey {
  const key = new SoftPasskey();
  key.flags.userVerified = false;
  return key;
}

/** An officer's lock, beside everything that was honest. */
const locked: Lie = (all) => [
  ...all,
  { ...all.find(({ kind }) => kind === 'factor'), id: randomUUID(), kind: 'lock', person: randomUUID(), reason: '00' } as Attestation,
];

/** What is tried, on whom, and the code that answers it. */
export const approvalLies: [string, string, CaseOptions, string][] = [
  ['no approval', 'rosa.klein', {}, 'evidence-missing'],
  ['one of two stages', 'rosa.klein', { approvals: ['ines.duarte'] }, 'evidence-missing'],
  ['signed by another key', 'rosa.klein', { approvals, signWith: nobody }, 'evidence-missing'],
  ['one person for two stages', 'rosa.klein', { approvals: ['ines.duarte', 'ines.duarte'] }, 'already-decided'],
  ['not the manager', 'rosa.klein', { approvals: ['nadia.rahman', 'quentin.roux'] }, 'not-an-approver'],
  ['not an officer', 'rosa.klein', { approvals: ['ines.duarte', 'helena.voss'] }, 'not-an-approver'],
  ['the claimant as the manager', 'rosa.klein', { approvals: ['rosa.klein', 'quentin.roux'] }, 'own-account'],
  ['the claimant through the other account', 'priya.menon-adm', { approvals: ['ines.duarte', 'priya.menon'] }, 'own-account'],
  ['the claimant through a linked account', 'quentin.roux-adm', { approvals }, 'own-account'],
  ['who issued the code', 'rosa.klein', { approvals, issuer: 'quentin.roux' }, 'issued-the-code'],
  ['nobody is the manager', 'tomas.vrba', { approvals }, 'not-an-approver'],
  [
    'approved before anything was proven',
    'rosa.klein',
    { approvals, statements: only('decision', { at: minutes(-20) }) },
    'evidence-missing',
  ],
  [
    'approved by somebody who does not exist',
    'rosa.klein',
    { approvals, statements: only('decision', { person: randomUUID() }) },
    'evidence-missing',
  ],
  ['confirmed by one-time codes', 'rosa.klein', { approvals, statements: only('decision', { method: 'totp' }) }, 'evidence-missing'],
  [
    'signed on a page of another site',
    'rosa.klein',
    { approvals, approvers: { page: { ...PAGE, origin: 'https://evil.test' } } },
    'evidence-missing',
  ],
  ['signed for another reset', 'rosa.klein', { approvals, approvers: { said: { reset: randomUUID() } } }, 'evidence-missing'],
  ['signed as a denial', 'rosa.klein', { approvals, approvers: { said: { decision: 'deny' } } }, 'evidence-missing'],
  ['signed by a key of nobody', 'rosa.klein', { approvals, approvers: { verifier: nobody } }, 'evidence-missing'],
  ['signed without a check of the owner', 'rosa.klein', { approvals, approvers: { key: unverified() } }, 'evidence-missing'],
  [
    'a denial beside two approvals',
    'rosa.klein',
    { approvals, statements: (all) => [...all, { ...decision(all, 1), id: randomUUID(), decision: 'deny' } as Attestation] },
    'approval-denied',
  ],
  ['locked after both had approved, and the worker goes on', 'rosa.klein', { approvals, statements: locked }, 'reset-locked'],
];
