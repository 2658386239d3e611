import { EqualityFilter, OrFilter, ResultCodeError } from 'ldapts';
import { isUnder, parentOf } from '#domain/account.ts';
import type { Directory, Session } from './connect.ts';
import { DescriptorControl } from './descriptor-control.ts';
import { guidDn, guidText, sidText, type EntryReader } from './entry.ts';
import { DirectoryUnavailable } from './errors.ts';
import { baseEntry } from './find-account.ts';
import { findGroup } from './group-members.ts';
import { protectedGroups } from './protected.ts';
import { readSecurityDescriptor, type SecurityDescriptor } from './security-descriptor.ts';

/** Who may do what to one object, by its own list. `descriptor` undefined: it does not show it to the reading account. */
export interface RightsGiven {
  guid: string;
  dn: string;
  /** `unit`: the domain, a unit or a container, of which new ones come about. `protected`: Windows copies AdminSDHolder's list over it (SDProp). */
  kind: 'unit' | 'holder' | 'protected' | 'other';
  descriptor: SecurityDescriptor | undefined;
}

/** Of which objects beside the domain, AdminSDHolder, the groups that the directory protects, Administrator and krbtgt. */
export interface ObjectsThatMatter {
  /** Every unit at and below these, and those above them. */
  units: readonly string[];
  /** Distinguished names. */
  accounts: readonly string[];
  /** objectGUIDs. */
  guids: readonly string[];
  /** sAMAccountNames. */
  groups: readonly string[];
}

const attributes = ['objectGUID', 'nTSecurityDescriptor'];
const controls = () => [new DescriptorControl('owner')];

/** Reads who may do what to the objects on which everything else hangs: one read each, of some milliseconds. One that is not there is left out. Throws DirectoryUnavailable. */
export async function rightsGiven(dir: Directory, objects: ObjectsThatMatter): Promise<RightsGiven[]> {
  const base = dir.settings.baseDn;
  return dir.read(async (session) => {
    const domain = (await baseEntry(session, base, ['objectSid']))?.bytes('objectSid');
    if (!domain) throw new DirectoryUnavailable('the controller does not show the domain');
    const sid = sidText(domain);
    const named = new Map<string, RightsGiven['kind']>([[base, 'unit']]);
    for (const unit of objects.units) for (const one of above(unit, base)) named.set(one, 'unit');
    for (const account of objects.accounts) named.set(account, 'other');
    for (const group of objects.groups) {
      const dn = (await findGroup(session, base, group))?.dn;
      if (dn !== undefined) named.set(dn, 'other');
    }
    for (const guid of objects.guids) named.set(guidDn(guid), 'protected');
    for (const one of [...protectedGroups(sid), `${sid}-500`, `${sid}-502`]) named.set(`<SID=${one}>`, 'protected');
    named.set(`CN=AdminSDHolder,CN=System,${base}`, 'holder');
    const found = new Map<string, RightsGiven>();
    for (const [name, kind] of named) for (const entry of await shown(session, name, 'base')) note(found, entry, kind);
    for (const unit of objects.units) for (const entry of await shown(session, unit, 'sub')) note(found, entry, 'unit');
    return [...found.values()];
  });
}

/** The units between one and the domain. */
function above(unit: string, base: string): string[] {
  const parent = parentOf(unit);
  return parent === undefined || !isUnder(parent, base) || parent.toLowerCase() === base.toLowerCase()
    ? []
    : [parent, ...above(parent, base)];
}

async function shown(session: Session, name: string, scope: 'base' | 'sub'): Promise<EntryReader[]> {
  const units = new OrFilter({
    filters: ['organizationalUnit', 'container'].map((value) => new EqualityFilter({ attribute: 'objectClass', value })),
  });
  try {
    if (scope === 'base') return await session.search(name, { scope, attributes, controls: controls() });
    return await session.searchAll(name, { scope, filter: units, attributes, controls: controls() });
  } catch (error) {
    // No such object: a unit of the policy that is not there, or is not shown.
    if (error instanceof ResultCodeError && error.code === 32) return [];
    throw error;
  }
}

function note(found: Map<string, RightsGiven>, entry: EntryReader, kind: RightsGiven['kind']): void {
  const guid = entry.bytes('objectGUID');
  if (!guid) return;
  const bytes = entry.bytes('nTSecurityDescriptor');
  const descriptor = bytes && readSecurityDescriptor(bytes);
  found.set(guidText(guid), { guid: guidText(guid), dn: entry.dn, kind, descriptor });
}
