import { openRotation } from '#evidence/key-rotation.ts';
import { Malformed } from '#evidence/malformed.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { counted, fail, finding, type Finding, type Problem } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';

/** Looks at leaves one by one for keys that took the place of others. */
export function lookAtRotations(): { look: (leaf: LeafInLog) => void; finding: () => Finding } {
  const problems: Problem[] = [];
  let looked = 0;
  return {
    look(leaf) {
      if (leaf.body.type !== 'key.rotated') return;
      looked++;
      const wrong = wrongIn(leaf);
      if (wrong !== undefined) problems.push(fail(`leaf ${leaf.index}: ${wrong}`));
    },
    finding: () =>
      finding(
        'Each key that took the place of another was signed for by both',
        'NIST SP 800-53 AU-10, SC-12; PCI DSS 3.7.4; ISO/IEC 27001 A.8.24',
        problems,
        counted(looked, 'change of a key', 'changes of keys'),
      ),
  };
}

function wrongIn({ body }: LeafInLog): string | undefined {
  const { old, new: fresh, note } = body.do ?? {};
  if (typeof note !== 'string') return 'it has no signed note';
  try {
    const keys = openRotation(note);
    const isSaid = printVerifierKey(keys.old) === old && printVerifierKey(keys.fresh) === fresh;
    return isSaid ? undefined : 'its note is of other keys than the leaf says';
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}
