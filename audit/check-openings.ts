import { commitment } from '#evidence/leaf.ts';
import type { BundleParts } from './bundle-parts.ts';
import { counted, fail, finding, type Finding } from './finding.ts';
import type { LeafInLog } from './leaf-in-log.ts';

/** The commitments in a leaf: members whose names end in `_c`. */
export function commitmentsIn({ body }: Pick<LeafInLog, 'body'>): string[] {
  return Object.values(body).flatMap((part) =>
    typeof part === 'object' && part !== null
      ? Object.entries(part).flatMap(([name, value]) => (name.endsWith('_c') && typeof value === 'string' ? [value] : []))
      : [],
  );
}

/** That what is disclosed of a person is what was committed to. An opening that is not there was left out or erased, which breaks nothing. */
export function checkOpenings({ openings }: Pick<BundleParts, 'openings'>, leaves: readonly LeafInLog[]): Finding {
  const made = new Set(leaves.flatMap(commitmentsIn));
  const wrong = (openings ?? []).filter(({ commitment: named, salt, value }) => !made.has(named) || commitment(value, salt) !== named);
  const check = 'Personal data that is disclosed is what the leaves committed to';
  const serves = 'NIST SP 800-53 AU-3(3); GDPR Art. 17';
  const opened = (openings ?? []).length;
  const rest = opened < made.size ? '; the others were left out or erased' : '';
  const said = `${opened} of ${counted(made.size, 'commitment')} opened${rest}`;
  return finding(
    check,
    serves,
    wrong.map(({ commitment: named }) => fail(`the opening of ${named} does not fit`)),
    said,
  );
}
