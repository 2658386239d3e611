import type { LeafType } from '#domain/leaf-types.ts';
import type { Framework } from './controls/control.ts';
import { iso27001 } from './controls/iso-27001.ts';
import { nist63b } from './controls/nist-63b.ts';
import { pciDss } from './controls/pci-dss.ts';
import { rbi } from './controls/rbi.ts';

/**
 * The control map: which clause is met how, who does the rest, and which leaves and tests prove it. Everything that is
 * said about a framework, on a page, in a table or in the guide, is read from here. Tests hold it against the catalogue
 * of leaves and against the tests that it names.
 */
export const FRAMEWORKS: readonly Framework[] = [rbi, iso27001, nist63b, pciDss];

/** Kinds of leaves that no row names, and why none does. */
export const SERVE_NO_CLAUSE: Partial<Record<LeafType, string>> = {
  'account.released': 'the other half of account.claimed: it shows that a lock was given back, which no clause asks for',
};
