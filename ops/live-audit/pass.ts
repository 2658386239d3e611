import { fail, finding, incomplete, type Finding, type Problem } from '#audit/finding.ts';
import { lookAtRotations } from '#audit/check-rotations.ts';
import { judgeTimes, timesFinding } from '#audit/check-times.ts';
import { sealOf } from '#audit/check-histories.ts';
import { resetOf } from '#audit/leaf-in-log.ts';
import type { Checkpoint } from '#evidence/checkpoint.ts';
import { emptyFrontier, type Frontier } from '#evidence/frontier.ts';
import { judgeCheckpoint, type Judgement } from '#evidence/quorum.ts';
import { Malformed } from '#evidence/malformed.ts';
import type { FindHistory } from '../bundle/histories.ts';
import type { PublishedTiles } from '../bundle/tiles.ts';
import { Sentence } from '../sentence.ts';
import { lookAtArchive } from './archived.ts';
import { notTheBeginning, whyNotGrown } from './growth.ts';
import { haltsKept } from './halts.ts';
import { openingsFit } from './openings.ts';
import { recompute } from './recompute.ts';
import { reviewsClosed } from './reviews.ts';
import { replayResets, type ReplayWith } from './replay-resets.ts';

export interface AuditDeps extends ReplayWith {
  readonly tiles: PublishedTiles;
  /** The archive of sealed histories, read only. */
  readonly findHistory: FindHistory;
  /** How long ago the quorum may have cosigned, and how long a leaf may wait to be put in order, in seconds. */
  readonly freshSeconds: number;
  readonly toleranceSeconds: number;
}

/** Where the auditor stands: the last checkpoint that they believed, and how far the leaves were hashed by themselves. */
export interface Position {
  readonly held: Held | undefined;
  readonly frontier: Frontier;
}

export interface Held extends Checkpoint {
  readonly note: string;
}

export const startOver = (held: Held | undefined): Position => ({ held, frontier: emptyFrontier() });

/** A witness's clock may be ahead of ours by this. */
const MAX_AHEAD_SECONDS = 120n;

/**
 * One look at the running log: the checks of a bundle, over everything that came since the position. Answers what was
 * found and where to go on from: leaves that were not sound are looked at again. Archived histories are many and large:
 * those that were sealed since the checkpoint held are hashed, or the `whole` archive. Throws what database and disk throw.
 */
export async function pass(
  deps: AuditDeps,
  from: Position,
  archive: 'new' | 'whole' = 'new',
): Promise<{ findings: Finding[]; position: Position }> {
  const note = deps.tiles.checkpoint();
  const judged = judgeCheckpoint(note, deps.policy, {
    at: BigInt(Math.floor(Date.now() / 1000)),
    maxAge: BigInt(deps.freshSeconds),
    maxAhead: MAX_AHEAD_SECONDS,
  });
  const trusted = judged.ok ? judged : judgeCheckpoint(note, { ...deps.policy, quorum: undefined });
  const findings = [witnessed(judged)];
  if (!trusted.ok) return { findings, position: from };
  const { checkpoint } = trusted;
  const grown = growth(deps, from.held, checkpoint);
  findings.push(grown);
  if (grown.verdict === 'fail') return { findings, position: from };

  const witnessedTrees = judged.ok ? [{ size: checkpoint.size, since: judged.since }] : [];
  const judge = judgeTimes(witnessedTrees, deps.toleranceSeconds);
  const late: Problem[] = [];
  const resets = new Set<string>();
  const rotations = lookAtRotations();
  const histories = lookAtArchive(deps.findHistory);
  const archivedFrom = archive === 'whole' ? 0n : (from.held?.size ?? 0n);
  let looked = 0;
  // A database that was put back cannot be hashed on from where a larger one stood.
  const frontier = from.frontier.size > checkpoint.size ? emptyFrontier() : { ...from.frontier, hashes: [...from.frontier.hashes] };
  const changed = await recompute(deps.db, frontier, { ...checkpoint, hashOf: deps.tiles.hashesOf(checkpoint.size) }, (leaf) => {
    looked++;
    late.push(...judge(leaf));
    const reset = resetOf(leaf);
    if (reset !== undefined) resets.add(reset);
    rotations.look(leaf);
    const seal = leaf.index >= archivedFrom ? sealOf(leaf) : undefined;
    if (seal) histories.look(seal);
  });
  findings.push(
    finding(
      'The leaves in the database are the ones that were signed and witnessed',
      'NIST SP 800-53 AU-9(3); PCI DSS 10.3.2, 10.3.4',
      changed,
      `${checkpoint.size} leaves, ${looked} of them hashed in this look`,
    ),
    finding(
      'Nothing was written but what was intended, witnessed, proven and approved, and no leaf of a reset is missing',
      'NIST SP 800-53 AC-3(2), AC-5; PCI DSS 8.2.4; RBI Master Direction 30(f)',
      await replayResets(deps, [...resets]),
      `${resets.size} resets`,
    ),
    timesFinding(late, witnessedTrees, deps.toleranceSeconds),
    await inOrder(deps),
    await haltsKept(deps.db, deps.verifierKey),
    await reviewsClosed(deps.db, deps.verifierKey),
    histories.finding(),
    rotations.finding(),
    // All of them, whenever all leaves are looked at.
    ...(from.frontier.size === 0n ? [await openingsFit(deps.db)] : []),
  );
  const believed = changed.length === 0 && judged.ok ? { ...checkpoint, note } : from.held;
  // What is not sound is looked at again: an alarm is not over because its leaves were looked at once.
  const isSound = findings.every(({ verdict }) => verdict === 'pass' || verdict === 'unknown');
  return { findings, position: { held: believed, frontier: isSound ? frontier : from.frontier } };
}

