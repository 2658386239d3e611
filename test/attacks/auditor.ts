import { openCheckpoint, type Checkpoint } from '#evidence/checkpoint.ts';
import { rootOf } from '#evidence/frontier.ts';
import type { LeafBody } from '#evidence/leaf.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import type { Transaction } from '#db';

/** What an auditor who trusts nobody here can compute from rows and notes alone. Each check has a name; attacks name the one that finds them. */
export type Check = 'indexes' | 'root' | 'signature' | 'quorum' | 'freshness' | 'held checkpoint' | 'chain' | 'interval' | 'clock';

export interface Row {
  index: bigint;
  body: string;
}

/** The log as its rows tell it now. */
export async function rowsOf(tx: Pick<Transaction, '$queryRaw'>): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`SELECT e.index, l.body FROM log_entry e LEFT JOIN leaf l ON l.id = e.leaf_id ORDER BY e.index`;
}

const hashes = (rows: readonly Row[]): Buffer[] => rows.map(({ body }) => leafHash(body ?? ''));

/** The checks that fail. `held` are checkpoints that the auditor took home earlier, latest last. */
export function failing(
  rows: readonly Row[],
  note: string,
  { policy, at, maxAge, held = [] }: { policy: TrustPolicy; at: bigint; maxAge: bigint; held?: readonly Checkpoint[] },
): Check[] {
  const found: Check[] = [];
  if (rows.some(({ index }, place) => index !== BigInt(place))) found.push('indexes');
  const judged = judgeCheckpoint(note, policy, { at, maxAge, maxAhead: 120n });
  if (!judged.ok) found.push(judged.reason === 'stale' ? 'freshness' : judged.reason === 'no-quorum' ? 'quorum' : 'signature');
  const opened = openCheckpoint(
    note,
    policy.logs.map(({ key }) => key),
  );
  const all = hashes(rows);
  if (opened.ok && !rootOf(all.slice(0, Number(opened.checkpoint.size))).equals(opened.checkpoint.root)) found.push('root');
  if (opened.ok && BigInt(all.length) < opened.checkpoint.size && !found.includes('root')) found.push('root');
  if (held.some(({ size, root }) => BigInt(all.length) < size || !rootOf(all.slice(0, Number(size))).equals(root)))
    found.push('held checkpoint');
  if (!isChained(rows)) found.push('chain');
  if (clockSteps(rows)) found.push('clock');
  return found;
}

/** Whether the leaves of each reset follow one another without a gap, each naming the hash of the one before. */
function isChained(rows: readonly Row[]): boolean {
  const last = new Map<string, { wseq: bigint; hash: string }>();
  for (const { body } of rows) {
    const leaf = read(body);
    if (!leaf?.wseq || !leaf.wf) continue;
    const before = last.get(leaf.wf.id);
    if (BigInt(leaf.wseq) !== (before?.wseq ?? 0n) + 1n || (leaf.prev ?? null) !== (before?.hash ?? null)) return false;
    last.set(leaf.wf.id, { wseq: BigInt(leaf.wseq), hash: leafHash(body).toString('base64') });
  }
  return true;
}

/** Whether wall and monotonic clock of one boot run apart by more than five seconds between two leaves. */
function clockSteps(rows: readonly Row[]): boolean {
  const ahead = new Map<string, number>();
  for (const { body } of rows) {
    const leaf = read(body);
    if (!leaf) continue;
    const offset = Date.parse(leaf.t.wall) - Number(BigInt(leaf.t.mono_ns) / 1_000_000n);
    const before = ahead.get(leaf.t.boot);
    if (before !== undefined && Math.abs(offset - before) > 5000) return true;
    ahead.set(leaf.t.boot, offset);
  }
  return false;
}

/** Whether a leaf says a time at which, by the witnesses' clocks, it was not appended: not between two cosigned trees. */
export function isOutsideInterval({ body }: Row, before: bigint, after: bigint, slack = 5n): boolean {
  const wall = BigInt(Math.floor(Date.parse(read(body)?.t.wall ?? '') / 1000));
  return wall < before - slack || wall > after + slack;
}

/** Two notes that one log has signed and that no one tree can have: enough to convict it before anybody (RFC 6962 §2.1). */
export function isSplitView(one: string, other: string, log: VerifierKey): boolean {
  const [a, b] = [one, other].map((note) => openCheckpoint(note, [log]));
  return Boolean(a?.ok && b?.ok && a.checkpoint.size === b.checkpoint.size && !a.checkpoint.root.equals(b.checkpoint.root));
}

function read(body: string): LeafBody | undefined {
  try {
    return JSON.parse(body) as LeafBody;
  } catch {
    return undefined;
  }
}
