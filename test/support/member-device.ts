import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoDomain } from '#ops/directory/names.ts';
import { kerberosConfig } from '#ops/directory/samba-config.ts';
import type { Host } from './device-host.ts';

/** What PAM said to a password, and by whom it was judged. */
export type Login = 'online' | 'from-cache' | 'refused';

/** A computer that is a member of the demo's domain, with SSSD, which lets people in while no controller is reachable. */
export interface MemberDevice extends Host {
  /** Tries a password at a login of the device's own. */
  login: (account: string, password: string) => Promise<Login>;
  /** What SSSD's cache holds of an account, but for the hash, of which it says only whether there is one. */
  cached: (account: string) => Promise<Record<string, string>>;
  /** Lets nothing through between the device and the controller, or everything again: what a VPN does that is down, or comes up. */
  vpn: (isUp: boolean) => Promise<void>;
  /** Starts SSSD again, with these lines more in the section of the domain. */
  restartSssd: (more?: readonly string[]) => Promise<void>;
}

const domain = demoDomain.dnsName;
export const CACHE = `/var/lib/sss/db/cache_${domain}.ldb`;
const SERVICE = 'countersign-lab';

const sssdConfig = (fqdn: string, more: readonly string[]): string =>
  `[sssd]
config_file_version = 2
services = nss, pam
domains = ${domain}

[nss]

[pam]
offline_credentials_expiration = 0
pam_verbosity = 2

[domain/${domain}]
id_provider = ad
auth_provider = ad
access_provider = permit
chpass_provider = none
ad_domain = ${domain}
ad_server = ${demoDomain.host}
ad_hostname = ${fqdn}
ad_enable_gc = false
krb5_realm = ${demoDomain.realm}
ldap_id_mapping = true
use_fully_qualified_names = false
fallback_homedir = /home/%u
default_shell = /bin/sh
cache_credentials = true
dyndns_update = false
${['dns_resolver_timeout = 2', 'ldap_network_timeout = 2', 'ldap_opt_timeout = 2', 'krb5_auth_timeout = 2', ...more].join('\n')}
`;

/** Joins a host to the domain and starts SSSD there; returns when it knows the domain's people. */
export async function memberDevice(host: Host, of: { controller: string; portal: string; administrator: string }): Promise<MemberDevice> {
  const fqdn = `${host.name}.${domain}`;
  let sssd: ChildProcess | undefined;
  host.write(
    '/etc/hosts',
    `127.0.0.1 localhost\n${of.controller} ${demoDomain.host} dc1\n${host.address} ${fqdn} ${host.name}\n${of.portal} portal.bank.test\n`,
  );
  host.write('/etc/resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  host.write(
    '/etc/krb5.conf',
    kerberosConfig(of.controller).replace('[realms]', '  default_ccache_name = FILE:/tmp/krb5cc_%{uid}\n[realms]'),
  );
  host.write(`/etc/pam.d/${SERVICE}`, ['auth', 'account', 'session'].map((kind) => `${kind} required pam_sss.so\n`).join(''));
  // The overlay shows what this machine's own SSSD may have left.
  await host.must(['find', '/var/lib/sss/db', '/var/lib/sss/mc', '-type', 'f', '-delete']);
  await host.must(
    [
      'adcli',
      'join',
      `--domain=${domain}`,
      `--domain-controller=${demoDomain.host}`,
      '--login-user=Administrator',
      '--stdin-password',
      `--host-fqdn=${fqdn}`,
      `--computer-name=${host.name.toUpperCase()}`,
    ],
    { input: of.administrator },
  );

  async function start(more: readonly string[]): Promise<void> {
    host.write('/etc/sssd/sssd.conf', sssdConfig(fqdn, more), 0o600);
    // A session keyring of its own, as systemd gives a service (KeyringMode=private).
    sssd = host.start(['keyctl', 'session', '-', '/usr/sbin/sssd', '-i', '--logger=files']);
    for (let waited = 0; (await host.run(['getent', 'passwd', 'alice.moreau'])).code !== 0; waited += 50) {
      if (waited > 60_000 || sssd.exitCode !== null)
        throw new Error(`SSSD on ${host.name} knows nobody: ${await host.must(['tail', '-n', '40', `/var/log/sssd/sssd_${domain}.log`])}`);
      await sleep(50);
    }
  }

  await start([]);
  return {
    ...host,
    async login(account, password) {
      const { stdout, stderr } = await host.run(['pamtester', '-v', SERVICE, account, 'authenticate', 'acct_mgmt'], {
        input: `${password}\n`,
      });
      const said = stdout + stderr;
      if (!said.includes('successfully authenticated')) return 'refused';
      return said.includes('cached credentials') ? 'from-cache' : 'online';
    },
    async cached(account) {
      const found = await host.must(['ldbsearch', '-H', CACHE, `(name=${account}@${domain})`]);
      const lines = found.replaceAll('\n ', '').split('\n');
      return Object.fromEntries(
        lines
          .map((line) => line.split(/::? /))
          .filter(([name]) => /^[a-z]\w+$/i.test(name ?? ''))
          .map(([name, value]) => (name === 'cachedPassword' ? [name, 'there'] : [name, value])),
      );
    },
    async vpn(isUp) {
      const rule = `table inet vpn { chain out { type filter hook output priority 0; ip daddr ${of.controller} drop; }; }`;
      if (isUp) {
        await host.must(['nft', 'delete', 'table', 'inet', 'vpn']);
        await host.must(['ip', 'link', 'add', 'vpn0', 'type', 'veth', 'peer', 'name', 'vpn1']);
        await host.must(['ip', 'link', 'set', 'vpn0', 'up']);
      } else {
        await host.run(['ip', 'link', 'del', 'vpn0']);
        await host.must(['nft', '-f', '-'], { input: rule });
      }
    },
    async restartSssd(more = []) {
      const ended = new Promise((resolve) => sssd?.once('exit', resolve));
      await host.must(['sh', '-c', 'kill "$(cat /run/sssd.pid)"']);
      await ended;
      await start(more);
    },
  };
}
