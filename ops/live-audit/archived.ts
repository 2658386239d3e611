import { createHash } from 'node:crypto';
import type { Seal } from '#audit/check-histories.ts';
import { fail, finding, incomplete, type Finding, type Problem } from '#audit/finding.ts';
import type { FindHistory } from '../bundle/histories.ts';

/** Looks at archived histories one by one as their seals come by. */
export interface ArchiveLook {
  look: (seal: Seal) => void;
  finding: () => Finding;
}

/** That the archive still holds each history that these leaves sealed, bit for bit. */
export function lookAtArchive(find: FindHistory): ArchiveLook {
  const problems: Problem[] = [];
  let looked = 0;
  return {
    look({ run, sha256 }) {
      looked++;
      const bytes = find(run);
      if (!bytes) problems.push(incomplete(`the sealed history of run ${run} is not in the archive: put it back from a backup`));
      else if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        problems.push(fail(`the archived history of run ${run} is not the one that was sealed`));
    },
    finding: () =>
      finding(
        'The archived histories are the ones that were sealed into the log',
        'NIST SP 800-53 AU-9(3), AU-11(1); ISO/IEC 27001 A.5.28',
        problems,
        `${looked} histories hashed in this look`,
      ),
  };
}
