import { isUnder, parentOf } from '#domain/account.ts';
import type { ResolvedSource } from '#domain/approval.ts';
import type { Directory, Session } from './connect.ts';
import { guidText, sidText } from './entry.ts';
import { baseEntry } from './find-account.ts';
import { findGroup } from './group-members.ts';

/**
 * Whom `managedBy` of a group names (MS-ADA2 managedBy): a person, or a group whose members own it together. Nobody when
 * there is no such group or it names none.
 */
export async function ownerOfGroup(dir: Directory, samAccountName: string): Promise<ResolvedSource[]> {
  return dir.read(async (session) => {
    const group = await findGroup(session, dir.settings.baseDn, samAccountName);
    return group ? managedBy(session, group.dn) : [];
  });
}

/** The recorded owner of the nearest unit above an account that has one; the domain itself counts as the last. */
export async function ownerOfUnit(dir: Directory, dn: string): Promise<ResolvedSource[]> {
  const base = dir.settings.baseDn;
  return dir.read(async (session) => {
    for (let above = parentOf(dn); above !== undefined && isUnder(above, base); above = parentOf(above)) {
      const owner = await managedBy(session, above);
      if (owner.length > 0) return owner;
    }
    return [];
  });
}

async function managedBy(session: Session, dn: string): Promise<ResolvedSource[]> {
  const owner = (await baseEntry(session, dn, ['managedBy']))?.text('managedBy');
  if (owner === undefined) return [];
  const entry = await baseEntry(session, owner, ['objectGUID', 'objectSid', 'objectClass']);
  const [guid, sid] = [entry?.bytes('objectGUID'), entry?.bytes('objectSid')];
  if (!entry || !guid || !sid) return [];
  return entry.texts('objectClass').includes('group') ? [{ groupSid: sidText(sid) }] : [{ person: guidText(guid) }];
}
