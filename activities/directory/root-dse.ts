import { ResultCodeError, type Client } from 'ldapts';
import type { Controller, DirectorySettings } from './controller.ts';
import { DirectoryUnavailable } from './errors.ts';
import { baseEntry } from './find-account.ts';
import { generalizedTime } from './generalized-time.ts';
import { hintsAmong } from './policy-hints.ts';
import { sessionOn, type Session } from './session.ts';

/** What a controller says of itself before anybody signs in. */
export type RootDse = {
  dnsHostName: string;
  /** Distinguished name of the domain that it serves. */
  baseDn: string;
  /** The Active Directory site that it stands in. */
  site: string | undefined;
  /** Holds a copy that takes no changes. */
  readOnly: boolean;
  /** Seconds by which its clock is ahead of this machine's. Kerberos suffers from minutes, codes of authenticators from half of one. */
  skewSeconds: number;
  /** Whether a reset is held to the history rule by the controller (Windows; not Samba). */
  policyHints: boolean;
  /** Milliseconds that one question took on an open connection. */
  milliseconds: number;
  /** Its own object among the servers of the forest (NTDS Settings). */
  service: string | undefined;
};

/** LDAP_CAP_ACTIVE_DIRECTORY_PARTIAL_SECRETS_OID (MS-ADTS 3.1.1.3.4.3.5): said by read-only controllers alone. */
const partialSecrets = '1.2.840.113556.1.4.1920';
const attributes = [
  'dnsHostName',
  'currentTime',
  'defaultNamingContext',
  'serverName',
  'dsServiceName',
  'supportedCapabilities',
  'supportedControl',
];

/**
 * Reads rootDSE (RFC 4512 5.1) on a connection that is not bound: a password is shown to no controller of another
 * domain, and none is counted wrong there. Throws DirectoryUnavailable when it is no domain controller, otherwise what ldapts throws.
 */
export async function readRootDse(client: Client, controller: Controller): Promise<RootDse> {
  const session = sessionOn(client, controller);
  const root = await baseEntry(session, '', attributes);
  // Once more, since the first question also made the connection.
  const asked = performance.now();
  const now = await baseEntry(session, '', ['currentTime']);
  const milliseconds = performance.now() - asked;
  const clock = generalizedTime(now?.text('currentTime'));
  const baseDn = root?.text('defaultNamingContext');
  if (!root || !clock || baseDn === undefined)
    throw new DirectoryUnavailable('rootDSE shows no clock and no domain; this is no domain controller');
  return {
    dnsHostName: root.text('dnsHostName') ?? '',
    baseDn,
    site: /^CN=[^,]+,CN=Servers,CN=([^,]+),CN=Sites,/i.exec(root.text('serverName') ?? '')?.[1],
    readOnly: root.texts('supportedCapabilities').includes(partialSecrets),
    skewSeconds: Math.round((clock.getTime() - Date.now()) / 1000),
    policyHints: hintsAmong(root.texts('supportedControl')).length > 0,
    milliseconds,
    service: root.text('dsServiceName'),
  };
}

/** What a controller is in its domain. `isPdc` is undefined where it may not be read. */
export type Role = { isPdc: boolean | undefined; readOnly: boolean };

/**
 * What only somebody signed in may read: whether the controller is the PDC emulator (fSMORoleOwner of the domain, MS-ADTS
 * 6.1.5.3), and by its own object whether it is read-only (msDS-isRODC). What the directory does not let us read is left open.
 */
export async function readRole(session: Session, root: RootDse): Promise<Role> {
  try {
    const domain = await baseEntry(session, root.baseDn, ['fSMORoleOwner']);
    const own = root.service === undefined ? undefined : await baseEntry(session, root.service, ['msDS-isRODC']);
    const holder = domain?.text('fSMORoleOwner');
    return {
      isPdc: holder === undefined || own === undefined ? undefined : sameDn(holder, own.dn),
      readOnly: root.readOnly || own?.text('msDS-isRODC') === 'TRUE',
    };
  } catch (error) {
    if (error instanceof ResultCodeError) return { isPdc: undefined, readOnly: root.readOnly };
    throw error;
  }
}

/** Why this controller must not be used for this, in words that name the fix; undefined when it may. */
export function whyUnfit(
  root: Pick<RootDse, 'baseDn' | 'readOnly'>,
  { servername }: Controller,
  { baseDn }: Pick<DirectorySettings, 'baseDn'>,
  writable: boolean,
): string | undefined {
  if (!sameDn(root.baseDn, baseDn))
    return `${servername} serves ${root.baseDn} and not ${baseDn}; take it off the list, or set baseDn right`;
  if (writable && root.readOnly) return `${servername} is a read-only controller, which takes no changes; name one that does`;
  return undefined;
}

/** Distinguished names of the directory's own naming differ in case and spaces at most. */
function sameDn(one: string, other: string): boolean {
  const plain = (dn: string) =>
    dn
      .toLowerCase()
      .replaceAll(/\s*([,=])\s*/g, '$1')
      .trim();
  return plain(one) === plain(other);
}
