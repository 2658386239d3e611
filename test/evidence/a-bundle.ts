import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleParts } from '#audit/bundle-parts.ts';
import type { Attestation } from '#domain/attestation.ts';
import { signStatement } from '#evidence/attestation.ts';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { rootOf } from '#evidence/frontier.ts';
import type { Json } from '#evidence/jcs.ts';
import { commit, encodeLeaf, type LeafBody } from '#evidence/leaf.ts';
import { printLogProof } from '#evidence/log-proof.ts';
import { consistencyParts, inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner, type Signer } from '#evidence/signer-key.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { root } from '#ops/paths.ts';
import { SHOWN, signedBy, type Signing } from '../support/signed-record.ts';
import { audit, log, origin, soc, twoOfThree } from './bank-log.ts';

/** One privileged reset of an invented bank as parts of a bundle, honest unless the options change it on its way. */
export const exporter: Signer = generateSigner('export.bank.example', SIGNATURE);
export const verifier = generateKeyPairSync('ed25519');
export const reset = '0193a000-0000-7000-8000-000000000001';
const run = '0193a000-0000-7000-8000-0000000000aa';
export const account = '11111111-1111-4111-8111-111111111111';
export const manager = '22222222-2222-4222-8222-222222222222';
export const officer = '33333333-3333-4333-8333-333333333333';
export const policyText = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8');
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const policy = { sha256: sha256(policyText), rule: 'privileged' };
const history = Buffer.from('{"events":[]}');
const code = '// stands for the code of the workflows';
const digest = 'd'.repeat(64);
const began = Date.parse('2026-11-20T09:00:00.000Z');
const at = (seconds: number): string => new Date(began + seconds * 1000).toISOString();

/** A leaf before it is numbered, linked and timed; `process` is who wrote it. */
export interface Draft {
  type: string;
  outcome?: string;
  process?: string;
  /** Outside of the reset's chain. */
  apart?: boolean;
  wall?: string;
  account?: string;
  policy?: { sha256: string; rule: string };
  do?: { [key: string]: Json };
}

export interface Changes {
  statements?: (honest: Attestation[]) => Attestation[];
  leaves?: (honest: Draft[]) => Draft[];
  signWith?: KeyObject;
  /** How the approvers sign what the statements say. */
  approvers?: Partial<Signing>;
  /** How many leaves the tree had that the writer was shown; by default all up to the intent. */
  witnessed?: number;
  log?: Signer;
}

function honestStatements(): Attestation[] {
  const common = { v: 1 as const, reset, run, account };
  const sid = 'S-1-5-21-1-2-3-1105';
  return [
    {
      ...common,
      id: 's1',
      at: at(1),
      kind: 'identified',
      sid,
      policy: policy.sha256,
      rule: policy.rule,
      circumstances: { flags: [], via: 'portal', networks: [], at: at(1) },
      protected: true,
      manager,
      pwdLastSet: '133',
    },
    { ...common, id: 's2', at: at(5), kind: 'proof', method: 'recovery-code', credential: 'c1', issuer: null },
    { ...common, id: 's3', at: at(9), kind: 'factor', method: 'totp', credential: 'c2' },
    {
      ...common,
      id: 's6',
      at: at(10),
      kind: 'approvers',
      stages: [
        { people: [manager], escalations: [] },
        { people: [officer], escalations: [] },
      ],
    },
    {
      ...common,
      id: 's4',
      at: at(60),
      kind: 'decision',
      person: manager,
      stage: 0,
      decision: 'approve',
      reason: '00',
      method: 'passkey',
      credential: 'c3',
    },
    {
      ...common,
      id: 's5',
      at: at(90),
      kind: 'decision',
      person: officer,
      stage: 1,
      decision: 'approve',
      reason: '00',
      method: 'passkey',
      credential: 'c4',
    },
  ];
}

function honestLeaves(statements: readonly { kind: string; sha256: string }[]): Draft[] {
  const move = (state: string, step: number): Draft => ({ type: 'reset.state', do: { state, step } });
  const passed = (type: string, id: string): Draft => ({ type, process: 'verifier', do: { attestation: id } });
  const decided = (id: string): Draft => ({ type: 'approval.decided', process: 'verifier', do: { attestation: id, shown_c: SHOWN } });
  const written = { ordinal: 1, digest, controller: 'ldaps://dc1.bank.example:636' };
  const writer = 'writer-privileged';
  return [
    { type: 'process.started', apart: true },
    { type: 'reset.requested', process: 'api' },
    passed('proof.checked', 's2'),
    move('checking-factor', 1),
    passed('factor.checked', 's3'),
    passed('approval.requested', 's6'),
    move('awaiting-approval', 2),
    decided('s4'),
    { type: 'audit.read', apart: true },
    decided('s5'),
    move('choosing-password', 3),
    { type: 'password.chosen', do: { state: 'writing', step: 4, digest } },
    { type: 'intent', outcome: 'started', policy, do: { ordinal: 1, sealed: 'b1', digest, statements } },
    {
      type: 'write.started',
      outcome: 'started',
      process: writer,
      policy,
      do: { ...written, pwdLastSet: '133', track: 'recover', clause: '4.2.2.2' },
    },
    { type: 'write.result', process: writer, do: { ...written, pwdLastSet: '134' } },
    move('verifying', 5),
    { type: 'write.verified', process: writer, do: written },
    move('notifying', 6),
    move('done', 7),
    { type: 'history.sealed', do: { workflow: `reset/${reset}`, run, sha256: sha256(history), bundle: sha256(code) } },
  ];
}

