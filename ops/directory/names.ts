/** Names of the demo bank's domain. They are fixed: only its address and its secrets differ between installations. */
export const demoDomain = {
  realm: 'BANK.TEST',
  dnsName: 'bank.test',
  netbios: 'BANK',
  host: 'dc1.bank.test',
  baseDn: 'DC=bank,DC=test',
} as const;

/** The delegated accounts that processes bind with. No person uses them and none is a member of a role group. */
export const serviceAccounts = {
  reader: 'svc-reader',
  writerStaff: 'svc-writer-staff',
  writerPrivileged: 'svc-writer-privileged',
} as const;

export type ServiceAccount = keyof typeof serviceAccounts;

/** Distinguished name of a service account. */
export function serviceDn(account: ServiceAccount): string {
  return `CN=${serviceAccounts[account]},OU=Service Accounts,${demoDomain.baseDn}`;
}
