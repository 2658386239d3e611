import { isUnder, parentOf } from '#domain/account.ts';
import { rightsHeld } from '#activities/directory/rights-held.ts';
import type { ServiceAccount } from '../directory/names.ts';
import { bad, good, type Finding } from '../doctor/finding.ts';
import { Sentence } from '../sentence.ts';
import { grantsOf } from './delegation.ts';
import { judgeRights, writerOf, type Expected } from './judge-rights.ts';
import { called } from './print-delegation.ts';
import { troubleInWords, type Telling } from './rights-in-words.ts';
import { identitiesOf, systemOf, withAccount, type Site } from './site.ts';
import { standingOf } from './standing.ts';
import { accountsSeen, unitsOf, type ServedAccount } from './units.ts';

/** So many accounts of a unit that are not protected are asked for their groups. */
const lookedAt = 20;

/**
 * What each of Countersign's accounts may do in the directory against what it should: one finding for each trouble, or one good
 * one for each account. Signs in as each and changes nothing. Throws Sentence when the reader cannot sign in: nothing can be said then.
 */
export async function preflight(site: Site): Promise<Finding[]> {
  const seen = await withAccount(site, 'reader', async (dir) => {
    return { identities: await identitiesOf(dir, site), system: await systemOf(dir), accounts: await accountsSeen(dir) };
  });
  const { identities, system, accounts } = seen;
  const expected: Expected = {
    accounts: new Map(accounts.map((account) => [account.guid, account])),
    isServed: ({ dn }) => site.serves.some((unit) => isUnder(dn, unit)),
    own: identities,
  };
  const units = unitsOf(site.serves, accounts, new Set(Object.values(identities).map(({ guid }) => guid)));
  const dns = { reader: identities.reader.dn, writerStaff: identities.writerStaff.dn, writerPrivileged: identities.writerPrivileged.dn };
  const grants = grantsOf({ baseDn: site.settings.baseDn, accounts: dns, units });
  const telling = { expected, grants, system, trustees: { netbios: site.settings.netbios, identities } };

  const findings: Finding[] = [];
  for (const by of Object.keys(called) as ServiceAccount[]) {
    const own = [...standingOf(by, identities[by], expected), ...(await troublesOf(site, { ...telling, by }))];
    findings.push(...(own.length > 0 ? own : [good(allSaid(by, expected))]));
  }
  return findings;
}

async function troublesOf(site: Site, telling: Telling): Promise<Finding[]> {
  try {
    const { by, expected } = telling;
    const rights = await withAccount(site, by, (dir) => rightsHeld(dir, accountsToLookAt(by, expected)));
    const found = judgeRights(by, rights, expected);
    return found.filter(({ trouble }) => !isOfHolder(trouble, telling)).map((one) => troubleInWords(one, telling));
  } catch (error) {
    if (error instanceof Sentence)
      return [bad(`${called[telling.by]}: ${error.message}`, 'put its password into its password file, and see that it is enabled')];
    throw error;
  }
}

/** Windows gives what AdminSDHolder gives to every protected account, those elsewhere too. It cannot be had for less, and the policy refuses them. */
function isOfHolder(trouble: ReturnType<typeof judgeRights>[number]['trouble'], { by, system }: Telling): boolean {
  return system === 'windows' && by === 'writerPrivileged' && trouble.what === 'reaches' && trouble.whose === 'unserved-protected';
}

/** Of whom the groups are asked for: every protected account that is this one's, and a few of the others in each unit, since rights go by unit. */
function accountsToLookAt(by: ServiceAccount, expected: Expected): Set<string> {
  const looked = new Map<string, number>();
  const few = ({ dn, protectedBy }: ServedAccount) => {
    const unit = parentOf(dn) ?? '';
    looked.set(unit, (looked.get(unit) ?? 0) + 1);
    return protectedBy !== undefined || (looked.get(unit) ?? 0) <= lookedAt;
  };
  const mine = [...expected.accounts.values()].filter((account) => {
    const writer = writerOf(account, expected);
    return writer !== undefined && (by === 'reader' || by === writer);
  });
  return new Set(mine.filter(few).map(({ guid }) => guid));
}

function allSaid(by: ServiceAccount, expected: Expected): string {
  if (by === 'reader') return 'reader can read, and change nothing of anything';
  const mine = [...expected.accounts.values()].filter((account) => writerOf(account, expected) === by);
  return `${called[by]} can reset and unlock the ${mine.length} accounts that are its own, and do nothing else`;
}

/** The findings as lines for a terminal, and 0 only when there is nothing to mend and nothing was hidden. */
export async function preflightCommand(site: Site): Promise<{ lines: string[]; exitCode: 0 | 1 }> {
  const findings = await preflight(site);
  const lines = findings.flatMap(({ verdict, said, fix }) => [
    `  ${{ good: '✓', bad: '✗', unknown: '·' }[verdict]} ${said}`,
    ...(fix === undefined ? [] : fix.split('\n').map((line) => `      → ${line}`)),
  ]);
  const troubles = findings.filter(({ verdict }) => verdict !== 'good').length;
  const end =
    troubles === 0
      ? 'No reset would fail for want of a right, and nothing is too much.'
      : `${troubles} ${troubles === 1 ? 'thing is' : 'things are'} to be mended. All commands, with what they are for: countersign directory delegate --print`;
  return { lines: [...lines, '', end], exitCode: troubles === 0 ? 0 : 1 };
}
