import { userInfo } from 'node:os';
import type { EnrolAnswer } from '#activities/contract.ts';
import type { Database } from '#db';
import { Sentence } from './sentence.ts';
import { openVerifierLine } from './verifier-line.ts';

/** What one account gets. A part that is not named stays as it is; devices are added. */
export interface Enrolment {
  account: string;
  totp?: { secret: string; algorithm: 'sha1' | 'sha256' | 'sha512'; digits: 6 | 7 | 8; period: 30 | 60 };
  recoveryCodes?: readonly string[];
  devices?: readonly { name: string; platform: 'linux' | 'windows' | 'mac' }[];
}

export interface Enroller {
  db: Database;
  /** Has the verifier enrol it. Throws a Sentence when the directory does not know the account or no part answers. */
  enrol(enrolment: Enrolment): Promise<void>;
  close(): Promise<void>;
}

/** Enrols by the operator's way to the verifier. Needs a running stack. */
export async function openEnroller(state: string): Promise<Enroller> {
  const line = await openVerifierLine(state);
  const operator = String(userInfo().uid);
  return {
    db: line.db,
    async enrol(enrolment) {
      const answer = await line.ask<EnrolAnswer>({
        purpose: 'enrolment',
        workflow: 'enrol',
        named: 'enrol',
        value: enrolment,
        asked: { operator },
        unanswered: `${enrolment.account} could not be enrolled: worker, verifier or directory did not answer. Look with: countersign doctor`,
      });
      if (answer.outcome === 'enrolled') return;
      if (answer.code === 'account-not-served')
        throw new Sentence(`The directory knows no account "${enrolment.account}". Check the name.`);
      throw new Sentence(`${enrolment.account} was not enrolled: the request took too long or could not be read. Try again.`);
    },
    close: () => line.close(),
  };
}
