import { createHash } from 'node:crypto';
import type { BundleParts } from './bundle-parts.ts';
import { fail, finding, incomplete, type Finding, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';

const SEALED = 'history.sealed';

/** What a leaf that seals a history says of it: which run, and the SHA-256 (hexadecimal) of its exact bytes. */
export function sealOf({ body }: LeafInLog): { run: string; sha256: string } | undefined {
  if (body.type !== SEALED) return undefined;
  const { run, sha256 } = body.do ?? {};
  return typeof sha256 === 'string' ? { run: typeof run === 'string' ? run : (body.wf?.run ?? ''), sha256 } : undefined;
}

/** That each history is the one whose hash was sealed into the log, and that none is missing. */
export function checkHistories({ histories }: Pick<BundleParts, 'histories'>, leaves: readonly LeafInLog[]): Finding {
  const seals = leaves.map(sealOf).filter((seal) => seal !== undefined);
  const problems: Problem[] = [...histories].flatMap(([run, bytes]) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const mine = seals.filter((seal) => seal.run === run);
    return mine.some(({ sha256 }) => sha256 === hash) ? [] : [fail(`the history of run ${run} is not the one that was sealed`)];
  });
  problems.push(
    ...seals.filter(({ run }) => !histories.has(run)).map(({ run }) => incomplete(`the sealed history of run ${run} is not in the bundle`)),
  );
  const runs = new Set(leaves.flatMap(({ body }) => (body.do?.['state'] === undefined ? [] : [body.wf?.run ?? ''])));
  problems.push(
    ...[...runs]
      .filter((run) => run !== '' && !seals.some((seal) => seal.run === run))
      .map((run) => incomplete(`no leaf seals the history of run ${run}`)),
  );
  return finding(
    'The history of each run is the one that was sealed into the log',
    'NIST SP 800-53 AU-10(3), AU-11(1); ISO/IEC 27001 A.5.28',
    problems,
    `${histories.size} histories`,
  );
}
