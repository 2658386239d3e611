import { notProven } from '#audit/not-proven.ts';
import { verifyBundle, type Auditor } from '#audit/verify-bundle.ts';
import type { BundleParts } from '#audit/bundle-parts.ts';
import { archiveInBundle, isLoggedInBundle } from './archive.ts';
import { checkHistories, type Checked } from './check-histories.ts';
import { checkShare } from './check-share.ts';
import type { Finding } from './finding.ts';
import { readSealedLeaf, type SealedLeaf } from './sealed-leaf.ts';

/**
 * Verifies a bundle as `verify` does, then opens its histories with the keys that were given out with it and plays them
 * again with the code in it: everything out of the one file that an auditor took away. Never throws for what is in it.
 */
export async function replayBundle(bytes: Uint8Array, auditor: Auditor): Promise<Checked & { notProven: string[] }> {
  const { parts, findings } = verifyBundle(bytes, auditor);
  const faults = findings.flatMap(({ verdict, check, said }): Finding[] => {
    if (verdict !== 'fail' && verdict !== 'incomplete') return [];
    return [{ weight: verdict === 'fail' ? 'tampered' : 'incomplete', of: 'the bundle', words: `FAILED ${check}: ${said}` }];
  });
  const none = { histories: 0, replayed: 0, events: 0 };
  if (!parts) return { ...none, findings: faults, notProven: [] };
  const checked = await replayed(parts, auditor);
  // What stands in the histories is what was just looked at.
  const open = notProven({ ...parts, histories: new Map() }, auditor);
  return { ...checked, findings: [...faults, ...checked.findings], notProven: open };
}

async function replayed(parts: BundleParts, { policy }: Auditor): Promise<Checked> {
  const none = { histories: 0, replayed: 0, events: 0 };
  const faults: Finding[] = [];
  const leaves = parts.leaves.map(readSealedLeaf).filter((leaf) => leaf !== undefined);
  const sealed: SealedLeaf[] = leaves.filter((leaf) => leaf !== 'unreadable');
  if (sealed.length < leaves.length) faults.push({ weight: 'incomplete', of: 'the bundle', words: UNREADABLE });
  if (sealed.length === 0) return { ...none, findings: [...faults, nothing] };
  if (!parts.historyKeys) return { ...none, findings: [...faults, withoutKeys] };
  const checked = await checkHistories(isLoggedInBundle(parts, policy), sealed, (runs) => checkShare(archiveInBundle(parts), runs));
  return { ...checked, findings: [...faults, ...checked.findings] };
}

const UNREADABLE = 'a leaf in it seals a history in a form that this release does not read';
const nothing: Finding = {
  weight: 'incomplete',
  of: 'the bundle',
  words: 'it holds no sealed history: the reset was open when it was made',
};
const withoutKeys: Finding = {
  weight: 'incomplete',
  of: 'the bundle',
  words: 'it was made without openings, and so without the keys of its histories. Ask for one with them, or replay the archive',
};
