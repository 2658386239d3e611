import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from './agent.ts';
import { controllersOf, reachedOf } from './controllers.ts';
import { enrol } from './device-record.ts';
import type { Identity } from './identity.ts';
import { baseOf, ticketOfMachine } from './machine-account.ts';
import { Refused } from './portal.ts';
import { runProgram, type Ended } from './programs.ts';
import { selfSigned } from './self-signed.ts';
import type { Settings } from './settings.ts';
import type { SssdDomain } from './sssd/config.ts';
import { ldifLine, readLdif } from './sssd/ldif.ts';

/** The certificate serves for this enrolment: so long in minutes, and some before, for clocks that differ. */
const [BEFORE_MIN, AFTER_MIN] = [10, 15];
const MINUTE_MS = 60_000;
/** The portal may ask another controller than the one that was written to, and changes take their time from one to the other. */
const TRIES = 8;
const APART_MS = 5000;

/** Where this device's account stands, and as whom and at which controller it may be changed. */
interface Account {
  name: string;
  dn: string;
  controller: string;
  ticket: string;
}

/**
 * Enrols the device as the computer that it is in the domain. With its own Kerberos identity it puts a certificate of its new key beside those in its account
 * (userCertificate, which a computer may write of itself), asks the portal, which reads it there, and takes it out again, whatever the answer was. Throws Refused
 * when the portal does not take it, any other Error when the directory does not.
 */
export async function enrolAsComputer(
  agent: Pick<Agent, 'portal' | 'memory'>,
  of: { settings: Settings; identity: Identity; domain: SssdDomain | undefined; name: string; version: string },
): Promise<string> {
  const { settings, identity, domain, name, version } = of;
  const account = domain && (await ownAccount(settings, domain));
  if (!account)
    throw new Error('No domain controller could be asked as this device. It has to be joined to the domain, and to reach a controller.');
  const now = Date.now();
  const validity = { from: new Date(now - BEFORE_MIN * MINUTE_MS), until: new Date(now + AFTER_MIN * MINUTE_MS) };
  const certificate = selfSigned(identity.key, name, validity).replaceAll(/-----.*-----|\n/g, '');
  const added = await change(account, 'add', certificate);
  if (added.code !== 0) throw new Error(`This device may not write into its own account: ${lastLine(added)}. Ask for a ticket.`);
  try {
    for (let tried = 1; ; tried++)
      try {
        return await enrol(agent, { shown: { computer: account.name }, name, version, takesHashes: settings.sealedHash });
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'device-account-refused' || tried === TRIES) throw error;
        await sleep(APART_MS);
      }
  } finally {
    await change(account, 'delete', certificate);
  }
}

async function ownAccount(settings: Settings, domain: SssdDomain): Promise<Account | undefined> {
  const controller = await reachedOf(await controllersOf(settings, domain));
  const machine = controller === undefined ? undefined : await ticketOfMachine(domain, settings.state);
  if (controller === undefined || !machine) return undefined;
  const { ticket } = machine;
  const name = machine.principal.replace(/@.*$/, '');
  const search = ['-Q', '-LLL', '-Y', 'GSSAPI', '-N', '-l', '5', '-o', 'nettimeout=3', '-H', `ldap://${controller}`, '-b', baseOf(domain)];
  const found = await runProgram('ldapsearch', [...search, '-f', '-', '(sAMAccountName=%s)', 'sAMAccountName'], {
    ticket,
    input: `${name}\n`,
  });
  const dn = readLdif(found.stdout)[0]?.get('dn')?.[0];
  return dn === undefined ? undefined : { name, dn, controller, ticket };
}

/** Signed and sealed by Kerberos, as every question to a controller. */
function change({ controller, ticket, dn }: Account, how: 'add' | 'delete', certificate: string): Promise<Ended> {
  const input = `${ldifLine('dn', dn)}\nchangetype: modify\n${how}: userCertificate\nuserCertificate:: ${certificate}\n-\n`;
  return runProgram('ldapmodify', ['-Q', '-Y', 'GSSAPI', '-N', '-o', 'nettimeout=3', '-H', `ldap://${controller}`], { ticket, input });
}

const lastLine = ({ stderr }: Ended): string => stderr.trim().split('\n').at(-1)?.trim() ?? '';
