import { readDemoPeople, type DemoSecrets } from './secrets.ts';
import { openEnroller, type Enrolment } from '../enrolment.ts';

/** So many at a time: each costs the verifier ten Argon2id hashes, and it has two cores here. */
const TOGETHER = 4;

/**
 * Enrols everybody of the demo bank who is not yet: authenticator, ten recovery codes, one or two devices each. Answers
 * how many were enrolled now. An account counts as done when it has a device, since all of it is stored in one transaction.
 */
export async function enrolDemoPeople(stateDir: string): Promise<number> {
  const people = readDemoPeople(stateDir);
  const enroller = await openEnroller(stateDir);
  try {
    const known = await enroller.db.device.findMany({ distinct: ['accountName'], select: { accountName: true } });
    const done = new Set(known.map((device) => device.accountName));
    const open = people.filter(({ account }) => !done.has(account));
    const waiting = open.map((person) => enrolmentOf(person, people.indexOf(person)));
    await Promise.all(
      Array.from({ length: TOGETHER }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await enroller.enrol(next);
      }),
    );
    return open.length;
  } finally {
    await enroller.close();
  }
}

function enrolmentOf({ account, totpSecret, recoveryCodes }: DemoSecrets, index: number): Enrolment {
  const kinds = ['windows', 'linux', 'mac'] as const;
  const name = account.replace(/[^a-z]/g, '-');
  const laptop = { name: `${name}-laptop`, platform: kinds[index % 3] ?? 'windows' };
  const devices = index % 2 === 0 ? [laptop, { name: `${name}-desktop`, platform: 'windows' as const }] : [laptop];
  return { account, totp: { secret: totpSecret, algorithm: 'sha1', digits: 6, period: 30 }, recoveryCodes, devices };
}