function witnessed(judged: Judgement): Finding {
  const problems: Problem[] = judged.ok
    ? []
    : [judged.reason === 'no-quorum' || judged.reason === 'stale' ? incomplete(judged.sentence) : fail(judged.sentence)];
  return finding(
    'The log has signed the published checkpoint, and the quorum of witnesses has cosigned it not long ago',
    'NIST SP 800-53 AU-5, AU-9(2); PCI DSS 10.7.2',
    problems,
    judged.ok ? [...judged.witnesses.keys()].join(', ') : '',
  );
}

function growth({ tiles }: AuditDeps, held: Held | undefined, { origin, size, root }: Checkpoint): Finding {
  const check = 'The log only grew since the last checkpoint that was believed';
  const serves = 'NIST SP 800-53 AU-9(3); PCI DSS 10.3.4';
  if (!held)
    return {
      check,
      serves,
      verdict: 'unknown',
      said: 'this is the first look; from now on every checkpoint is compared with the one before',
    };
  const broken = doubted(tiles, held, { origin, size, root });
  return finding(check, serves, broken === undefined ? [] : [fail(broken)], `${held.size} leaves then, ${size} now`);
}

function doubted(tiles: PublishedTiles, held: Held, now: Pick<Checkpoint, 'origin' | 'size' | 'root'>): string | undefined {
  try {
    return whyNotGrown(tiles, held, now);
  } catch (error) {
    // Tiles that are gone or cut prove nothing, whatever they were.
    if (error instanceof Sentence || error instanceof Malformed) return notTheBeginning(held.size, now.size);
    throw error;
  }
}

/** A leaf that nobody puts in order is not evidence yet: the notary is away, or somebody took it out of the log's table. */
async function inOrder({ db, freshSeconds }: AuditDeps): Promise<Finding> {
  const [row] = await db.$queryRaw<{ waiting: bigint }[]>`
    SELECT count(*) AS waiting FROM leaf l WHERE l.at < now() - make_interval(secs => ${freshSeconds}::float8)
    AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.leaf_id = l.id)`;
  const waiting = row?.waiting ?? 0n;
  return finding(
    'Every leaf is put in order soon after it was written',
    'NIST SP 800-53 AU-5; PCI DSS 10.7.3',
    waiting > 0n ? [incomplete(`${waiting} leaves wait for more than ${freshSeconds} s`)] : [],
    'no leaf waits',
  );
}
