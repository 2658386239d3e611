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

const factsOf = ({ body }: LeafInLog) => body.do ?? {};
