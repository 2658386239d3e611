import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Attribute, Change } from 'ldapts';
import type { Directory } from '#activities/directory/connect.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { memberDevice, type MemberDevice } from './member-device.ts';
import { hostOn, type Host } from './device-host.ts';
import { machinesOnAWire } from './two-networks.ts';

/** What of this machine's loopback a computer on the wire reaches. */
export interface OnLoopback {
  /** Of the controller. */
  controller: string;
  /** Port of 127.0.0.1 on which devices are listened to. */
  portal: number;
  administrator: Directory;
  password: string;
}

/** Kerberos, LDAP and changes of passwords (kpasswd): what SSSD and adcli ask a controller. */
const CONTROLLER_PORTS = '88, 389, 464, 636';

/**
 * Joins computers to a domain whose controller is on this machine's loopback, as the stack's is: the bridge has one address more, and what comes
 * for it is led to the controller; what comes for the bridge's own, to the listener for devices. `leave` takes the computers out of the domain
 * again, and the rules out of the kernel. Needs root.
 */
export async function membersOfLoopback(
  of: OnLoopback,
  names: readonly string[],
): Promise<{ devices: MemberDevice[]; leave: () => Promise<void> }> {
  const wire = machinesOnAWire(names.length);
  const controller = wire.ours.replace(/\d+$/, '253');
  const bridge = bridgeOf(wire.ours);
  const table = `${bridge}_nat`;
  const hosts: Host[] = [];
  const remove = (): void => {
    for (const host of hosts) host.remove();
    spawnSync('nft', ['delete', 'table', 'ip', table]);
    wire.remove();
  };
  process.once('exit', remove);
  execFileSync('ip', ['addr', 'add', `${controller}/24`, 'dev', bridge]);
  // Linux drops what a wire brings for 127.0.0.0/8, unless it is told (ip-sysctl.rst, route_localnet): on this bridge alone.
  writeFileSync(`/proc/sys/net/ipv4/conf/${bridge}/route_localnet`, '1');
  const rules = `table ip ${table} {
  chain pre {
    type nat hook prerouting priority dstnat
    iifname ${bridge} ip daddr ${controller} tcp dport { ${CONTROLLER_PORTS} } dnat to ${of.controller}
    iifname ${bridge} ip daddr ${controller} udp dport { ${CONTROLLER_PORTS} } dnat to ${of.controller}
    iifname ${bridge} ip daddr ${wire.ours} tcp dport ${of.portal} dnat to 127.0.0.1
  }
}\n`;
  execFileSync('nft', ['-f', '-'], { input: rules });
  await nameForMembers(of.administrator, 'add');
  const devices = await Promise.all(
    names.map(async (name, at) => {
      const machine = wire.machines[at];
      if (!machine) throw new Error('there is no such machine');
      const host = await hostOn(machine, name);
      hosts.push(host);
      const device = await memberDevice(host, { controller, portal: wire.ours, administrator: of.password });
      // The stack's certificate is for localhost, and here that is the side of the portal.
      host.write('/etc/hosts', `${wire.ours} localhost\n${host.read('/etc/hosts').replace('127.0.0.1 localhost\n', '')}`);
      return device;
    }),
  );
  return {
    devices,
    async leave() {
      try {
        for (const device of devices) {
          const [account, controller] = [device.name.toUpperCase(), `--domain-controller=${demoDomain.host}`];
          const asked = ['adcli', 'delete-computer', `--domain=${demoDomain.dnsName}`, controller, '--login-user=Administrator'];
          await device.must([...asked, '--stdin-password', account], { input: of.password });
        }
        await nameForMembers(of.administrator, 'delete');
      } finally {
        process.off('exit', remove);
        remove();
      }
    },
  };
}

/** A member asks for ldap/<controller>, which nobody needs who binds by password; samba_spnupdate would add it where DNS is. */
async function nameForMembers(administrator: Directory, operation: 'add' | 'delete'): Promise<void> {
  const modification = new Attribute({ type: 'servicePrincipalName', values: [`ldap/${demoDomain.host}`] });
  const dn = `CN=${demoDomain.host.split('.')[0]?.toUpperCase()},OU=Domain Controllers,${demoDomain.baseDn}`;
  await administrator.write((session) => session.modify(dn, [new Change({ operation, modification })]));
}

function bridgeOf(address: string): string {
  const found = JSON.parse(execFileSync('ip', ['-j', 'addr', 'show', 'to', address], { encoding: 'utf8' })) as { ifname?: string }[];
  const name = found.find(({ ifname }) => ifname !== undefined)?.ifname;
  if (name === undefined) throw new Error(`no bridge has ${address}`);
  return name;
}
