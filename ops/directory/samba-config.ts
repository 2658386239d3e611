import { join } from 'node:path';
import { demoDomain } from './names.ts';

/** Where the parts of a domain controller lie under its own folder. */
export function directoryLayout(folder: string) {
  return {
    folder,
    config: join(folder, 'etc', 'smb.conf'),
    privateFolder: join(folder, 'private'),
    database: join(folder, 'private', 'sam.ldb'),
    tls: { cert: join(folder, 'tls', 'cert.pem'), key: join(folder, 'tls', 'key.pem'), ca: join(folder, 'tls', 'ca.pem') },
    secretFile: (account: string) => join(folder, 'secrets', account),
    krb5: join(folder, 'krb5.conf'),
    log: join(folder, 'log'),
    output: join(folder, 'log', 'samba.log'),
    /** Who set a password, and whose wrong passwords came from where: a file of its own, in which nothing else stands. */
    events: join(folder, 'log', 'events.json'),
  };
}

export type DirectoryLayout = ReturnType<typeof directoryLayout>;

/**
 * smb.conf of the controller: LDAP, Kerberos and CLDAP on one loopback address, nothing else, so that several
 * controllers live beside each other. `/8`, because Samba takes an address with /32 for a network and finds no interface.
 */
export function sambaConfig(layout: DirectoryLayout, address: string): string {
  const global: Record<string, string> = {
    'netbios name': demoDomain.host.split('.')[0]!.toUpperCase(),
    realm: demoDomain.realm,
    workgroup: demoDomain.netbios,
    'server role': 'active directory domain controller',
    'server services': 'ldap, kdc, cldap',
    interfaces: `${address}/8`,
    'bind interfaces only': 'yes',
    'private dir': layout.privateFolder,
    'state directory': join(layout.folder, 'state'),
    'cache directory': join(layout.folder, 'cache'),
    'lock directory': join(layout.folder, 'lock'),
    'binddns dir': join(layout.folder, 'bind-dns'),
    logging: 'file',
    'log file': layout.output,
    'max log size': '2000',
    'log level': `1 dsdb_password_json_audit:5@${layout.events} auth_json_audit:2@${layout.events}`,
    // Two workers a service: a reset costs the controller 36 ms and would stall every read on a single process.
    'prefork children': '2',
    'ldap server require strong auth': 'yes',
    'tls enabled': 'yes',
    'tls certfile': layout.tls.cert,
    'tls keyfile': layout.tls.key,
    'tls cafile': layout.tls.ca,
    'tls priority': 'NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3',
  };
  const sysvol = join(layout.folder, 'state', 'sysvol');
  return [
    '[global]',
    ...Object.entries(global).map(([name, value]) => `\t${name} = ${value}`),
    '[sysvol]',
    `\tpath = ${sysvol}`,
    '\tread only = no',
    '[netlogon]',
    `\tpath = ${join(sysvol, demoDomain.dnsName, 'scripts')}`,
    '\tread only = no',
    '',
  ].join('\n');
}

/** krb5.conf for kinit against this controller alone; no DNS is asked (MIT krb5, krb5.conf(5)). */
export function kerberosConfig(address: string): string {
  return `[libdefaults]
  default_realm = ${demoDomain.realm}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  ${demoDomain.realm} = {
    kdc = ${address}:88
    admin_server = ${address}
    kpasswd_server = ${address}:464
  }
[domain_realm]
  .${demoDomain.dnsName} = ${demoDomain.realm}
  ${demoDomain.dnsName} = ${demoDomain.realm}
`;
}
