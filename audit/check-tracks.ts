import type { Attestation } from '#domain/attestation.ts';
import { trackIn, trackOfStatements } from '#domain/reset-track.ts';
import { fail, finding, type Finding, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';
import { operationOfLeaf } from './replay-reset.ts';

/**
 * Which track of NIST SP 800-63B-4 each change took, computed from the statements that were signed before it, and whether the writer's
 * leaf says the same. Leaves of releases that said nothing of it are counted by what was signed alone.
 */
export function checkTracks(leaves: readonly LeafInLog[], statements: ReadonlyMap<string, Attestation>): Finding {
  const problems: Problem[] = [];
  const counts = new Map<string, number>();
  for (const write of leaves.filter(({ body }) => body.type === 'write.started')) {
    const { wf, target } = write.body;
    const before = new Set(
      leaves.filter(({ index, body }) => index < write.index && body.wf?.id === wf?.id).map(({ body }) => body.do?.['attestation']),
    );
    const signed = [...statements.values()].filter(({ id, reset }) => `reset/${reset}` === wf?.id && before.has(id));
    const found = trackOfStatements(operationOfLeaf(write), signed, { run: wf?.run ?? '', account: target?.guid ?? '' });
    const told = inShort(found);
    const said = trackIn(write.body.do ?? {});
    if (said && inShort(said) !== told)
      problems.push(fail(`leaf ${write.index} says ${inShort(said)}, and by what was signed it was ${told}`));
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
  // Factors that were replaced after the loss of all have no writer, and a statement of their own.
  for (const replaced of [...statements.values()].filter(({ kind }) => kind === 'replaced')) {
    const before = [...statements.values()].filter(({ reset, at }) => reset === replaced.reset && at <= replaced.at);
    const told = inShort(trackOfStatements('replace-factors', before, replaced));
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
  const seen = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([told, count]) => `${count} ${told}`);
  return finding(
    'Each change says whether the person could still authenticate (BIND) or recovered (RECOVER), and what was shown bears it out',
    'NIST SP 800-63B-4 4.1.2.1, 4.2.2.1, 4.2.2.2',
    problems,
    seen.length === 0 ? 'nothing was changed' : seen.join(', '),
  );
}

function inShort({ track, clause }: { track: string; clause: string | null }): string {
  return clause === null ? track.toUpperCase() : `${track.toUpperCase()} under ${clause}`;
}
