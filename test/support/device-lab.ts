import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Directory } from '#activities/directory/connect.ts';
import { guidDn } from '#activities/directory/entry.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { millisecondsOf } from '#device-agent/stale.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { stopDirectory } from '#ops/directory/process.ts';
import { provisionDirectory } from '#ops/directory/provision.ts';
import { sambaConfig } from '#ops/directory/samba-config.ts';
import { runCommand } from '#ops/run-command.ts';
import { authority, bankAt, makeAuthority, preparedBank, type Bank } from '../directory/own-directory.ts';
import { startOnWire } from './controller-on-wire.ts';
import { memberDevice, type MemberDevice } from './member-device.ts';
import { hostOn, type Host } from './device-host.ts';
import { machinesOnAWire, type Machine } from './two-networks.ts';

/** A domain controller and computers that are members of its domain, each on a wire of one bridge. */
export interface DeviceLab {
  bank: Bank;
  controller: Machine;
  devices: MemberDevice[];
  /** Where this machine stands on the bridge: the side of the portal. */
  ours: string;
  ca: { certPem: string; keyPem: string };
  /** The administrator's password, by which computers join. */
  administrator: string;
  /** Resets an account's password at the controller, as the writer does. Answers the moment after which the old one is stale. */
  reset: (account: string, password: string) => Promise<Date>;
}

/**
 * Brings up a controller with the demo bank and that many devices, which SSSD has joined to it. All of it is ended and removed after the
 * last test of the file. Call it at the top of the file. Needs root.
 */
export async function deviceLab(names: readonly string[]): Promise<DeviceLab> {
  const stateDir = mkdtempSync(join('/tmp', 'cs-lab-'));
  const wire = machinesOnAWire(1 + names.length);
  const [controller, ...machines] = wire.machines as [Machine, ...Machine[]];
  const opened: Directory[] = [];
  const hosts: Host[] = [];
  const remove = (): void => {
    for (const host of hosts) host.remove();
    wire.remove();
    rmSync(stateDir, { recursive: true, force: true });
  };
  // A file that fails before its first test runs no hook.
  process.once('exit', remove);
  after(async () => {
    for (const directory of opened) await directory.close();
    await stopDirectory(stateDir);
    process.off('exit', remove);
    remove();
  });
  wire.tellNames([`${controller.address} ${demoDomain.host} dc1`]);
  const bank = await bankOn(controller, stateDir, opened);
  const administrator = readFileSync(bank.install.administrator.passwordFile, 'utf8').trim();
  const devices = await Promise.all(
    machines.map(async (machine, at) => {
      const host = await hostOn(machine, names[at] ?? '');
      hosts.push(host);
      return memberDevice(host, { controller: controller.address, portal: wire.ours, administrator });
    }),
  );
  return {
    bank: bank.bank,
    controller,
    devices,
    ours: wire.ours,
    ca: bank.ca,
    administrator,
    async reset(account, password) {
      const { guid } = await bank.bank.account(account);
      const outcome = await setPassword(bank.bank.as('administrator'), guid, password);
      if (outcome.outcome !== 'applied') throw new Error(`the reset of ${account} came to ${outcome.outcome}`);
      const [entry] = await bank.bank
        .as('administrator')
        .read((session) => session.search(guidDn(guid), { scope: 'base', attributes: ['pwdLastSet'] }));
      return new Date(millisecondsOf(entry?.text('pwdLastSet') ?? '0'));
    },
  };
}

async function bankOn(machine: Machine, stateDir: string, opened: Directory[]) {
  const shared = process.env['COUNTERSIGN_TEST_FOLDER'];
  if (shared) cpSync(await preparedBank(join(shared, 'prepared-bank')), stateDir, { recursive: true, preserveTimestamps: true });
  else await makeAuthority(stateDir);
  const ca = authority(stateDir);
  const install = await provisionDirectory({ stateDir, address: machine.address, ca });
  const { layout, controllers, baseDn, netbios, upnSuffix } = install;
  const interfaces = `\tinterfaces = ${machine.address}/24 127.0.0.1/8`;
  writeFileSync(layout.config, sambaConfig(layout, machine.address).replace(/^\tinterfaces = .*$/m, interfaces));
  // A member asks for ldap/<controller>, which nobody needs who binds by password; samba_spnupdate would add it where DNS is.
  const added = await runCommand('/usr/bin/python3', [
    '/usr/bin/samba-tool',
    'spn',
    'add',
    `ldap/${demoDomain.host}`,
    'DC1$',
    '-s',
    layout.config,
    '-H',
    layout.database,
  ]);
  if (added.code !== 0) throw new Error(`samba-tool spn add: ${added.stderr}`);
  await startOnWire(machine, layout);
  const settings = { controllers, caPem: ca.certPem, baseDn, netbios, upnSuffix };
  return { ca, install, bank: bankAt({ stateDir, install, settings, opened }) };
}
