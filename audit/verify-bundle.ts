import type { KeyObject } from 'node:crypto';
import { Malformed } from '#evidence/malformed.ts';
import { differences, isSigned, MANIFEST, MANIFEST_NOTE, parseManifest, type Manifest } from '#evidence/manifest.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { parseVerifierKey, type VerifierKey } from '#evidence/verifier-key.ts';
import { parseZip } from '#evidence/zip.ts';
import type { BundleParts } from './bundle-parts.ts';
import { checkChains } from './check-chains.ts';
import { checkCopies } from './check-copies.ts';
import { checkHistories } from './check-histories.ts';
import { checkConsistency, checkInclusion, checkLeaves, checkQuorum, checkSignature, type Cosigned } from './check-log.ts';
import { checkOpenings } from './check-openings.ts';
import { checkReceipts, type Receipts } from './check-receipts.ts';
import { checkBreakGlass } from './check-break-glass.ts';
import { checkReplay, checkStatements, verifierKeyOf } from './check-replay.ts';
import { lookAtRotations } from './check-rotations.ts';
import { checkTracks } from './check-tracks.ts';
import { checkTimes } from './check-times.ts';
import { fail, finding, type Finding } from './finding.ts';
import { openBundle } from './open-bundle.ts';

/** What an auditor brings along: their own trust policy, and what they hold of keys and checkpoints. */
export interface Auditor {
  readonly policy: TrustPolicy;
  /** A checkpoint from before, as a signed note. */
  readonly held?: string | undefined;
  readonly verifierKey?: KeyObject | undefined;
  readonly exportKey?: VerifierKey | undefined;
  readonly now: Date;
  /** How far the clock of a host may be from those of the witnesses. */
  readonly toleranceSeconds: number;
}

/** The bundle as it was read, when it could be, and what every check found, in the order in which they rest on each other. */
export interface Verification {
  readonly findings: readonly Finding[];
  readonly parts?: BundleParts;
}

/** Checks a bundle offline. Never throws for what is in it: whatever cannot be read is a failure that says where. */
export function verifyBundle(bytes: Uint8Array, auditor: Auditor): Verification {
  const opened = open(bytes, auditor);
  if (!('parts' in opened)) return { findings: [opened.finding] };
  return { parts: opened.parts, findings: [opened.finding, ...judge(opened.parts, auditor)] };
}

const WHOLE = 'The archive is whole: every file is the one whose hash the export key has signed';
const SERVES = 'NIST SP 800-53 AU-9(3), AU-10(3); PCI DSS 10.3.2';

function open(bytes: Uint8Array, { exportKey }: Auditor): { finding: Finding; parts?: BundleParts } {
  try {
    const files = parseZip(bytes);
    const [text, note] = [files.get(MANIFEST), files.get(MANIFEST_NOTE)];
    if (!text || !note) throw new Malformed('there is no signed manifest: this is no bundle');
    const manifest: Manifest = parseManifest(text);
    const wrong = differences(manifest, files);
    files.delete(MANIFEST);
    files.delete(MANIFEST_NOTE);
    // The rest is judged even when a file differs, to say what the difference means.
    const parts = openBundle(files, manifest);
    const exporter = exportKey ?? parseVerifierKey(parts.trust.exportKey);
    if (!isSigned(text, note, exporter)) wrong.push(`${exporter.name} has not signed the manifest`);
    return {
      parts,
      finding: finding(
        WHOLE,
        SERVES,
        wrong.map(fail),
        `${Object.keys(manifest.files).length} files beside the manifest, by ${exporter.name}`,
      ),
    };
  } catch (error) {
    if (error instanceof Malformed) return { finding: finding(WHOLE, SERVES, [fail(`${error.message}. No other check was made`)], '') };
    throw error;
  }
}

function judge(parts: BundleParts, auditor: Auditor): Finding[] {
  const { policy, held, now } = auditor;
  const read = checkLeaves(parts);
  const { leaves } = read;
  const signed = checkSignature(parts.checkpoint, policy);
  const findings = [read.finding];
  if (!signed.checkpoint) return [...findings, signed.finding];
  const { checkpoint } = signed;
  const receipts = checkReceipts(parts, leaves, policy);
  const key = auditor.verifierKey ?? verifierKeyOf(parts.trust.verifierKey);
  const statements = checkStatements(parts, key);
  const rotations = lookAtRotations();
  for (const leaf of leaves) rotations.look(leaf);
  return [
    ...findings,
    checkInclusion(parts, leaves, checkpoint),
    signed.finding,
    checkQuorum(parts.checkpoint, policy, now),
    checkConsistency(parts, checkpoint, policy, held),
    checkChains(parts.scope, leaves),
    receipts.finding,
    statements.finding,
    statements.decisions,
    checkReplay(parts, leaves, statements, receipts.receipts),
    checkTracks(leaves, statements.statements),
    checkBreakGlass(leaves, statements.statements, receipts.receipts, key),
    checkTimes(leaves, treesOf(parts, policy, receipts.receipts), auditor.toleranceSeconds),
    checkHistories(parts, leaves),
    checkOpenings(parts, leaves),
    rotations.finding(),
    checkCopies(parts, auditor),
  ];
}

/** Every tree in the bundle that the quorum has cosigned. */
function treesOf({ checkpoint, prior }: BundleParts, policy: TrustPolicy, receipts: Receipts): Cosigned[] {
  const judged = [checkpoint, ...(prior ? [prior.checkpoint] : [])].flatMap((note) => {
    const judgement = judgeCheckpoint(note, policy);
    return judgement.ok ? [{ size: judgement.checkpoint.size, since: judgement.since }] : [];
  });
  return [...judged, ...receipts.values()];
}
