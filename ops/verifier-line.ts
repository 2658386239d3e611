import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { createSealer, readPublicKey } from '#api/seal.ts';
import { apiSettings, readSecretLine } from '#config';
import { openDatabase, type Database } from '#db';
import type { SealedContext } from '#domain/sealed.ts';
import { historyConverter } from '#history/converter.ts';
import { TASK_QUEUES, type CONSOLE_WORKFLOWS } from '#workflows/messages.ts';
import { layout } from './paths.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { openHistoryKeys } from './setup/history-keys.ts';
import { Sentence } from './sentence.ts';

export interface AskedOfVerifier {
  purpose: SealedContext['purpose'];
  workflow: keyof typeof CONSOLE_WORKFLOWS;
  /** Before the request's id, in the id of the workflow. */
  named: string;
  /** What is sealed. */
  value: object;
  /** What the workflow is asked besides. */
  asked: object;
  /** What the operator reads when no part answers. */
  unanswered: string;
}

export interface VerifierLine {
  db: Database;
  ask<T>(asked: AskedOfVerifier): Promise<T>;
  close(): Promise<void>;
}

/**
 * The way to the verifier for whoever runs this machine: the value is sealed with the API's key, which root can read, so
 * that neither the command's history nor the database holds a secret in clear. Needs a running stack.
 */
export async function openVerifierLine(state: string): Promise<VerifierLine> {
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
    throw new Sentence('Temporal does not answer. Start Countersign with npm start, then try again.');
  });
  const client = new Client({ connection, namespace: settings.temporal.namespace, dataConverter: historyConverter(keys) });
  const db = openDatabase(readSecretLine(ownerUrlFile(state)), 2);

  return {
    db,
    async ask<T>({ purpose, workflow, named, value, asked, unanswered }: AskedOfVerifier): Promise<T> {
      const request = randomUUID();
      const { id: sealed } = await sealer.seal(db, { recipient: 'verifier', purpose, subject: request, value });
      return client.workflow
        .execute<(asked: object) => Promise<T>>(workflow, {
          workflowId: `${named}/${request}`,
          taskQueue: TASK_QUEUES.reset,
          args: [{ ...asked, request, sealed }],
          workflowExecutionTimeout: '2 minutes',
        })
        .catch(() => {
          throw new Sentence(unanswered);
        });
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
