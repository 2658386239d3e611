import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint, OpenedCheckpoint } from './checkpoint.ts';
import type { VerifiedSignature } from './signed-note.ts';
import type { TrustPolicy } from './trust-policy.ts';
import type { VerifierKey } from './verifier-key.ts';

/**
 * Whether a signed checkpoint satisfies a trust policy (C2SP tlog-policy): a log of the policy has signed it, its quorum
 * of witnesses has cosigned it, and, for who asks so, not too long ago.
 */
export interface Freshness {
  /** The time of judging, POSIX seconds. */
  readonly at: bigint;
  /** How many seconds ago the quorum may have cosigned at most. */
  readonly maxAge: bigint;
  /** How many seconds a witness's clock may be ahead of ours. A cosignature from further in the future does not count. */
  readonly maxAhead: bigint;
}

export type Judgement =
  | {
      ok: true;
      checkpoint: Checkpoint;
      log: VerifierKey;
      /** Names of the policy, with the latest time at which each witness cosigned. */
      witnesses: ReadonlyMap<string, bigint>;
      /** Since when the quorum stands: the oldest cosignature that it needs. undefined when the policy asks for none. */
      since: bigint | undefined;
    }
  | { ok: false; reason: Extract<OpenedCheckpoint, { ok: false }>['reason'] | 'no-quorum' | 'stale'; sentence: string };

/** Judges a signed checkpoint; without freshness its age does not matter. Never throws. */
export function judgeCheckpoint(note: string | Uint8Array, policy: TrustPolicy, freshness?: Freshness): Judgement {
  const opened = openCheckpoint(note, keysOf(policy));
  if (!opened.ok) return opened;
  const witnesses = cosigners(opened.verified, policy, freshness && freshness.at + freshness.maxAhead);
  const { checkpoint, log } = opened;
  if (policy.quorum === undefined) return { ok: true, checkpoint, log, witnesses, since: undefined };
  const since = witnessedSince(policy.quorum, policy, witnesses);
  if (since === undefined) {
    const who = [...witnesses.keys()].join(', ') || 'no witness';
    return { ok: false, reason: 'no-quorum', sentence: `${who} cosigned; the quorum ${policy.quorum} asks for more` };
  }
  if (freshness && since < freshness.at - freshness.maxAge)
    return { ok: false, reason: 'stale', sentence: `the quorum cosigned ${freshness.at - since} s ago; ${freshness.maxAge} s are allowed` };
  return { ok: true, checkpoint, log, witnesses, since };
}

/** Whether these witnesses together would satisfy the quorum. */
export function couldWitness(policy: TrustPolicy, names: ReadonlySet<string>): boolean {
  const all = new Map([...names].map((name) => [name, 0n]));
  return policy.quorum === undefined || witnessedSince(policy.quorum, policy, all) !== undefined;
}

const keysOf = ({ logs, members }: TrustPolicy): VerifierKey[] => [
  ...logs.map(({ key }) => key),
  ...[...members.values()].flatMap((member) => (member.kind === 'witness' ? [member.key] : [])),
];

function cosigners(verified: readonly VerifiedSignature[], { members }: TrustPolicy, latest?: bigint): Map<string, bigint> {
  const found = new Map<string, bigint>();
  for (const [name, member] of members) {
    if (member.kind !== 'witness') continue;
    for (const { key, time } of verified) {
      if (key !== member.key || time === undefined || (latest !== undefined && time > latest)) continue;
      if (time > (found.get(name) ?? -1n)) found.set(name, time);
    }
  }
  return found;
}

/**
 * The latest time since when the name counts as having witnessed: for a witness its cosignature, for a group the k-th
 * latest of its members. undefined when it has not. Members come before their group in a policy, so this ends.
 */
function witnessedSince(name: string, policy: TrustPolicy, witnesses: ReadonlyMap<string, bigint>): bigint | undefined {
  const member = policy.members.get(name);
  if (member?.kind !== 'group') return witnesses.get(name);
  const times = member.of.map((each) => witnessedSince(each, policy, witnesses)).filter((time) => time !== undefined);
  return times.toSorted((a, b) => (a < b ? 1 : -1))[member.threshold - 1];
}
