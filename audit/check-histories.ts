import { createHash } from 'node:crypto';
import type { BundleParts } from './bundle-parts.ts';
import { counted, fail, finding, incomplete, type Finding, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';

const SEALED = 'history.sealed';

/** What a leaf that seals a history says of it: which run, the SHA-256 (hexadecimal) of its exact bytes, and that of the code. */
export interface Seal {
  readonly run: string;
  readonly sha256: string;
  /** Undefined when it is not known on which release it ran. */
  readonly code: string | undefined;
}

export function sealOf({ body }: LeafInLog): Seal | undefined {
  if (body.type !== SEALED) return undefined;
  const { run, sha256, bundle } = body.do ?? {};
  if (typeof sha256 !== 'string') return undefined;
  return { run: typeof run === 'string' ? run : (body.wf?.run ?? ''), sha256, code: typeof bundle === 'string' ? bundle : undefined };
}

/** That each history is the one whose hash was sealed into the log, none is missing, and no code is there that none ran on. */
export function checkHistories({ histories, code }: Pick<BundleParts, 'histories' | 'code'>, leaves: readonly LeafInLog[]): Finding {
  const seals = leaves.map(sealOf).filter((seal) => seal !== undefined);
  const problems: Problem[] = [...histories].flatMap(([run, bytes]) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const mine = seals.filter((seal) => seal.run === run);
    return mine.some(({ sha256 }) => sha256 === hash) ? [] : [fail(`the history of run ${run} is not the one that was sealed`)];
  });
  const strange = [...code.keys()].filter((sha256) => !seals.some((seal) => seal.code === sha256));
  problems.push(...strange.map((sha256) => fail(`no sealed history ran on the code ${sha256}`)));
  const codeless = seals.filter((seal) => histories.has(seal.run) && seal.code !== undefined && !code.has(seal.code));
  problems.push(...codeless.map((seal) => incomplete(`the code ${seal.code} that run ${seal.run} ran on is not in the bundle`)));
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
    'The history of each run, and the code it ran on, are those that were sealed into the log',
    'NIST SP 800-53 AU-10(3), AU-11(1); ISO/IEC 27001 A.5.28',
    problems,
    `${counted(histories.size, 'history', 'histories')}, on ${counted(code.size, 'release', 'releases')} of the code`,
  );
}
