import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Attribute } from 'ldapts';
import { generateSecret, generateSync } from 'otplib';
import { newClient } from '#activities/directory/controller.ts';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { openEnroller } from '#ops/enrolment.ts';
import { directorySettings } from '#test/support/directory.ts';
import type { Cast } from '#test/support/people.ts';
import { freshPassword } from '#test/support/scenes.ts';

export interface BenchAccount {
  name: string;
  totpSecret: string;
  recoveryCodes: string[];
  lastStep: number;
}

export interface BenchAccounts {
  names: string[];
  /** An account that nobody uses now, with a code of each kind that was not used yet; give it back afterwards. */
  take: () => { account: BenchAccount; recoveryCode: string; totp: string };
  giveBack: (account: BenchAccount) => void;
  /** Removes the accounts from the directory and their authenticators and devices from the tables. Evidence stays. */
  remove: () => Promise<void>;
}

const PERIOD = 30;
/** A code is not made in the last seconds of its validity, or a slow step would find it expired. */
const SLACK = 5;

/**
 * Makes accounts in OU=Staff as the domain's Administrator, and enrols each by the verifier: an authenticator, a device
 * and as many recovery codes as resets are meant for it.
 */
export async function makeAccounts(state: string, people: Cast, of: { accounts: number; resetsEach: number }): Promise<BenchAccounts> {
  const stem = `bench-${randomBytes(3).toString('hex')}`;
  const all = Array.from({ length: of.accounts }, (_, index): BenchAccount => ({
    name: `${stem}-${index}`,
    totpSecret: generateSecret(),
    recoveryCodes: Array.from({ length: of.resetsEach }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS))),
    lastStep: 0,
  }));
  const names = all.map(({ name }) => name);
  await asAdministrator(state, async (client) => {
    for (const name of names) await client.add(dnOf(name), newAccount(name));
  });
  await enrolAll(state, all);

  const free = [...all];
  return {
    names,
    take() {
      for (const [index, account] of free.entries()) {
        const step = unusedStep(account.lastStep);
        const [recoveryCode] = account.recoveryCodes;
        if (step === undefined || recoveryCode === undefined) continue;
        free.splice(index, 1);
        account.lastStep = step;
        account.recoveryCodes.shift();
        return { account, recoveryCode, totp: generateSync({ secret: account.totpSecret, epoch: step * PERIOD }) };
      }
      throw new Error(`the ${all.length} bench accounts have no unused code left; make more of them in test/bench/run.ts`);
    },
    giveBack: (account) => void free.push(account),
    async remove() {
      await people.sql('DELETE FROM totp USING device WHERE totp.account_guid = device.account_guid AND device.account_name = ANY($1)', [
        names,
      ]);
      await people.sql('DELETE FROM code USING device WHERE code.account_guid = device.account_guid AND device.account_name = ANY($1)', [
        names,
      ]);
      await people.sql('DELETE FROM device WHERE account_name = ANY($1)', [names]);
      await asAdministrator(state, async (client) => {
        for (const name of names) await client.del(dnOf(name));
      });
    },
  };
}

/** The verifier takes a code of the step before, this one and the next, each once and only upwards (RFC 6238 §5.2). */
function unusedStep(last: number): number | undefined {
  const now = Date.now() / 1000;
  const first = Math.max(last + 1, Math.floor((now + SLACK) / PERIOD) - 1);
  return first <= Math.floor(now / PERIOD) + 1 ? first : undefined;
}

async function enrolAll(state: string, accounts: readonly BenchAccount[]): Promise<void> {
  const enroller = await openEnroller(state);
  const waiting = [...accounts];
  try {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const { name: account, totpSecret: secret, recoveryCodes } = next;
          await enroller.enrol({
            account,
            totp: { secret, algorithm: 'sha1', digits: 6, period: PERIOD },
            recoveryCodes: [...recoveryCodes],
            devices: [{ name: `${account}-laptop`, platform: 'linux' }],
          });
        }
      }),
    );
  } finally {
    await enroller.close();
  }
}

const dnOf = (name: string): string => `CN=${name},OU=Staff,${demoDomain.baseDn}`;

function newAccount(name: string): Attribute[] {
  const values: Record<string, string> = {
    objectClass: 'user',
    sAMAccountName: name,
    userPrincipalName: `${name}@${demoDomain.dnsName}`,
    displayName: `Bench ${randomUUID().slice(0, 4)}`,
    userAccountControl: '512',
  };
  const texts = Object.entries(values).map(([type, value]) => new Attribute({ type, values: [value] }));
  return [...texts, new Attribute({ type: 'unicodePwd', values: [encodePassword(freshPassword())] })];
}

async function asAdministrator(state: string, work: (client: ReturnType<typeof newClient>) => Promise<void>): Promise<void> {
  const settings = directorySettings(state);
  const [controller] = settings.controllers;
  if (!controller) throw new Error('the stack names no controller');
  const client = newClient(settings, controller);
  await client.bind(
    `CN=Administrator,CN=Users,${demoDomain.baseDn}`,
    readFileSync(join(state, 'directory', 'secrets', 'administrator'), 'utf8').trim(),
  );
  try {
    await work(client);
  } finally {
    await client.unbind();
  }
}
