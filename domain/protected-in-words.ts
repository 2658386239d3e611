/**
 * Well-known groups and accounts by the last part of their SID (MS-DTYP §2.4.2.4). Their names are translated and can be
 * changed in a directory; the numbers cannot, so the numbers decide and these words explain.
 */
const OF_DOMAIN: Record<string, string> = {
  '500': 'the built-in Administrator account',
  '502': 'the krbtgt account',
  '512': 'Domain Admins',
  '516': 'Domain Controllers',
  '517': 'Cert Publishers',
  '518': 'Schema Admins',
  '519': 'Enterprise Admins',
  '520': 'Group Policy Creator Owners',
  '521': 'Read-only Domain Controllers',
  '526': 'Key Admins',
  '527': 'Enterprise Key Admins',
};
const BUILT_IN: Record<string, string> = {
  '544': 'Administrators',
  '548': 'Account Operators',
  '549': 'Server Operators',
  '550': 'Print Operators',
  '551': 'Backup Operators',
  '552': 'Replicator',
};

/** Why an account is protected, with each well-known SID followed by what it is; anything else stays as the directory said it. */
export function protectedInWords(because: string): string {
  return because
    .replace(/S-1-5-32-(\d+)/g, (sid, rid: string) => named(BUILT_IN[rid], sid))
    .replace(/S-1-5-21-\d+-\d+-\d+-(\d+)/g, (sid, rid: string) => named(OF_DOMAIN[rid], sid))
    .replace(/\badminCount\b/g, 'marked as protected by the directory (adminCount)');
}

const named = (name: string | undefined, sid: string) => (name ? `${name} (${sid.split('-').at(-1)})` : sid);
