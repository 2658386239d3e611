import { fail, finding, type Finding } from '#audit/finding.ts';
import { commitment } from '#evidence/leaf.ts';
import type { Database } from '#db';

/** So many are read at once. */
const STEP = 5000;

/** That each name and address that is kept is the one that a leaf committed to. Openings that were erased are no finding. */
export async function openingsFit(db: Database): Promise<Finding> {
  const wrong: string[] = [];
  let looked = 0;
  let after = '';
  for (;;) {
    const rows = await db.opening.findMany({ where: { commitment: { gt: after } }, orderBy: { commitment: 'asc' }, take: STEP });
    const last = rows.at(-1);
    if (!last) break;
    looked += rows.length;
    after = last.commitment;
    wrong.push(...rows.filter((row) => commitment(row.value, row.salt) !== row.commitment).map((row) => row.commitment));
  }
  return finding(
    'Personal data that is kept is what the leaves committed to',
    'NIST SP 800-53 AU-3(3), AU-9(3)',
    wrong.map((named) => fail(`the opening of ${named} does not fit`)),
    `${looked} openings`,
  );
}
