/** What one controller says of the account of a computer. */
export interface ComputerFacts {
  guid: string;
  /** sAMAccountName, with its dollar. */
  account: string;
  /** dNSHostName, in small letters. */
  hostName: string;
  /** `controller`: of domain controllers, also of read-only ones. `other`: a person’s, a service’s, or whatever else has such a name. */
  kind: 'member' | 'controller' | 'other';
  enabled: boolean;
  /** Somebody without the right to make computers joined it, as every account may some times (ms-DS-MachineAccountQuota). */
  joinedByAnybody: boolean;
  /** When its certificates were last changed, by the clock of the controller at which they were; undefined where that is not shown. */
  certificatesChangedAt: Date | undefined;
  /** The controller’s clock at the look. */
  clock: Date;
}

/** Why an account lets no device in. */
export type ComputerFault = 'not-there' | 'not-a-computer' | 'controller' | 'disabled' | 'other-name' | 'no-certificate' | 'stale';

/** So long ago at most what stands in the account was written. Replication within a site takes seconds; a device tries again. */
const FRESH_MS = 900_000;
/** Kerberos lets clocks of one domain differ by so much (RFC 4120 §8.2). */
const SKEW_MS = 300_000;
/** Names of computer accounts are cut there (MS-ADTS 3.1.1.5.1.3 lets dNSHostName begin with them). */
const NETBIOS = 15;

/**
 * Why the account of this host name is none that may be enrolled, by all that controllers say of it; undefined where nothing speaks against it. One
 * controller that knows it as disabled is enough: what was done last is what is not known everywhere yet.
 */
export function computerFault(seen: readonly ComputerFacts[], hostName: string): ComputerFault | undefined {
  if (seen.length === 0) return 'not-there';
  if (seen.some(({ kind }) => kind === 'controller')) return 'controller';
  if (seen.some(({ kind }) => kind === 'other')) return 'not-a-computer';
  if (seen.some(({ enabled }) => !enabled)) return 'disabled';
  return seen.every((one) => isNamed(one, hostName)) && new Set(seen.map(({ guid }) => guid)).size === 1 ? undefined : 'other-name';
}

/** Whether what stands among the certificates was written just now. */
export function isFresh({ certificatesChangedAt, clock }: ComputerFacts): boolean {
  if (!certificatesChangedAt) return false;
  const age = clock.getTime() - certificatesChangedAt.getTime();
  return age <= FRESH_MS && age >= -SKEW_MS;
}

/** Both names have to say it: the one that the domain gave, and the one that the account may write of itself. */
function isNamed({ account, hostName }: ComputerFacts, asked: string): boolean {
  const [label = ''] = asked.split('.');
  return hostName === asked && account.toLowerCase() === `${label.slice(0, NETBIOS)}$`;
}
