import { parentOf, samePerson } from '#domain/account.ts';
import type { ResolvedSource } from '#domain/approval.ts';
import type { ApproverSource } from '#domain/approval-stage.ts';
import type { ResolvedVoucher, VoucherSource } from '#domain/vouching.ts';
import type { DirectoryAccount } from './account.ts';
import type { Directory } from './connect.ts';
import { readAccount } from './find-account.ts';
import { groupMembers, groupSid } from './group-members.ts';
import { ownerOfGroup, ownerOfUnit } from './owner.ts';

/** The account whose stage it is. */
type Claimant = Pick<DirectoryAccount, 'guid' | 'dn' | 'managerGuid' | 'employeeId'>;
type Roles = Readonly<Record<string, readonly string[]>>;

/** What has to be looked up for it, in the directory or in a survey of it. */
export interface Lookup {
  read(guid: string): Promise<Pick<DirectoryAccount, 'managerGuid'> | undefined>;
  groupSid(samAccountName: string): Promise<string | undefined>;
  ownerOfGroup(samAccountName: string): Promise<ResolvedSource[]>;
  ownerOfUnit(dn: string): Promise<ResolvedSource[]>;
}

function lookupIn(dir: Directory): Lookup {
  return {
    read: (guid) => readAccount(dir, guid),
    groupSid: (name) => groupSid(dir, name),
    ownerOfGroup: (name) => ownerOfGroup(dir, name),
    ownerOfUnit: (dn) => ownerOfUnit(dir, dn),
  };
}

/**
 * What the sources of a stage are now. A relation is followed so many hops and no further, since a circle of managers
 * would make everybody everybody's approver. A source that leads nowhere, or back to the claimant, is left out.
 */
export function resolveSources(
  dir: Directory,
  claimant: Claimant,
  sources: readonly ApproverSource[],
  roles: Roles,
): Promise<ResolvedSource[]> {
  return resolveBy(lookupIn(dir), claimant, sources, roles);
}

/** What the sources of those who may vouch are now: as above, and the unit in which the claimant's account lies. */
export function resolveVouchers(
  dir: Directory,
  claimant: Claimant,
  sources: readonly VoucherSource[],
  roles: Roles,
): Promise<ResolvedVoucher[]> {
  return withUnit(claimant.dn, sources, (others) => resolveSources(dir, claimant, others, roles));
}

/** The unit of the account with this name where a source asks for it, and what the other sources come to. */
export async function withUnit(
  dn: string,
  sources: readonly VoucherSource[],
  resolve: (others: ApproverSource[]) => Promise<ResolvedSource[]>,
): Promise<ResolvedVoucher[]> {
  const others: ApproverSource[] = [];
  const units: ResolvedVoucher[] = [];
  const unit = parentOf(dn);
  for (const source of sources) {
    if (!('relation' in source) || source.relation !== 'same-unit') others.push(source);
    else if (unit !== undefined) units.push({ unit });
  }
  return [...units, ...(await resolve(others))];
}

/** The same by another way of looking things up. */
export async function resolveBy(
  lookup: Lookup,
  claimant: Claimant,
  sources: readonly ApproverSource[],
  roles: Roles,
): Promise<ResolvedSource[]> {
  const resolved = await Promise.all(sources.map((source) => resolve(lookup, claimant, source, roles)));
  return resolved.flat().filter((source) => !('person' in source && source.person === claimant.guid));
}

/** Every enabled, unexpired person behind these sources, each once, without the claimant's own accounts; in the order of their GUIDs. */
export async function peopleBehind(
  dir: Directory,
  claimant: Claimant,
  sources: readonly ApproverSource[],
  roles: Roles,
): Promise<DirectoryAccount[]> {
  const people = new Map<string, DirectoryAccount>();
  for (const source of await resolveSources(dir, claimant, sources, roles)) {
    const found = 'person' in source ? [await readAccount(dir, source.person)] : await groupMembers(dir, source.groupSid);
    for (const person of found) if (person?.enabled && !person.expired && !samePerson(person, claimant)) people.set(person.guid, person);
  }
  return [...people.values()].toSorted((a, b) => (a.guid < b.guid ? -1 : 1));
}

async function resolve(lookup: Lookup, claimant: Claimant, source: ApproverSource, roles: Roles): Promise<ResolvedSource[]> {
  if ('group' in source || 'role' in source) {
    const groups = 'group' in source ? [source.group] : (roles[source.role] ?? []);
    const sids = await Promise.all(groups.map((group) => lookup.groupSid(group)));
    return sids.flatMap((sid) => (sid === undefined ? [] : [{ groupSid: sid }]));
  }
  if ('ownerOf' in source) return lookup.ownerOfGroup(source.ownerOf);
  if (source.relation === 'unit-owner') return lookup.ownerOfUnit(claimant.dn);
  const { managerGuid } = claimant;
  // An account may name itself as its manager.
  if (managerGuid === undefined || managerGuid === claimant.guid) return [];
  if (source.relation === 'manager') return [{ person: managerGuid }];
  const above = (await lookup.read(managerGuid))?.managerGuid;
  return above === undefined || above === managerGuid ? [] : [{ person: above }];
}
