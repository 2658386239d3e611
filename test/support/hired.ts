import { randomBytes } from 'node:crypto';
import { Attribute, Change } from 'ldapts';
import { generateSecret } from 'otplib';
import { newClient } from '#activities/directory/controller.ts';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { personDn } from '#ops/directory/bank.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { people } from '#ops/demo/people.ts';
import { openEnroller } from '#ops/enrolment.ts';
import { appShows } from './app-shows.ts';
import { administrator } from './directory.ts';
import type { World } from './world.ts';

/** Somebody who works at the bank for one test file: in the directory, with an authenticator, recovery codes and two devices. */
export interface Hired {
  account: string;
  /** A recovery code that was not given out yet. */
  recoveryCode: () => string;
  /** That of their first day. */
  password: string;
  /** What the authenticator shows now, or so many steps from now. */
  code: (steps?: number) => string;
}

/**
 * Hires people, so that a file can have many resets under way at once and leaves the demo's people as they are. Those of
 * OU=Privileged are Domain Admins who report to ines.duarte. `dismiss` takes them all out of the directory again.
 */
export async function hire(
  world: World,
  unit: 'Staff' | 'Privileged',
  count: number,
): Promise<{ hired: Hired[]; dismiss: () => Promise<void> }> {
  const names = Array.from({ length: count }, () => `temp.${randomBytes(4).toString('hex')}`);
  const passwords = new Map(names.map((account) => [account, `First-${randomBytes(6).toString('hex')}`]));
  const passwordOf = (account: string) => passwords.get(account) ?? '';
  const dnOf = (account: string) => `CN=${account},OU=${unit},${demoDomain.baseDn}`;
  await asAdministrator(world, async (client) => {
    for (const account of names) await client.add(dnOf(account), entryOf(account, passwordOf(account)));
    if (unit === 'Privileged') {
      const members = new Attribute({ type: 'member', values: names.map(dnOf) });
      await client.modify(`CN=Domain Admins,CN=Users,${demoDomain.baseDn}`, new Change({ operation: 'add', modification: members }));
    }
  });
  const enroller = await openEnroller(world.stack.state);
  const enrolled = await Promise.all(names.map((account) => enrol(enroller, account, passwordOf(account))));
  await enroller.close();
  return {
    hired: enrolled,
    dismiss: () => asAdministrator(world, async (client) => void (await Promise.all(names.map((account) => client.del(dnOf(account)))))),
  };
}

/** Somebody whose first day it is: in the directory, with a password and nothing else. */
export type Newcomer = Pick<Hired, 'account' | 'password'>;

/** Opens a branch of its own, with so many people who have nothing to reset with yet. `dismiss` closes it again. */
export async function openBranch(world: World, count: number): Promise<{ unit: string; people: Newcomer[]; dismiss: () => Promise<void> }> {
  const name = `Branch ${randomBytes(3).toString('hex')}`;
  const unit = `OU=${name},OU=Staff,${demoDomain.baseDn}`;
  const staff = Array.from({ length: count }, () => {
    return { account: `new.${randomBytes(4).toString('hex')}`, password: `First-${randomBytes(6).toString('hex')}` };
  });
  await asAdministrator(world, async (client) => {
    await client.add(unit, [
      new Attribute({ type: 'objectClass', values: ['organizationalUnit'] }),
      new Attribute({ type: 'ou', values: [name] }),
    ]);
    for (const { account, password } of staff) await client.add(`CN=${account},${unit}`, entryOf(account, password));
  });
  const dismiss = () =>
    asAdministrator(world, async (client) => {
      for (const { account } of staff) await client.del(`CN=${account},${unit}`);
      await client.del(unit);
    });
  return { unit, people: staff, dismiss };
}

type Ldap = ReturnType<typeof newClient>;

async function asAdministrator<T>({ stack, directory }: World, work: (client: Ldap) => Promise<T>): Promise<T> {
  const [controller] = directory.settings.controllers;
  if (!controller) throw new Error('the stack has no controller');
  const client = newClient(directory.settings, controller);
  try {
    await client.bind(administrator.dn, administrator.password(stack.state));
    return await work(client);
  } finally {
    await client.unbind();
  }
}

function entryOf(account: string, password: string): Attribute[] {
  const manager = people.find((person) => person.account === 'ines.duarte');
  const text = {
    objectClass: 'user',
    sAMAccountName: account,
    userPrincipalName: `${account}@${demoDomain.dnsName}`,
    displayName: `Temporary ${account}`,
    userAccountControl: '512', // NORMAL_ACCOUNT (MS-ADTS 2.2.16)
    ...(manager ? { manager: personDn(manager) } : {}),
  };
  return [
    ...Object.entries(text).map(([type, value]) => new Attribute({ type, values: [value] })),
    new Attribute({ type: 'unicodePwd', values: [encodePassword(password)] }),
  ];
}

async function enrol(enroller: Awaited<ReturnType<typeof openEnroller>>, account: string, password: string): Promise<Hired> {
  const secret = generateSecret();
  const codes = [1, 2, 3].map(() => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));
  const device = account.replace('.', '-');
  await enroller.enrol({
    account,
    totp: { secret, algorithm: 'sha1', digits: 6, period: 30 },
    recoveryCodes: [...codes],
    devices: [
      { name: `${device}-laptop`, platform: 'windows' },
      { name: `${device}-phone`, platform: 'linux' },
    ],
  });
  const code = (steps = 0) => appShows({ secret }, steps);
  return { account, password, recoveryCode: () => codes.pop() ?? '', code };
}
