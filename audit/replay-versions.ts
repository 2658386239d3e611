import { fail, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';

/**
 * How often the password was changed, by the version that replication counts (docs/decisions/0046): what a result counted
 * from is what the write began at. Writers of earlier releases, and those whose controllers show no versions, say none;
 * then nothing is asked of them here.
 */
export function whyNotCounted(started: LeafInLog, result: LeafInLog): Problem[] {
  const { versionBefore } = factsOf(result);
  if (versionBefore === undefined || versionBefore === factsOf(started).version) return [];
  return [fail(`leaf ${result.index}: the write counts changes from a version of the password at which it was not begun`)];
}

/** A password that is said to be bound was changed exactly once, at the controller that was written to. */
export function whyNotOnce(started: LeafInLog | undefined, result: LeafInLog): Problem[] {
  const { versionBefore, version, originating } = factsOf(result);
  if (typeof versionBefore !== 'number' || typeof version !== 'number') return [];
  const at = `leaf ${result.index}`;
  if (version !== versionBefore + 1)
    return [fail(`${at}: the password went from version ${versionBefore} to ${version}, and one write is said to have done that`)];
  const invocation = started && factsOf(started).invocation;
  if (invocation === undefined || invocation === originating) return [];
  return [fail(`${at}: the password was changed at another controller than the one that was written to`)];
}

/** Whether a leaf of the writer is about a throw-away password, which comes before the chosen one so that the old one dies at once (docs/decisions/0051). */
export function endsOldPassword(leaf: Pick<LeafInLog, 'body'>): boolean {
  return factsOf(leaf).endOldPassword === true;
}

/** Whether it says that one was set. */
export function hasThrownAway(leaf: Pick<LeafInLog, 'body'>): boolean {
  return endsOldPassword(leaf) && leaf.body.type === 'write.result' && leaf.body.outcome === 'success';
}

/** What it left as pwdLastSet: the chosen password is written over just that. */
export function pwdLastSetBy(thrown: LeafInLog | undefined): string | undefined {
  return thrown && String(factsOf(thrown).pwdLastSet);
}

/** Nobody changed the password between the throw-away one and the chosen one: then an old one could be one generation back again. */
export function whyNotOver(thrown: LeafInLog | undefined, write: LeafInLog): Problem[] {
  if (!thrown) return [];
  const [left, found] = [factsOf(thrown), factsOf(write)];
  if (left.version === undefined || found.version === undefined || left.version === found.version) return [];
  return [fail(`leaf ${write.index}: the password was changed by somebody else after the throw-away one of leaf ${thrown.index}`)];
}

const factsOf = ({ body }: Pick<LeafInLog, 'body'>) => body.do ?? {};
