import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import type { EnrolAnswer, EnrolAsked } from '#activities/contract.ts';
import { createSealer, readPublicKey } from '#api/seal.ts';
import { apiSettings, readSecretLine } from '#config';
import { openDatabase, type Database } from '#db';
import { historyConverter } from '#history/converter.ts';
import { CONSOLE_WORKFLOWS, TASK_QUEUES } from '#workflows/messages.ts';
import { layout } from './paths.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { openHistoryKeys } from './setup/history-keys.ts';
import { Sentence } from './sentence.ts';

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

/**
 * The way to the verifier for whoever runs this machine: the value is sealed with the API's key, which root can read, so
 * that neither the command's history nor the database holds a secret in clear. Needs a running stack.
 */
export async function openEnroller(state: string): Promise<Enroller> {
  const settings = settingsOf(state);
  const { verifierOpeningPublicKeyFile, writerOpeningPublicKeyFiles, sealingKeyFile } = settings;
  const sealer = await createSealer({
    own: readSecretLine(sealingKeyFile),
    recipients: {
      verifier: readPublicKey(verifierOpeningPublicKeyFile),
      'writer-staff': readPublicKey(writerOpeningPublicKeyFiles.staff),
      'writer-privileged': readPublicKey(writerOpeningPublicKeyFiles.privileged),
    },
  });
  const keys = openHistoryKeys(settings.temporal.historyKeysFile);
  const connection = await Connection.connect({ address: settings.temporal.address, connectTimeout: '5 seconds' }).catch(() => {
    throw new Sentence('Temporal does not answer. Start Countersign with npm start, then enrol.');
  });
  const client = new Client({ connection, namespace: settings.temporal.namespace, dataConverter: historyConverter(keys) });
  const db = openDatabase(readSecretLine(ownerUrlFile(state)), 2);
  const operator = String(userInfo().uid);

  return {
    db,
    async enrol(enrolment) {
      const request = randomUUID();
      const { id: sealed } = await sealer.seal(db, { recipient: 'verifier', purpose: 'enrolment', subject: request, value: enrolment });
      const asked: EnrolAsked = { request, operator, sealed };
      const answer = await client.workflow
        .execute<(asked: EnrolAsked) => Promise<EnrolAnswer>>(CONSOLE_WORKFLOWS.enrol, {
          workflowId: `enrol/${request}`,
          taskQueue: TASK_QUEUES.reset,
          args: [asked],
          workflowExecutionTimeout: '2 minutes',
        })
        .catch(() => {
          throw new Sentence(
            `${enrolment.account} could not be enrolled: worker, verifier or directory did not answer. Look with: countersign doctor`,
          );
        });
      if (answer.outcome === 'enrolled') return;
      if (answer.code === 'account-not-served')
        throw new Sentence(`The directory knows no account "${enrolment.account}". Check the name.`);
      throw new Sentence(`${enrolment.account} was not enrolled: the request took too long or could not be read. Try again.`);
    },
    async close() {
      await db.$disconnect();
      await connection.close();
    },
  };
}

function settingsOf(state: string): ReturnType<typeof apiSettings.parse> {
  const file = layout(state).settingsFile('api');
  if (!existsSync(file)) throw new Sentence('Countersign has not been set up here. Run npm start first.');
  return apiSettings.parse(JSON.parse(readFileSync(file, 'utf8')));
}
