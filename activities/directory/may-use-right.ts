import type { SecurityDescriptor } from './security-descriptor.ts';

/** Access rights of directory objects, MS-ADTS 5.1.3.2. */
export const access = {
  deleteChild: 0x2,
  writeSelf: 0x8,
  writeProperty: 0x20,
  deleteTree: 0x40,
  controlAccess: 0x100,
  delete: 0x10000,
} as const;

/** Control access rights by their rightsGuid, MS-ADTS 5.1.3.2.1. */
export const controlRights = {
  resetPassword: '00299570-246d-11d0-a768-00aa006e0529',
  replicate: '1131f6aa-9c07-11d1-f79f-00c04fc2dcd2',
  replicateSecrets: '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2',
  replicateFiltered: '89e95b76-444d-4c62-991a-0facbeda640c',
} as const;

/** `perhaps`: an entry with a condition decides, and only the controller can judge it. */
export type MayUse = 'yes' | 'no' | 'perhaps';

const genericAll = 0x10000000;

/**
 * Whether somebody who is all of `sids` holds one right on an object: the first entry that speaks of it decides
 * (MS-ADTS 5.1.3.3.3, MS-DTYP 2.5.3.2). `objectType` is the right, attribute or class that is asked about. Rights of an owner over
 * the list itself are not counted here; the controller tells those (sDRightsEffective).
 */
export function mayUseRight(
  descriptor: SecurityDescriptor,
  sids: ReadonlySet<string>,
  { mask, objectType }: { mask: number; objectType?: string },
): MayUse {
  if (!descriptor.entries) return 'yes';
  const open = new Set<'allow' | 'deny'>();
  for (const entry of descriptor.entries) {
    const speaks =
      !entry.inheritOnly &&
      sids.has(entry.sid) &&
      (entry.mask & (mask | genericAll)) !== 0 &&
      (entry.objectType === undefined || entry.objectType === objectType);
    if (!speaks) continue;
    if (entry.conditional) open.add(entry.kind);
    else if (entry.kind === 'allow') return open.has('deny') ? 'perhaps' : 'yes';
    else return open.has('allow') ? 'perhaps' : 'no';
  }
  return open.has('allow') ? 'perhaps' : 'no';
}