/** The parts of a bundle of the reset, its leaves in a log of the bank that two of the three witnesses have cosigned. */
export function aBundle(changes: Changes = {}): BundleParts {
  const statements = (changes.statements ?? ((honest) => honest))(honestStatements())
    .map((one) =>
      one.kind === 'decision' && one.method === 'passkey' && !one.signed
        ? signedBy(one, { verifier: verifier.privateKey, policy, ...changes.approvers })
        : one,
    )
    .map((statement) => ({
      kind: statement.kind,
      ...signStatement(statement as unknown as Json, changes.signWith ?? verifier.privateKey), // a statement is plain JSON
    }));
  const named = statements.map(({ kind, text }) => ({ kind, sha256: sha256(text) }));
  const name = commit('Ada Example');
  const drafts = (changes.leaves ?? ((honest) => honest))(honestLeaves(named));
  let before: { wseq: number; hash: Buffer } | undefined;
  const encoded = drafts.map((draft, index) => {
    const leaf = encodeLeaf(bodyOf(draft, index, before, name.commitment));
    if (!draft.apart) before = { wseq: (before?.wseq ?? 0) + 1, hash: leaf.hash };
    return leaf;
  });
  const hashes = encoded.map(({ hash }) => hash);
  const size = hashes.length;
  const intents = drafts.flatMap(({ type }, index) => (type === 'intent' ? [index] : []));
  const note = (leaves: number): string => cosigned(hashes.slice(0, leaves), changes.log ?? log, leaves === size ? 600 : 120);
  const checkpoint = note(size);
  const path = (index: number, of: number): Buffer[] => makeProof(inclusionParts(BigInt(index), BigInt(of)), hashOf(hashes));
  const indexes = drafts.flatMap(({ apart }, index) => (apart ? [] : [index]));
  return {
    scope: { reset },
    leaves: indexes.map((index) => ({ index: BigInt(index), text: encoded[index]?.text ?? '', path: path(index, size) })),
    checkpoint,
    receipts: intents.map((intent) => {
      const witnessed = changes.witnessed ?? intent + 1;
      return {
        index: BigInt(intent),
        proof: printLogProof({ index: BigInt(intent), path: path(intent, witnessed), checkpoint: note(witnessed) }),
        consistency: { oldSize: BigInt(witnessed), proof: makeProof(consistencyParts(BigInt(witnessed), BigInt(size)), hashOf(hashes)) },
      };
    }),
    statements: statements.map(({ text, signature }) => ({ text, signature })),
    openings: [{ commitment: name.commitment, salt: name.salt, value: 'Ada Example' }],
    policies: [policyText],
    histories: new Map([[run, history]]),
    historyKeys: [{ keyId: 'h1', namespace: 'countersign', workflowId: `reset/${reset}`, key: 'k'.repeat(43) }],
    code: new Map([[sha256(code), code]]),
    trust: {
      policy: twoOfThree,
      verifierKey: verifier.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      exportKey: printVerifierKey(exporter.verifier),
    },
  };
}

const hashOf =
  (hashes: readonly Buffer[]): HashOf =>
  ({ level, index }) => {
    const width = 2 ** level;
    return rootOf(hashes.slice(Number(index) * width, (Number(index) + 1) * width));
  };

function cosigned(hashes: readonly Buffer[], signer: Signer, afterSeconds: number): string {
  const text = printCheckpoint({ origin, size: BigInt(hashes.length), root: rootOf(hashes) });
  const time = BigInt(Math.floor(began / 1000) + afterSeconds);
  return printNote({ text, signatures: [signText(text, signer), signText(text, audit, time), signText(text, soc, time)] });
}

function bodyOf(draft: Draft, index: number, before: { wseq: number; hash: Buffer } | undefined, name: string): LeafBody {
  const { type, outcome = 'success', process = 'worker', apart, policy: frozen, do: facts } = draft;
  const wall = draft.wall ?? at(index * 10);
  return {
    v: 1,
    id: `leaf-${index}`,
    type,
    outcome,
    ...(apart ? {} : { wseq: String((before?.wseq ?? 0) + 1), prev: before ? before.hash.toString('base64') : null }),
    t: { wall, mono_ns: String(BigInt(Date.parse(wall) - began + 86_400_000) * 1_000_000n), boot: 'b', src: 'host' },
    by: { process, release: '1.0.0' },
    ...(apart ? {} : { wf: { id: `reset/${reset}`, run } }),
    ...(apart
      ? {}
      : {
          target: { guid: draft.account ?? account, sid: 'S-1-5-21-1-2-3-1105', ...(type === 'reset.requested' ? { name_c: name } : {}) },
        }),
    ...(frozen ? { policy: frozen } : {}),
    ...(facts ? { do: facts } : {}),
  };
}
