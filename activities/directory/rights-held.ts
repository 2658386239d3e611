import { EqualityFilter, OrFilter } from 'ldapts';
import type { Directory, Session } from './connect.ts';
import { DescriptorControl } from './descriptor-control.ts';
import { guidDn, guidText, sidText, type EntryReader } from './entry.ts';
import { baseEntry } from './find-account.ts';
import { access, controlRights, mayUseRight, type MayUse } from './may-use-right.ts';
import { readSecurityDescriptor, type SecurityDescriptor } from './security-descriptor.ts';

export type ObjectKind = 'account' | 'computer' | 'group' | 'unit' | 'policy' | 'domain';

/** `unseen`: the object does not show its list to whoever asks, so that nobody can tell beforehand. */
export type Held = MayUse | 'unseen';

/** What the asking service account may do to one object, by the directory's own word and by the object's own list. */
export type RightsOn = {
  dn: string;
  guid: string;
  kind: ObjectKind;
  /** Reset Password; only of accounts and computers. */
  resets: Held;
  /** Attributes that it may write (allowedAttributesEffective, MS-ADTS 3.1.1.4.5.19); a password is never among them. */
  writes: readonly string[];
  /** Classes of objects that it may make below. */
  creates: readonly string[];
  deletes: Held;
  /** It may change the list itself or the owner, and so give itself everything (sDRightsEffective, MS-ADTS 3.1.1.4.5.4). */
  rewritesRights: boolean;
  /** Reading everybody's password hashes by replication; only of the domain. */
  replicates: Held;
  /** Nothing that is given above reaches it (SE_DACL_PROTECTED). */
  inheritsNothing: boolean;
  /** Its groups were asked for and not shown, so that nobody can tell whether it is protected. */
  hidesGroups: boolean;
};

/** Groups that everybody who signed in is in, beside those of their token (MS-DTYP 2.4.2.4): Everyone, Network, Authenticated Users, This Organization. */
const everybody = ['S-1-1-0', 'S-1-5-2', 'S-1-5-11', 'S-1-5-15'];
const self = 'S-1-5-10';
const classes = [
  'user',
  'group',
  'organizationalUnit',
  'container',
  'domainDNS',
  'msDS-PasswordSettings',
  'msDS-PasswordSettingsContainer',
];
/** OWNER, GROUP and DACL of SECURITY_INFORMATION. */
const ownership = 0x1 | 0x2 | 0x4;
// schemaIDGUID of class user.
const userClass = 'bf967aba-0de6-11d0-a285-00aa003049e2';

/**
 * Reads every account, computer, group, unit and policy of the domain as the asking service account, with what it may do to each. Some
 * milliseconds an object. `groupsOf`: GUIDs of the accounts whose groups it is asked for too, one read each.
 */
export async function rightsHeld(dir: Directory, groupsOf: ReadonlySet<string> = new Set()): Promise<RightsOn[]> {
  return dir.read(async (session) => {
    const sids = await ownSids(session, dir.bindDn);
    const entries = await session.searchAll(dir.settings.baseDn, {
      scope: 'sub',
      filter: new OrFilter({ filters: classes.map((value) => new EqualityFilter({ attribute: 'objectClass', value })) }),
      attributes: [
        'objectClass',
        'objectGUID',
        'objectSid',
        'allowedAttributesEffective',
        'allowedChildClassesEffective',
        'sDRightsEffective',
        'nTSecurityDescriptor',
      ],
      controls: [new DescriptorControl()],
      // What may be written is worked out for each: a full page would take longer than one operation may.
      pageSize: 100,
    });
    const rights = entries.map((entry) => rightsOn(entry, sids));
    for (const object of rights) {
      if (!groupsOf.has(object.guid)) continue;
      const shown = await baseEntry(session, guidDn(object.guid), ['tokenGroups']);
      object.hidesGroups = (shown?.allBytes('tokenGroups').length ?? 0) === 0;
    }
    return rights;
  });
}

async function ownSids(session: Session, dn: string): Promise<{ own: string; all: ReadonlySet<string> }> {
  const entry = await baseEntry(session, dn, ['objectSid', 'tokenGroups']);
  const own = entry?.bytes('objectSid');
  if (!entry || !own)
    throw new RangeError(`the directory does not show ${dn} to itself; write its distinguished name as the directory has it`);
  return { own: sidText(own), all: new Set([sidText(own), ...entry.allBytes('tokenGroups').map(sidText), ...everybody]) };
}

function rightsOn(entry: EntryReader, { own, all }: { own: string; all: ReadonlySet<string> }): RightsOn {
  const kind = kindOf(entry.texts('objectClass'));
  const sid = entry.bytes('objectSid');
  const sids = sid && sidText(sid) === own ? new Set([...all, self]) : all;
  const bytes = entry.bytes('nTSecurityDescriptor');
  const descriptor = bytes && readSecurityDescriptor(bytes);
  return {
    dn: entry.dn,
    guid: guidText(entry.bytes('objectGUID') ?? Buffer.alloc(16)),
    kind,
    resets: kind === 'account' || kind === 'computer' ? held(descriptor, sids, resetPassword) : 'no',
    writes: entry.texts('allowedAttributesEffective').toSorted(),
    creates: entry.texts('allowedChildClassesEffective').toSorted(),
    deletes: held(
      descriptor,
      sids,
      { mask: access.delete },
      { mask: access.deleteTree },
      { mask: access.deleteChild, objectType: userClass },
    ),
    rewritesRights: (entry.number('sDRightsEffective') & ownership) !== 0,
    replicates: kind === 'domain' ? held(descriptor, sids, ...replication) : 'no',
    inheritsNothing: descriptor?.inheritsNothing ?? false,
    hidesGroups: false,
  };
}

const resetPassword = { mask: access.controlAccess, objectType: controlRights.resetPassword };
// Names and hashes come with the second; the third is about attributes that read-only controllers do not get.
const replication = [controlRights.replicate, controlRights.replicateSecrets, controlRights.replicateFiltered].map((objectType) => ({
  mask: access.controlAccess,
  objectType,
}));

/** The widest answer to any of these. */
function held(
  descriptor: SecurityDescriptor | undefined,
  sids: ReadonlySet<string>,
  ...rights: { mask: number; objectType?: string }[]
): Held {
  if (!descriptor) return 'unseen';
  const answers = rights.map((right) => mayUseRight(descriptor, sids, right));
  return answers.includes('yes') ? 'yes' : answers.includes('perhaps') ? 'perhaps' : 'no';
}

function kindOf(objectClass: readonly string[]): ObjectKind {
  if (objectClass.includes('computer')) return 'computer';
  if (objectClass.includes('user')) return 'account';
  if (objectClass.includes('group')) return 'group';
  if (objectClass.includes('domainDNS')) return 'domain';
  const isPolicy = ['msDS-PasswordSettings', 'msDS-PasswordSettingsContainer', 'groupPolicyContainer'].some((one) =>
    objectClass.includes(one),
  );
  return isPolicy ? 'policy' : 'unit';
}
