import type { PasswordPolicy } from '#domain/password-rules.ts';
import type { DirectoryAccount } from './account.ts';
import type { Directory, Session } from './connect.ts';
import { baseEntry } from './find-account.ts';
import { guidDn, type EntryReader } from './entry.ts';

/** The policy in force for one account with its ages; a maximum age of 0 is "never expires". */
export interface EffectivePasswordPolicy extends PasswordPolicy {
  minAgeSeconds: number;
  maxAgeSeconds: number;
}

const domainAttributes = ['minPwdLength', 'pwdHistoryLength', 'pwdProperties', 'minPwdAge', 'maxPwdAge'];
const fineGrainedAttributes = [
  'msDS-MinimumPasswordLength',
  'msDS-PasswordHistoryLength',
  'msDS-PasswordComplexityEnabled',
  'msDS-MinimumPasswordAge',
  'msDS-MaximumPasswordAge',
];
/** DOMAIN_PASSWORD_COMPLEX (MS-ADLS pwdProperties). */
const complexityBit = 0x1;

/**
 * The password policy that the directory will apply to this account: the fine-grained one that wins (msDS-ResultantPSO,
 * MS-ADTS 3.1.1.4.5.36), otherwise the domain's. When a fine-grained policy applies that this account may not read, the
 * numbers are the domain's and only a floor, and `source` is 'unreadable'.
 */
export async function readPasswordPolicy(dir: Directory, account: Pick<DirectoryAccount, 'guid'>): Promise<EffectivePasswordPolicy> {
  return dir.read(async (session) => {
    const countedBy = await counting(session);
    const policyDn = (await baseEntry(session, guidDn(account.guid), ['msDS-ResultantPSO']))?.text('msDS-ResultantPSO');
    if (policyDn === undefined) return { ...(await domainPolicy(session, dir.settings.baseDn, 'domain')), countedBy };
    const policy = await baseEntry(session, policyDn, fineGrainedAttributes);
    if (policy?.text('msDS-MinimumPasswordLength') === undefined)
      return { ...(await domainPolicy(session, dir.settings.baseDn, 'unreadable')), countedBy };
    return {
      source: 'fine-grained',
      countedBy,
      minLength: policy.number('msDS-MinimumPasswordLength'),
      historyLength: policy.number('msDS-PasswordHistoryLength'),
      complexity: policy.text('msDS-PasswordComplexityEnabled') === 'TRUE',
      minAgeSeconds: seconds(policy, 'msDS-MinimumPasswordAge'),
      maxAgeSeconds: seconds(policy, 'msDS-MaximumPasswordAge'),
    };
  });
}

async function domainPolicy(session: Session, baseDn: string, source: 'domain' | 'unreadable'): Promise<EffectivePasswordPolicy> {
  const domain = await baseEntry(session, baseDn, domainAttributes);
  if (!domain) throw new RangeError('the directory did not show the head of the domain; the reading account lacks a right');
  return {
    source,
    minLength: domain.number('minPwdLength'),
    historyLength: domain.number('pwdHistoryLength'),
    complexity: (domain.number('pwdProperties') & complexityBit) !== 0,
    minAgeSeconds: seconds(domain, 'minPwdAge'),
    maxAgeSeconds: seconds(domain, 'maxPwdAge'),
  };
}

/** Samba names its vendor in rootDSE (RFC 3045), Windows names none. */
async function counting(session: Session): Promise<'windows' | 'samba'> {
  const vendor = (await baseEntry(session, '', ['vendorName']))?.text('vendorName') ?? '';
  return vendor.startsWith('Samba') ? 'samba' : 'windows';
}

/** Ages are negative counts of 100 ns; the smallest integer there is means "never" and becomes 0. */
function seconds(entry: EntryReader, name: string): number {
  const value = entry.big(name);
  if (value >= 0n || value === -0x8000000000000000n) return 0;
  return Number(-value / 10_000_000n);
}
